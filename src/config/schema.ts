import type { Diagnostic, Span } from '@keepalived-ts/base/diagnostics.js';
import type { Join, ValueType } from './value-type.js';

/**
 * Whether a keyword is acted upon: `full`; `none`, there is nothing to act upon by design;
 * `refused`, parsed but the program says at load that it does not do it. The note says why.
 */
export type Effect = 'full' | 'none' | 'refused';

/** A row of a keyword table; see `keyword`. */
export interface Row<T> {
  kind: 'value' | 'block' | 'blocks' | 'slot';
  /** For `value`. */
  type?: ValueType<unknown>;
  /** For `block` and `blocks`. */
  block?: Block;
  doc: string;
  /** Further sentences of the manual, where one does not do. */
  more: string;
  /** A line of a configuration that shows its use; a test reads it. */
  example: string;
  /** What the number counts, where the type does not tell. */
  unit: string;
  /** What holds where the keyword is not written and there is no default value. */
  otherwise: string;
  isRequired: boolean;
  /**
   * What the absence of a required keyword is besides an error; `isKnown`: others may name the
   * block all the same.
   */
  lack?: Pick<Diagnostic, 'ofBlock' | 'unusable'> & { isKnown?: boolean };
  hasDefault: boolean;
  defaultValue: T;
  aliases: readonly { name: string; deprecated: boolean }[];
  effect: Effect;
  note: string;
  /** Each line adds a value: the field is an array. */
  isRepeatable: boolean;
  /** `first`: a second value is refused with an error; `last`: it replaces the former silently. */
  duplicates: 'first' | 'last' | 'last-with-error';
  /** With `first`: which second values are refused; all of them unless said. */
  refuses?: (former: T, second: T) => boolean;
  /** What a second value comes to together with the former one. */
  joins?: Join<T>;
  /** Fields that a block without them has from the block around, as they stand before it. */
  inherits?: readonly string[];
  /** The field that goes back to its default with this keyword, its opposite. */
  undoes?: string;
  /** Keywords that must stand before this one in its block. */
  follows?: { field: string; one?: readonly string[] };
  /** What to write instead; the keyword still works. */
  deprecated?: string;
  /** Without its value the line is ignored with an error, which is fatal otherwise. */
  isSkippedAlone: boolean;
  /** The block whose names this row's values are, and the field of the value that holds the name. */
  names?: { block: string; field: string; isOptional: boolean };
  /** A nested block that is there with its defaults even where the file has none. */
  isAlways: boolean;
}

/** A row while it is being declared. Every modifier returns a new row. */
export class Keyword<T> implements Row<T> {
  declare readonly value: T;
  kind: Row<T>['kind'] = 'value';
  type?: ValueType<unknown>;
  block?: Block;
  doc = '';
  more = '';
  example = '';
  unit = '';
  otherwise = '';
  isRequired = false;
  lack?: Row<T>['lack'];
  hasDefault = false;
  defaultValue = undefined as T;
  aliases: Row<T>['aliases'] = [];
  effect: Effect = 'full';
  note = '';
  isRepeatable = false;
  duplicates: Row<T>['duplicates'] = 'last';
  refuses?: Row<T>['refuses'];
  joins?: Row<T>['joins'];
  inherits?: Row<T>['inherits'];
  undoes?: string;
  follows?: Row<T>['follows'];
  deprecated?: string;
  isSkippedAlone = false;
  names?: Row<T>['names'];
  isAlways = false;

