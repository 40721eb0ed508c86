import type { Span } from '@keepalived-ts/base/diagnostics.js';
import { type Line, wordsOf } from './line.js';
import type { Node } from './tree.js';
import type { Word } from './value-type.js';

/** Something of the configuration that knows its place. */
export interface Placed {
  readonly at: Span;
}

/** A line has no more characters than that. */
const LENGTHS = 2048;
/** What is said of a keyword takes as many numbers, and of a block. */
const NUMBERS = 3;

/** So many numbers are kept in one piece. */
const PIECE = 4096 * NUMBERS;

/** Numbers, many of them, by threes, in four bytes each. */
class Numbers {
  private last = new Int32Array(PIECE);
  private readonly pieces = [this.last];
  length = 0;

  push(one: number, two: number, three: number): void {
    const index = this.length % PIECE;
    if (index === 0 && this.length > 0) {
      this.last = new Int32Array(PIECE);
      this.pieces.push(this.last);
    }
    const { last } = this;
    last[index] = one;
    last[index + 1] = two;
    last[index + 2] = three;
    this.length += NUMBERS;
  }

  at(index: number): number {
    return this.pieces[Math.floor(index / PIECE)]?.[index % PIECE] ?? 0;
  }
}

/**
 * Where the keywords of all blocks of a configuration stand.
 *
 * A configuration holds a place per block and per item only, since keywords are many and hardly
 * ever asked for; this finds the others with a few bytes for each, as there may be a million.
 */
export class PlaceBook {
  /** Field, line, and column with length, keyword by keyword. */
  private readonly lines = new Numbers();
  /** First keyword of a block, and line and column of its `}`, block by block. */
  private readonly blocks = new Numbers();
  private readonly fields = new Map<string, number>();
  private readonly names: string[] = [];
  /** Lines of which more is asked for: those of lists, and those that an expansion made. */
  private readonly whole = new Map<number, Node>();
  private readonly ends = new Map<number, Line>();

  /** Remembers a block's keywords and its end; the number is for finding them again. */
  remember(nodes: readonly Node[], file: string, end: Line | undefined): number {
    const { lines, blocks } = this;
    const index = blocks.length;
    blocks.push(lines.length, end?.line ?? 0, end?.column ?? 0);
    for (const node of nodes) this.line(node, file);
    if (end && (end.pieces || end.file !== file || end.kind !== 'close')) this.ends.set(index, end);
    return index;
  }

  private line(node: Node, file: string): void {
    const { lines } = this;
    const { line, entry, items } = node;
    if (items || line.pieces || line.file !== file) this.whole.set(lines.length, node);
    const packed = line.column * LENGTHS + Math.min(line.text.length, LENGTHS - 1);
    lines.push(this.fieldOf(entry.field), line.line, packed);
  }

  /** The keywords of a block are remembered at once, and those of the next one behind them. */
  private endOfLines(index: number): number {
    const next = index + NUMBERS;
    return next < this.blocks.length ? this.blocks.at(next) : this.lines.length;
  }

  private fieldOf(name: string): number {
    const known = this.fields.get(name);
    if (known !== undefined) return known;
    this.fields.set(name, this.names.length);
    return this.names.push(name) - 1;
  }

  /** The last line of a keyword in a block. */
  placeOf(index: number, field: string, file: string): Span | undefined {
    const { lines, blocks } = this;
    const wanted = this.fields.get(field);
    const first = blocks.at(index);
    for (let i = this.endOfLines(index) - NUMBERS; i >= first; i -= NUMBERS) {
      if (lines.at(i) !== wanted) continue;
      const whole = this.whole.get(i);
      if (whole) return whole.line.at;
      const packed = lines.at(i + 2);
      const column = Math.floor(packed / LENGTHS);
      return { file, line: lines.at(i + 1), column, length: packed % LENGTHS };
    }
    return undefined;
  }

  endOf(index: number, file: string): Span | undefined {
    const [line, column] = [this.blocks.at(index + 1), this.blocks.at(index + 2)];
    return this.ends.get(index)?.at ?? (line > 0 ? { file, line, column, length: 1 } : undefined);
  }

  /** Each time the keyword begins a list in a block, with what stands between its braces. */
  private listsOf(index: number, field: string): Node[] {
    const found: Node[] = [];
    for (let i = this.blocks.at(index); i < this.endOfLines(index); i += NUMBERS) {
      const node = this.whole.get(i);
      if (node?.entry.field === field) found.push(node);
    }
    return found;
  }

  itemsOf(index: number, field: string): Line[] {
    return this.listsOf(index, field).flatMap(({ items }) => items ?? []);
  }

  endOfList(index: number, field: string): Span | undefined {
    return this.listsOf(index, field).at(-1)?.end?.at;
  }
}

/** The numbers of a block that has no lines yet. */
const NEVER: number[] = [];

/**
 * A block's place, which knows where its keywords are; a copy of a block, with a field changed,
 * shares it. What it knows is private, and so neither compared nor sent to other threads.
 */
export class BlockPlace implements Span {
  file: string;
  line: number;
  column: number;
  length: number;
  declare origin?: Span;
  readonly #book: PlaceBook;
  /** A block may stand several times, and be one. */
  #indices: number | number[] = NEVER;

  constructor({ file, line, column, length, origin }: Span, book: PlaceBook) {
    this.file = file;
    this.line = line;
    this.column = column;
    this.length = length;
    if (origin) this.origin = origin;
    this.#book = book;
  }

  /** Tells that these lines belong to the block. */
  remember(nodes: readonly Node[], end: Line | undefined): void {
    const index = this.#book.remember(nodes, this.file, end);
    const known = this.#indices;
    if (known === NEVER) this.#indices = index;
    else if (typeof known === 'number') this.#indices = [known, index];
    else known.push(index);
  }

  /** Not private, which would cost each of them as much as a field. */
  protected get indices(): readonly number[] {
    return typeof this.#indices === 'number' ? [this.#indices] : this.#indices;
  }

  placeOf(field: string): Span | undefined {
    for (const index of this.indices.toReversed()) {
      const place = this.#book.placeOf(index, field, this.file);
      if (place) return place;
    }
    return undefined;
  }

  get end(): Span | undefined {
    const last = this.indices.at(-1);
    return last === undefined ? undefined : this.#book.endOf(last, this.file);
  }

  endOfList(field: string): Span | undefined {
    return this.indices.map((index) => this.#book.endOfList(index, field)).findLast((at) => at);
  }

  itemsOf(field: string): readonly Line[] {
    return this.indices.flatMap((index) => this.#book.itemsOf(index, field));
  }
}

/** The line of a block's keyword, the last one if there are several; the block's if there is none. */
export const placeOf = ({ at }: Placed, field: string): Span =>
  (at instanceof BlockPlace ? at.placeOf(field) : undefined) ?? at;

/** The closing brace of a block: keepalived tells there what the block lacks. */
export const endOf = ({ at }: Placed): Span =>
  (at instanceof BlockPlace ? at.end : undefined) ?? at;

/** The closing brace of a list: keepalived looks there at some lists as a whole. */
export const endOfList = ({ at }: Placed, field: string): Span =>
  (at instanceof BlockPlace ? at.endOfList(field) : undefined) ?? at;

/** The first words of a list's lines as they are written, for what their values do not tell. */
export const itemsOf = ({ at }: Placed, field: string): readonly Word[] =>
  (at instanceof BlockPlace ? at.itemsOf(field) : []).flatMap((line) => wordsOf(line).slice(0, 1));
