import type { Span } from '@keepalived-ts/base/diagnostics.js';
import { wordsOf } from './line.js';
import type { Word } from './schema.js';
import type { Node } from './tree.js';

/**
 * Where the keywords of a block stand.
 *
 * A configuration holds a place per block and per item only, since keywords are many and hardly
 * ever asked for; this finds them again in the tree, as long as the block's own place lives. That
 * one is the key because a copy of a block, with a field changed, shares it.
 */
const bodies = new WeakMap<Span, Body[]>();

interface Body {
  nodes: readonly Node[];
  /** Of the closing brace. */
  end: Span | undefined;
}

/** Something of the configuration that knows its place. */
export interface Placed {
  readonly at: Span;
}

/** Tells that these lines belong to the block at that place; a block may stand twice. */
export function remember(block: Placed, nodes: readonly Node[], end: Span | undefined): void {
  const known = bodies.get(block.at);
  if (known) known.push({ nodes, end });
  else bodies.set(block.at, [{ nodes, end }]);
}

/** The line of a block's keyword, the last one if there are several; the block's if there is none. */
export function placeOf(block: Placed, field: string): Span {
  for (const { nodes } of bodies.get(block.at)?.toReversed() ?? []) {
    const node = nodes.findLast(({ entry }) => entry.field === field);
    if (node) return node.line.at;
  }
  return block.at;
}

/** The closing brace of a block: keepalived tells there what the block lacks. */
export const endOf = (block: Placed): Span => bodies.get(block.at)?.at(-1)?.end ?? block.at;

/** The first words of a list's lines as they are written, for what their values do not tell. */
export const itemsOf = (block: Placed, field: string): readonly Word[] =>
  (bodies.get(block.at) ?? [])
    .flatMap(({ nodes }) => nodes.filter(({ entry }) => entry.field === field))
    .flatMap(({ items = [] }) => items.flatMap((line) => wordsOf(line).slice(0, 1)));
