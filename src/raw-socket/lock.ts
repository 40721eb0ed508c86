import { checked } from './errors.js';
import { native } from './native.js';

/**
 * Takes the write lock on an open file, for as long as it stays open; the kernel releases it
 * also when the process is killed. Throws KernelError, EAGAIN when somebody else has it.
 *
 * An open file description lock (F_OFD_SETLK of fcntl(2)), which Node can't take.
 */
export const lockFile = (fd: number): void => {
  checked('fcntl', native.lockFile(fd));
};
