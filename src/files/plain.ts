import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/**
 * What a plain file holds. Throws where it is something else: to read a pipe that nobody writes to
 * keeps the whole thread waiting, signals included.
 */
export function readPlainFile(path: string): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(fd).isFile()) throw new Error(`${path} is not a regular file`);
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}
