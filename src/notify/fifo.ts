import { execFile } from 'node:child_process';
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  openSync,
  type Stats,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import type { Account } from './accounts.js';

/** A fifo to write to, and whose it is. */
export interface FifoPlace {
  path: string;
  account: Account;
}

const { O_RDWR, O_NONBLOCK, O_NOFOLLOW } = constants;
/** What others than its owner may do with a fifo of ours: read it, where the umask lets them. */
const MODE = 0o644;

/**
 * A fifo that we hold open for reading and writing, so that it can be written to while nobody
 * reads; and without blocking, so that a reader that does not read holds nothing up.
 */
export class Fifo {
  readonly path: string;
  private readonly fd: number;
  private readonly made: boolean;

  private constructor(path: string, fd: number, made: boolean) {
    this.path = path;
    this.fd = fd;
    this.made = made;
  }

  /**
   * Opens a fifo, or says in words why it can't be used. One that is not there is made, and then
   * belongs to `account`; one that is there must belong to it, to root or to us.
   */
  static async open({ path, account }: FifoPlace): Promise<Fifo | string> {
    const made = statsOf(path) === undefined;
    if (made) {
      const refusal = await makeFifo(path);
      if (refusal !== undefined) return refusal;
    }
    const found = statsOf(path);
    if (found?.isSymbolicLink()) return 'it is a symbolic link';
    if (!found?.isFIFO()) return 'it is no fifo; remove it, or name another path';
    let fd: number;
    try {
      fd = openSync(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW);
    } catch (e) {
      return (e as Error).message;
    }
    const refusal = made ? settle(fd, account) : unsuitable(fd, path, account);
    if (refusal === undefined) return new Fifo(path, fd, made);
    closeSync(fd);
    return refusal;
  }

  /** Writes a line, whole or not at all; false when it found no room. */
  write(line: string): boolean {
    try {
      writeSync(this.fd, line);
      return true;
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code === 'EAGAIN') return false;
      throw e;
    }
  }

  /** Closes it, which its reader sees as the end; one that we made is removed. */
  close(): void {
    const { ino, dev } = fstatSync(this.fd);
    closeSync(this.fd);
    const found = statsOf(this.path);
    if (this.made && found?.ino === ino && found.dev === dev) unlinkSync(this.path);
  }
}

const statsOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/** By mkfifo(1), for Node has no call for it; nothing if it is made, else why not. */
async function makeFifo(path: string): Promise<string | undefined> {
  try {
    await promisify(execFile)('mkfifo', ['--', path], { env: { ...process.env, LC_ALL: 'C' } });
    return undefined;
  } catch (e) {
    const { stderr, message } = e as Error & { stderr?: string };
    return stderr?.trim() || message;
  }
}

/** Gives a fifo that we made to its owner. Who made another one of it meanwhile gains nothing. */
function settle(fd: number, { uid, gid }: Account): string | undefined {
  const stat = fstatSync(fd);
  if (!stat.isFIFO() || stat.uid !== process.geteuid?.()) return 'somebody else has replaced it';
  fchmodSync(fd, stat.mode & MODE);
  if (stat.uid === 0) fchownSync(fd, uid, gid);
  return undefined;
}

function unsuitable(fd: number, path: string, { uid }: Account): string | undefined {
  const stat = fstatSync(fd);
  if (!stat.isFIFO()) return 'somebody else has replaced it';
  if ([0, uid, process.geteuid?.()].includes(stat.uid)) return undefined;
  return `it belongs to user ${stat.uid}: chown ${uid} ${path}, or remove it`;
}
