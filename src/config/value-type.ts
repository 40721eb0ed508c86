import type { Diagnostic, Span } from '@keepalived-ts/base/diagnostics.js';
import type { OptionTable } from './option-line.js';

/** One word of a line, quotes removed, with the place where the user wrote it. */
export interface Word {
  text: string;
  quoted: boolean;
  at: Span;
  /** Whether its file is not UTF-8: each character stands for a byte. */
  latin1?: boolean;
}

/** What a value type may say about the words it was given. */
export interface ParseContext {
  /** The line's keyword (or the item itself, in a list), for messages. */
  subject: Word;
  /** The line as written, from its first word on; script-like values split it again. */
  raw: string;
  report(diagnostic: Omit<Diagnostic, 'at'> & { at?: Span }): void;
  /** What this machine calls a number of some kind, as iproute2's files have it. */
  numberOf?: NumberOf;
}

export type NumberOf = (kind: string, name: string) => number | undefined;

/** How values are to be printed; secrets are `***` unless the user asked for them. */
export interface PrintStyle {
  secrets?: boolean;
}

/** A JSON schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a value is in JSON. A type without one is the string that it prints. */
export interface JsonForm<T> {
  schema: JsonSchema;
  of(value: T, style: PrintStyle): unknown;
}

/**
 * A type of value: how it is read, how it is printed, what its usage line says.
 *
 * `parse(print(v))` gives `v`. `parse` takes the words after the keyword; it returns `undefined`
 * after having reported why. Surplus words are the caller's business, unless `greedy`.
 */
export interface ValueType<T> {
  usage: string;
  parse(words: readonly Word[], context: ParseContext): T | undefined;
  print(value: T, style?: PrintStyle): string;
  json?: JsonForm<T>;
  /** What the number counts, for the manual: seconds, bytes... */
  unit?: string;
  /** Words it cannot do without; fewer is keepalived's fatal "missing argument" (exit 2). */
  least: number;
  /** Whether it takes as much memory as an item of a list; see `limits.ts`. */
  isLarge?: boolean;
  /** Of a list: the type of each line between `{` and `}`; `parse` is not called then. */
  item?: ValueType<unknown>;
  /** Of a list: whether a line holds one item or each of its words is one. */
  itemIs?: 'line' | 'word';
  /** Of a list: the name that stands before its `{`; the value is a `NamedList` then. */
  heading?: ValueType<string>;
  /** Of a list: the warning that an empty one gets. */
  emptyIs?: string;
  /** Of an option in a line: how many of the words behind its name are its value; else `least`. */
  takes?: (words: readonly Word[]) => number;
  /** Of a value without a name in a line: which words can be one. */
  accepts?: (text: string) => boolean;
  /** Of a line with options: their rows; see `option-line.ts`. */
  options?: OptionTable;
  /** Splits the line by rules of its own, so an odd `"` is its own business. */
  raw?: boolean;
  /** Values that are said by leaving the line out, as a flag's `false` is. */
  unwritten?(value: T): boolean;
}

/** Makes one value of two; `complain` tells what the second one says in vain. */
export type Join<T> = (former: T, next: T, complain: (what: string) => void) => T;

/** A list that has a name. */
export interface NamedList<T> {
  name: string;
  items: T[];
  at: Span;
}
