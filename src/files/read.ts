import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** More than any number has digits. */
const ENOUGH = 64;

/**
 * The start of a file; `undefined` where there is none or it can't be read. Not to be held up by
 * a pipe that nobody writes to.
 */
export async function readFile(path: string): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(ENOUGH), 0, ENOUGH);
    return buffer.toString('latin1', 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
