import { closeSync, constants, fstatSync, openSync } from 'node:fs';

/**
 * Opens a log file for appending.
 *
 * Log files stand in /tmp by default, where anybody may put something in our way: a symbolic
 * link is not followed, and what exists must be a plain file of ours with no second name.
 */
export function openLogFile(path: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;
  // O_NONBLOCK: opening a fifo without a reader must fail instead of hang.
  const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  const fd = openSync(path, flags, 0o600);
  const stat = fstatSync(fd);
  if (stat.isFile() && stat.uid === process.geteuid?.() && stat.nlink === 1) return fd;
  closeSync(fd);
  throw new Error(`${path} exists and is not a plain file of ours`);
}
