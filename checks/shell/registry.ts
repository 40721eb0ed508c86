import { readdir } from 'node:fs/promises';
import { invariant } from '@keepalived-ts/base/invariant.js';
import type { Block } from '#src/config/schema.js';
import { checkerBlock } from '../core/common-keywords.js';
import type { Checker, Checkers } from '../core/define-checker.js';

const folder = new URL('../checkers/', import.meta.url);

/**
 * Every checker there is: the default exports of the files in checks/checkers/.
 *
 * The folder is the list, so a new file needs no entry anywhere. Source and built files have
 * different endings; declarations are no modules.
 */
export async function loadCheckers(): Promise<Checkers> {
  const names = (await readdir(folder)).filter((n) => /\.(js|ts)$/.test(n) && !n.endsWith('.d.ts'));
  const found = await Promise.all(
    names.sort().map(async (name) => {
      const module = (await import(new URL(name, folder).href)) as { default?: Checker };
      invariant(module.default?.keyword, `checks/checkers/${name} exports no checker`);
      return module.default;
    }),
  );
  return new Map(found.map((checker) => [checker.keyword, checker]));
}

/** The blocks that fill the `checkers` slot of a `real_server`. */
export const checkerBlocks = (checkers: Checkers): Block[] =>
  [...checkers.values()].map(checkerBlock);
