import { closeSync, constants, openSync, unlinkSync, writeSync } from 'node:fs';
import { renderAll } from '#src/config/render.js';
import type { ReloadFiles } from './succession.js';

/** The files that reloads write; through no symbolic link, for root may be told to write anywhere. */
export const reloadFiles = (trouble: (file: string, reason: string) => void): ReloadFiles => ({
  clear(path) {
    if (path !== undefined) remove(path);
  },

  async whileMarked(path, read) {
    if (path === undefined) return read();
    // Compat: world readable and emptied, as a lock file that scripts look for.
    const reason = write(path, '', 0o644, constants.O_TRUNC);
    if (reason !== undefined) trouble(path, reason);
    try {
      return await read();
    } finally {
      if (reason === undefined) remove(path);
    }
  },

  record: (path, diagnostics, texts) =>
    path === '/dev/null'
      ? undefined
      : write(path, `${renderAll(diagnostics, { texts })}\n`, 0o600, constants.O_TRUNC),
});

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // gone already
  }
}

/** Gives the reason where it can't be written. */
function write(path: string, text: string, mode: number, how: number): string | undefined {
  const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    const fd = openSync(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | how, mode);
    try {
      writeSync(fd, text);
    } finally {
      closeSync(fd);
    }
    return undefined;
  } catch (e) {
    return (e as Error).message;
  }
}