  private with<U = T>(changes: Partial<Row<U>>): Keyword<U> {
    return Object.assign(new Keyword<U>(), this, changes);
  }
  /** Further sentences of the manual. */
  explained(more: string): Keyword<T> {
    return this.with({ more });
  }
  /** How it is written, as in a file: `.example('priority 150')`. */
  shown(example: string): Keyword<T> {
    return this.with({ example });
  }
  /** What the number counts, where the type does not tell. */
  counting(unit: string): Keyword<T> {
    return this.with({ unit });
  }
  /** For the manual: what holds where the keyword is not written. */
  unless(otherwise: string): Keyword<T> {
    return this.with({ otherwise });
  }
  /** Its absence is an error of the block, of the kind told. */
  required(lack: Row<T>['lack'] = {}): Keyword<Exclude<T, undefined>> {
    return this.with<Exclude<T, undefined>>({ isRequired: true, lack });
  }
  default(value: Exclude<T, undefined>): Keyword<Exclude<T, undefined>> {
    return this.with<Exclude<T, undefined>>({ hasDefault: true, defaultValue: value });
  }
  alias(name: string): Keyword<T> {
    return this.with({ aliases: [...this.aliases, { name, deprecated: false }] });
  }
  deprecatedAlias(name: string): Keyword<T> {
    return this.with({ aliases: [...this.aliases, { name, deprecated: true }] });
  }
  /** Parsed and checked, but the program tells at load that it does not do it (yet). */
  refused(note: string): Keyword<T> {
    return this.with({ effect: 'refused', note });
  }
  /** Parsed and checked; there is nothing to act upon here, and the note says why. */
  without(note: string): Keyword<T> {
    return this.with({ effect: 'none', note });
  }
  /** The first value stays, and a second one is an error; or only such second ones as said. */
  onlyOnce(refuses?: (former: T, second: T) => boolean): Keyword<T> {
    return this.with({ duplicates: 'first', ...(refuses && { refuses }) });
  }
  /** A second value does not just replace the former one. */
  joined(joins: Join<Exclude<T, undefined>>): Keyword<T> {
    return this.with({ joins: joins as Join<T> });
  }
  /** Fields that each block has from the block around, as they stand before it. */
  inheriting(...fields: string[]): Keyword<T> {
    return this.with({ inherits: fields });
  }
  /** Ignored, with an error, unless the other keyword stands before it (with one of the values). */
  after(field: string, ...one: string[]): Keyword<T> {
    return this.with({ follows: { field, ...(one.length > 0 && { one }) } });
  }
  /** The opposite of another keyword: whichever comes last counts. */
  undoing(field: string): Keyword<T> {
    return this.with({ undoes: field });
  }
  /** Still works, with a warning that says what to write instead. */
  deprecatedFor(instead: string): Keyword<T> {
    return this.with({ deprecated: instead });
  }
  /** Compat: without its value the line is an error and ignored; of other keywords that is fatal. */
  skippedAlone(): Keyword<T> {
    return this.with({ isSkippedAlone: true });
  }
  /** A second value replaces the first, and is an error all the same. */
  replacedWithError(): Keyword<T> {
    return this.with({ duplicates: 'last-with-error' });
  }
  /** The field of a nested block is filled with the block's defaults where the file has none. */
  always(): Keyword<Exclude<T, undefined>> {
    return this.with<Exclude<T, undefined>>({ isAlways: true });
  }
  /** Each value names a block that must stand earlier in the file; see `link.ts`. */
  naming(block: string, field: string): Keyword<T> {
    return this.with({ names: { block, field, isOptional: false } });
  }
  /** The same where the value makes sense without the name, which may also be absent. */
  mayName(block: string, field: string): Keyword<T> {
    return this.with({ names: { block, field, isOptional: true } });
  }
}

/** A scalar keyword: absent means `undefined` unless `.default(...)` or `.required()`. */
export function keyword<T>(type: ValueType<T>, doc: string): Keyword<T | undefined> {
  const row = new Keyword<T | undefined>();
  row.type = type as ValueType<unknown>;
  row.doc = doc;
  // A list that is not written is an empty one.
  if (type.item) Object.assign(row, { hasDefault: true, defaultValue: [] });
  return row;
}

