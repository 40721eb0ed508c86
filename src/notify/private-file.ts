import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { type Secret, secret } from '@keepalived-ts/base/secret.js';

/** Permissions of anybody but the owner, see chmod(2). */
const OF_OTHERS = 0o077;

/** A file with a secret is short; nobody reads a disk for it. */
const MOST = 65_536;

export interface PrivateFile {
  content: Buffer;
  /** Why it is not private, in words. */
  objection: string | undefined;
}

/** What a file with a secret holds; or why it can't be read, in words. */
export function privateFile(path: string): PrivateFile | string {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let fd: number;
  try {
    // A fifo without a writer would keep us waiting.
    fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (e) {
    const { code, message } = e as NodeJS.ErrnoException;
    return code === 'ELOOP' ? 'it is a symbolic link' : message;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return 'it is not a regular file';
    if (stat.size > MOST) return `it has ${stat.size} bytes`;
    return { content: readFileSync(fd), objection: objectionTo(path, stat) };
  } finally {
    closeSync(fd);
  }
}

function objectionTo(path: string, { uid, mode }: Stats): string | undefined {
  if (uid !== 0 && uid !== process.geteuid?.()) {
    return `it belongs to user ${uid}: chown root ${path}`;
  }
  if ((mode & OF_OTHERS) === 0) return undefined;
  return `others may read or write it (mode ${(mode & 0o777).toString(8)}): chmod 600 ${path}`;
}

/** What is on the first line of a file that nobody else may read; or why not, in words. */
export function secretOf(path: string): Secret | string {
  const file = privateFile(path);
  if (typeof file === 'string') return file;
  if (file.objection !== undefined) return file.objection;
  const [line = ''] = file.content.toString('utf8').split(/\r?\n/, 1);
  return line === '' ? 'its first line is empty' : secret(line);
}
