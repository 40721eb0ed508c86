import { checkerBlocks, loadCheckers } from '#checks/shell/registry.js';
import { collect, type PlaceEntry } from '#src/config/reference/collect.js';
import type { Block } from '#src/config/schema.js';
import { root, tablesOf } from '../root.js';

/** Every place of the configuration language, those of the checkers included. */
export async function allPlaces(): Promise<PlaceEntry[]> {
  const checkers = checkerBlocks(await loadCheckers());
  return collect(root as unknown as Block, tablesOf(checkers));
}