/** A keyword that may stand on several lines; the field is the array of their values. */
export function repeated<T>(type: ValueType<T>, doc: string): Keyword<T[]> {
  const row = keyword(type, doc) as unknown as Keyword<T[]>;
  return Object.assign(row, { isRepeatable: true, hasDefault: true, defaultValue: [] });
}

/** A block inside a block, at most once. */
export function nested<B extends Block>(block: B): Keyword<ConfigOf<B> | undefined> {
  return Object.assign(new Keyword<ConfigOf<B> | undefined>(), {
    kind: 'block',
    block,
    doc: block.doc,
  });
}

/** A block inside a block, any number of times; the field is the array in order. */
export function several<B extends Block>(block: B): Keyword<ConfigOf<B>[]> {
  const row = Object.assign(new Keyword<ConfigOf<B>[]>(), {
    kind: 'blocks',
    block,
    doc: block.doc,
  });
  return Object.assign(row, { hasDefault: true, defaultValue: [] });
}

/** What stood in a slot: which block, and its values. */
export interface Filling {
  keyword: string;
  config: Record<string, unknown> & { at: Span };
}

/** A place for blocks of another part, which the composition root supplies when parsing. */
export function slot(doc: string): Keyword<Filling[]> {
  return Object.assign(new Keyword<Filling[]>(), {
    kind: 'slot',
    doc,
    hasDefault: true,
    defaultValue: [],
  });
}

// biome-ignore lint/suspicious/noExplicitAny: rows of every value type stand in one table
export type Keywords = Record<string, Keyword<any>>;

export interface Block<K extends Keywords = Keywords, H = unknown> {
  keyword: string;
  doc: string;
  /** Paragraphs of the manual, in Markdown, and a configuration that a test reads. */
  manual: string;
  example: string;
  /** The words after the keyword, and the name of the field that holds them. */
  header?: { field: string; type: ValueType<unknown> };
  keywords: K;
  /** Cross checks between keywords, after all of them have been read. Mistakes only. */
  check?: (config: never, report: (message: string, options?: CheckOptions) => void) => void;
  /** A second block of the same name is an error and is skipped whole. */
  unique: boolean;
  /** Without its name the block is skipped with an error; otherwise that is fatal (exit 2). */
  survivesUnnamed: boolean;
  readonly headerType?: H;
}

export interface CheckOptions {
  severity?: Diagnostic['severity'];
  class?: Diagnostic['class'];
  hint?: string;
  at?: Span;
  ofBlock?: boolean;
  code?: string;
}

export type Fields<K extends Keywords> = { -readonly [N in keyof K]: K[N]['value'] };

/** The parsed form of a block: its header field, a field per keyword, and where it stands. */
export type ConfigOf<B> =
  B extends Block<infer K, infer H>
    ? Fields<K> & (unknown extends H ? unknown : H) & { at: Span }
    : never;

/** Declares a block. `header: { name: word }` makes the word after the keyword the field `name`. */
export function block<
  const K extends Keywords,
  H extends Record<string, unknown> = Record<never, never>,
>(
  keyword: string,
  spec: {
    doc: string;
    manual?: string;
    example?: string;
    header?: { [F in keyof H]: ValueType<H[F]> };
    keywords: K;
    unique?: boolean;
    survivesUnnamed?: boolean;
    check?: (
      config: Fields<K> & H & { at: Span },
      report: (message: string, options?: CheckOptions) => void,
    ) => void;
  },
): Block<K, H> {
  const [field, type] = Object.entries(spec.header ?? {})[0] ?? [];
  return {
    keyword,
    doc: spec.doc,
    manual: spec.manual ?? '',
    example: spec.example ?? '',
    keywords: spec.keywords,
    unique: spec.unique ?? false,
    survivesUnnamed: spec.survivesUnnamed ?? false,
    ...(field !== undefined && { header: { field, type: type as ValueType<unknown> } }),
    ...(spec.check && { check: spec.check as NonNullable<Block['check']> }),
  };
}
