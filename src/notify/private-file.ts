import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { type Secret, secret } from '@keepalived-ts/base/secret.js';

/** Permissions of anybody but the owner, see chmod(2). */
const OF_OTHERS = 0o077;

/** What is on the first line of a file that nobody else may read; or why not, in words. */
export function secretOf(path: string): Secret | string {
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
    if (stat.uid !== 0 && stat.uid !== process.geteuid?.()) {
      return `it belongs to user ${stat.uid}: chown root ${path}`;
    }
    if (stat.mode & OF_OTHERS) {
      return `others may read or write it (mode ${(stat.mode & 0o777).toString(8)}): chmod 600 ${path}`;
    }
    const [line = ''] = readFileSync(fd, 'utf8').split(/\r?\n/, 1);
    return line === '' ? 'its first line is empty' : secret(line);
  } finally {
    closeSync(fd);
  }
}
