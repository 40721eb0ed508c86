import type { Span } from '@keepalived-ts/base/diagnostics.js';
import { type Line, wordsOf } from './line.js';
import type { Word } from './schema.js';
import type { Node } from './tree.js';

/**
 * Where the keywords of a block stand.
 *
 * A configuration holds a place per block and per item only, since keywords are many and hardly
 * ever asked for; this finds the others, as long as the block's own place lives. That one is the
 * key because a copy of a block, with a field changed, shares it.
 */
const bodies = new WeakMap<Span, Body[]>();

/** What is kept of a line: three small numbers' worth, as there may be a million. */
class Body {
  /** Field, line, and column with length in one number, line by line. */
  private readonly kept: (string | number)[];
  /** Lines of which more is asked for: those of lists, and those that an expansion made. */
  private readonly whole: readonly Node[];
  private readonly file: string;
  /** Of the closing brace. */
  readonly end: Span | undefined;

  constructor(nodes: readonly Node[], end: Span | undefined) {
    this.kept = new Array(nodes.length * 3);
    this.file = nodes[0]?.line.file ?? '';
    const isWhole = ({ line, items }: Node): boolean =>
      items !== undefined || line.pieces !== undefined || line.file !== this.file;
    nodes.forEach(({ entry, line }, i) => {
      this.kept[3 * i] = entry.field;
      this.kept[3 * i + 1] = line.line;
      this.kept[3 * i + 2] = line.column * LENGTHS + Math.min(line.text.length, LENGTHS - 1);
    });
    this.whole = nodes.some(isWhole) ? nodes.filter(isWhole) : NONE;
    this.end = end;
  }

  /** The last line of a keyword. */
  placeOf(field: string): Span | undefined {
    const { kept, file } = this;
    for (let i = kept.length - 3; i >= 0; i -= 3) {
      if (kept[i] !== field) continue;
      const [line, packed] = [Number(kept[i + 1]), Number(kept[i + 2])];
      const whole = this.whole.findLast((node) => node.entry.field === field);
      if (whole?.line.line === line) return whole.line.at;
      return { file, line, column: Math.floor(packed / LENGTHS), length: packed % LENGTHS };
    }
    return undefined;
  }

  linesOf(field: string): readonly Line[] {
    return this.whole.flatMap(({ entry, items }) => (entry.field === field ? (items ?? []) : []));
  }
}

/** A line has no more characters than that. */
const LENGTHS = 1024;
const NONE: readonly Node[] = [];

/** Something of the configuration that knows its place. */
export interface Placed {
  readonly at: Span;
}

/** Tells that these lines belong to the block at that place; a block may stand twice. */
export function remember(block: Placed, nodes: readonly Node[], end: Span | undefined): void {
  const known = bodies.get(block.at);
  const body = new Body(nodes, end);
  if (known) known.push(body);
  else bodies.set(block.at, [body]);
}

/** The line of a block's keyword, the last one if there are several; the block's if there is none. */
export function placeOf(block: Placed, field: string): Span {
  for (const body of bodies.get(block.at)?.toReversed() ?? []) {
    const place = body.placeOf(field);
    if (place) return place;
  }
  return block.at;
}

/** The closing brace of a block: keepalived tells there what the block lacks. */
export const endOf = (block: Placed): Span => bodies.get(block.at)?.at(-1)?.end ?? block.at;

/** The first words of a list's lines as they are written, for what their values do not tell. */
export const itemsOf = (block: Placed, field: string): readonly Word[] =>
  (bodies.get(block.at) ?? [])
    .flatMap((body) => body.linesOf(field))
    .flatMap((line) => wordsOf(line).slice(0, 1));
