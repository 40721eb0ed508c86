import { invariant } from '@keepalived-ts/base/invariant.js';
import type { Block } from '#src/config/schema.js';
import { checkerBlock } from '../core/common-keywords.js';
import type { Checker, Checkers } from '../core/define-checker.js';
import { checkerModules } from './checker-files.js';

/** Every checker there is: the default exports of the files in checks/checkers/. */
export async function loadCheckers(): Promise<Checkers> {
  const checkers = new Map<string, Checker>();
  for (const [name, { default: checker }] of await checkerModules()) {
    invariant(checker?.keyword, `checks/checkers/${name} exports no checker`);
    checkers.set(checker.keyword, checker);
  }
  return checkers;
}

/** The blocks that fill the `checkers` slot of a `real_server`. */
export const checkerBlocks = (checkers: Checkers): Block[] =>
  [...checkers.values()].map(checkerBlock);
