import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { lockFile } from '@keepalived-ts/raw-socket/lock.js';

/** A pid file that is ours until `release`. */
export interface PidFile {
  path: string;
  release(): void;
}

/**
 * Writes our pid to a file and holds the lock that tells a living owner from a left-over file;
 * `undefined` when somebody else holds it.
 *
 * Compat: keepalived takes the same kind of lock, so that either refuses to start beside the
 * other. A symbolic link in the file's place is refused (ELOOP): run directories of containers
 * are sometimes writable by others.
 */
export function claimPidFile(path: string, pid: number): PidFile | undefined {
  for (;;) {
    const fd = openForWriting(path);
    try {
      lockFile(fd);
    } catch (e) {
      closeSync(fd);
      if (e instanceof KernelError && e.code === 'EAGAIN') return undefined;
      throw e;
    }
    // The former owner may have removed the file between our open and our lock.
    if (!isStill(fd, path)) {
      closeSync(fd);
      continue;
    }
    fchmodSync(fd, 0o644);
    ftruncateSync(fd);
    writeSync(fd, `${pid}\n`);
    return { path, release: () => release(fd, path) };
  }
}

function openForWriting(path: string): number {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  // O_NONBLOCK: a fifo in its place must not hold us up.
  const fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
  const stat = fstatSync(fd);
  if (stat.isFile() && stat.nlink <= 1) return fd;
  closeSync(fd);
  throw new Error('it exists and is not a plain file');
}

function isStill(fd: number, path: string): boolean {
  const mine = fstatSync(fd);
  const there = statSync(path, { throwIfNoEntry: false });
  return there?.ino === mine.ino && there.dev === mine.dev;
}

/** Removed first, then unlocked: whoever gets the lock sees that it is gone. */
function release(fd: number, path: string): void {
  try {
    if (isStill(fd, path)) unlinkSync(path);
  } catch {
    // a read-only or vanished run directory: the lock is what counts
  }
  closeSync(fd);
}
