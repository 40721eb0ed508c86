import { explain } from '#src/config/reference/explain.js';
import type { Run } from '../subcommands.js';
import { allPlaces } from './places.js';

/** `explain KEYWORD` or `explain BLOCK/KEYWORD`. */
export const run: Run = async ({ operands: [keyword = ''] }) => {
  const { text, hint } = explain(keyword, await allPlaces());
  return text === undefined ? { status: 1, err: `${hint}\n` } : { status: 0, out: text };
};
