import type { Span } from '@keepalived-ts/base/diagnostics.js';
import type { Node } from './tree.js';

/**
 * Where the keywords of a block stand.
 *
 * A configuration holds a place per block and per item only, since keywords are many and hardly
 * ever asked for; this finds them again in the tree, as long as the block's own place lives. That
 * one is the key because a copy of a block, with a field changed, shares it.
 */
const bodies = new WeakMap<Span, (readonly Node[])[]>();

/** Tells that these lines belong to the block at that place; a block may stand twice. */
export function remember(block: Span, body: readonly Node[]): void {
  const known = bodies.get(block);
  if (known) known.push(body);
  else bodies.set(block, [body]);
}

/** The line of a block's keyword, the last one if there are several; the block's if there is none. */
export function placeOf(block: { readonly at: Span }, field: string): Span {
  for (const body of bodies.get(block.at)?.toReversed() ?? []) {
    const node = body.findLast(({ entry }) => entry.field === field);
    if (node) return node.line.at;
  }
  return block.at;
}
