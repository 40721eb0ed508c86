import { readdir } from 'node:fs/promises';
import type { Checker } from '../core/define-checker.js';

const folder = new URL('../checkers/', import.meta.url);

/**
 * The modules of all files in checks/checkers/.
 *
 * The folder is the list, so a new file needs no entry anywhere; packaging/build.mjs reads it when
 * the program is bundled. Source and built files have different endings; declarations are no
 * modules.
 */
export async function checkerModules(): Promise<Map<string, { default?: Checker }>> {
  const names = (await readdir(folder)).filter((n) => /\.(js|ts)$/.test(n) && !n.endsWith('.d.ts'));
  const found = names
    .sort()
    .map(async (name) => [name, await import(new URL(name, folder).href)] as const);
  return new Map(await Promise.all(found));
}
