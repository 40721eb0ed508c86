import { lstatSync, readlinkSync } from 'node:fs';
import type { Look } from './examine.js';

/** The real file system. Only at start and reload, on the parent's thread. */
export const systemFacts: Look = (path) => {
  try {
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) return { kind: 'link', target: readlinkSync(path) };
    const { uid, gid, mode } = stat;
    return {
      kind: stat.isDirectory() ? 'directory' : stat.isFile() ? 'file' : 'other',
      uid,
      gid,
      mode: mode & 0o7777,
    };
  } catch {
    return undefined;
  }
};
