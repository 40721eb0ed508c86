import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { glob } from './glob.js';
import type { FileReader } from './sources.js';

/** keepalived reads no executable file: it would be a script named by mistake. */
const EXECUTABLE = 0o111;

/**
 * The file system as a configuration sees it: relative names are seen from the file that includes
 * them (config-language reference §1).
 */
export const systemFiles: FileReader = {
  match(pattern, includedBy) {
    const base = includedBy === undefined ? '.' : dirname(includedBy);
    const absolute = (path: string): string => resolve(base, path);
    return glob(pattern, {
      exists: (path) => existsSync(absolute(path)),
      list(folder) {
        try {
          return readdirSync(absolute(folder));
        } catch {
          return [];
        }
      },
    }).map((path) => (includedBy === undefined ? path : absolute(path)));
  },

  read(file, most) {
    try {
      const { mode, size } = statSync(file);
      if (!statSync(file).isFile()) return { refusal: 'not a regular file', missing: false };
      if (mode & EXECUTABLE) return { refusal: 'it is executable', missing: false };
      if (size > most) return { refusal: `too large (${size} bytes)`, missing: false };
      accessSync(file, constants.R_OK);
      return { text: decode(readFileSync(file)) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return { refusal: code ?? String(error), missing: code === 'ENOENT' };
    }
  },
};

/** UTF-8, or the bytes one by one where it is not that: old files may be Latin-1. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
