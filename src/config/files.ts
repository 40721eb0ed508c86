import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { glob } from './glob.js';
import type { Surroundings } from './predefined.js';
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
    const { files, missing, lacks } = glob(pattern, {
      exists: (path) => existsSync(absolute(path)),
      list(folder) {
        try {
          return readdirSync(absolute(folder));
        } catch {
          return undefined;
        }
      },
    });
    return { files: includedBy === undefined ? files : files.map(absolute), missing, lacks };
  },

  read(file, most) {
    try {
      const { mode, size } = statSync(file);
      if (!statSync(file).isFile()) return { refusal: 'not a regular file', reason: 'unfit' };
      if (mode & EXECUTABLE) return { refusal: 'it is executable', reason: 'unfit' };
      if (size > most) return { refusal: `it has ${size} bytes`, reason: 'too-large' };
      accessSync(file, constants.R_OK);
      return decoded(readFileSync(file));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return { refusal: code ?? String(error), reason: code === 'ENOENT' ? 'missing' : 'unfit' };
    }
  },

  folder: (file) => dirname(resolve(file)),
};

/** UTF-8, or the bytes one by one where it is not that: old files may be Latin-1. */
function decoded(bytes: Buffer): { text: string; latin1: boolean } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, latin1: false };
  } catch {
    return { text: bytes.toString('latin1'), latin1: true };
  }
}

/** The world that `@ID` and `${_...}` ask about; without an id the host's name up to its first dot. */
export const systemSurroundings = (configId: string | undefined): Surroundings => ({
  configId: configId ?? hostname().split('.')[0] ?? '',
  environment: process.env,
  random: Math.random,
});
