import type { MistakeClass, Span } from '@keepalived-ts/base/diagnostics.js';
import { objectOf } from './json-form.js';
import { nearest } from './nearest.js';
import { remarksOn } from './remarks.js';
import type { Fields, Keyword, Keywords, Row } from './schema.js';
import type { ParseContext, ValueType, Word } from './value-type.js';

/** The rows of a line with options, for the reference; see `ValueType.options`. */
export interface OptionTable {
  /** What each line begins with. */
  leading?: Row<unknown>;
  /** Values that stand anywhere without a name of their own. */
  loose: Readonly<Record<string, Row<unknown>>>;
  options: Readonly<Record<string, Row<unknown>>>;
}

type Values = Record<string, unknown> & { at: Span };
type None = Record<never, never>;

export interface OptionLineSpec<L, W extends Keywords, O extends Keywords, T, R extends T> {
  /** What the line begins with; the fields of its value become fields of the line. */
  leading?: Keyword<L | undefined>;
  /** Values without a name: a word that names no option goes to the next whose type accepts it. */
  loose?: W;
  options: O;
  /** Options without which the line makes no sense when they are wrong; `true` for any of them. */
  wholly?: true | readonly Extract<keyof W | keyof O, string>[];
  /** What the options mean together: the line, adjusted; `undefined`, once reported, drops it. */
  settle?: (line: NoInfer<T>, context: ParseContext) => R | undefined;
  /** An option without its value ends the reading (exit 2), as a keyword without one does. */
  lacking?: 'fatal';
}

type Parsed<L, W extends Keywords, O extends Keywords> = L & Fields<W> & Fields<O> & { at: Span };

/**
 * Declares a line (or a keyword's arguments) that is a value with options behind it, such as
 * `10.0.0.1/24 dev eth0 label eth0:1`.
 *
 * Options are rows as keywords are, so the same table reads the line, prints it and documents it.
 * How many words an option takes is told by its type: `takes`, or else `least`.
 */
export function optionLine<
  L extends object = None,
  W extends Keywords = None,
  O extends Keywords = None,
  R extends Parsed<L, W, O> = Parsed<L, W, O>,
>(spec: OptionLineSpec<L, W, O, Parsed<L, W, O>, R>): ValueType<R> {
  const loose = (spec.loose ?? {}) as Readonly<Record<string, Row<unknown>>>;
  const options = spec.options as Readonly<Record<string, Row<unknown>>>;
  const leading = spec.leading as Row<unknown> | undefined;
  const reader = new LineReader(
    { loose, options, ...(leading && { leading }) },
    spec.lacking === 'fatal' ? 'missing-argument' : 'general',
  );
  const settle = spec.settle as ((line: Values, context: ParseContext) => Values) | undefined;
  return {
    usage: reader.usage(),
    least: leading?.type?.least ?? 0,
    options: reader.table,
    parse(words, context) {
      const { line, mistaken } = reader.read(words, context);
      if (!line || mistaken.some((field) => isEssential(field, spec.wholly))) return undefined;
      return (settle ? settle(line, context) : line) as R | undefined;
    },
    print: (line) => reader.print(line as unknown as Values),
  };
}

/** A value under a name, as the leading value of a line must be: `{ interface: 'eth0' }`. */
export const named = <const F extends string, T>(
  field: F,
  type: ValueType<T>,
): ValueType<{ [K in F]: T }> => ({
  usage: type.usage,
  least: type.least,
  ...(type.takes && { takes: type.takes }),
  parse(words, context) {
    const value = type.parse(words, context);
    return value === undefined ? undefined : ({ [field]: value } as { [K in F]: T });
  },
  print: (value) => type.print(value[field]),
  json: objectOf({ [field]: type }),
});

/** What reading such a line gives. */
export type LineOf<T> = T extends ValueType<infer V> ? V : never;

const isEssential = (field: string, wholly: true | readonly string[] | undefined): boolean =>
  wholly === true || (wholly?.includes(field) ?? false);

/** Usage lines name at most this many options, hints at most that many. */
const MOST_NAMED = 8;
const MOST_LISTED = 20;

interface Option {
  field: string;
  row: Row<unknown>;
  deprecated: boolean;
}

class LineReader {
  readonly table: OptionTable;
  private readonly names = new Map<string, Option>();
  private readonly required: readonly (readonly [field: string, row: Row<unknown>])[];
  private readonly template: Readonly<Record<string, unknown>>;

  private readonly lacking: MistakeClass;

  constructor(table: OptionTable, lacking: MistakeClass) {
    this.table = table;
    this.lacking = lacking;
    for (const [field, row] of Object.entries(table.options)) {
      this.names.set(field, { field, row, deprecated: false });
      for (const { name, deprecated } of row.aliases) {
        this.names.set(name, { field, row, deprecated });
      }
    }
    const rows = [...Object.entries(table.loose), ...Object.entries(table.options)];
    this.template = Object.fromEntries(rows.map(([field, row]) => [field, row.defaultValue]));
    this.required = rows.filter(([, row]) => row.isRequired);
  }

  /** The line, and the options that were wrong in it; no line without a leading value. */
  read(
    words: readonly Word[],
    context: ParseContext,
  ): { line: Values | undefined; mistaken: readonly string[] } {
    const { leading } = this.table;
    const at = (leading ? words[0]?.at : undefined) ?? context.subject.at;
    const line: Values = { ...this.template, at };
    const seen = new Set<string>();
    let next = 0;
    const mistaken: string[] = [];
    if (leading?.type) {
      const lead = leading.type.parse(words, context);
      if (lead === undefined) return { line: undefined, mistaken };
      Object.assign(line, lead);
      next = countOf(leading.type, words);
    }
    while (next < words.length) {
      const name = words[next];
      if (name === undefined) break;
      const option = this.names.get(name.text);
      const taken = option
        ? this.option(line, option, name, words.slice(next + 1), context, seen)
        : this.loose(line, words.slice(next), context, seen);
      if (taken < 0) mistaken.push(option?.field ?? name.text);
      next += Math.abs(taken);
    }
    const lacking = this.required.find(([field]) => !seen.has(field));
    if (!lacking || mistaken.length > 0) return { line: lacking ? undefined : line, mistaken };
    const [field, { doc }] = lacking;
    wrong(context, context.subject, `no ${field} given - ignoring the line`, doc);
    return { line: undefined, mistaken };
  }

  /** How many words it took, its name included; negative after a mistake. */
  private option(
    line: Values,
    { field, row, deprecated }: Option,
    name: Word,
    rest: readonly Word[],
    context: ParseContext,
    seen: Set<string>,
  ): number {
    const { type } = row;
    if (!type) return 1;
    for (const remark of remarksOn(row, { name: name.text, field, deprecated, at: name.at })) {
      context.report(remark);
    }
    if (rest.length < type.least) {
      const message = `${name.text} lacks its value`;
      return wrong(context, name, message, `${name.text} ${type.usage}`, this.lacking);
    }
    const { follows } = row;
    if (follows && !seen.has(follows.field)) {
      const message = `${name.text} used before or without ${follows.field} - ignoring`;
      return wrong(context, name, message, `${follows.field} ... ${name.text}`);
    }
    const count = countOf(type, rest);
    if (row.duplicates === 'first' && line[field] !== undefined) {
      const message = `${name.text} already specified - ignoring`;
      return wrong(context, name, message, 'the first one counts') - count;
    }
    seen.add(field);
    const { raw, numberOf } = context;
    const report: ParseContext['report'] = (d) => context.report({ at: name.at, ...d });
    const inner = { subject: name, raw, report, ...(numberOf && { numberOf }) };
    const value = type.parse(rest.slice(0, count), inner);
    return this.store(line, field, row, value) ? 1 + count : -1 - count;
  }

  private loose(
    line: Values,
    words: readonly Word[],
    context: ParseContext,
    seen: Set<string>,
  ): number {
    const [word] = words;
    if (word === undefined) return 1;
    const fitting = Object.entries(this.table.loose).filter(
      ([, { type }]) => type?.accepts?.(word.text) ?? true,
    );
    // What can only be an address is not taken for a name when it is the second one.
    const certain = fitting.find(
      ([, { type, duplicates }]) => type?.accepts && duplicates === 'first',
    );
    const open = fitting.find(([name]) => !seen.has(name)) ?? fitting.at(-1);
    const [field, row] = certain ?? open ?? [];
    if (field !== undefined && row?.type) {
      if (row.duplicates === 'first' && seen.has(field)) {
        const message = `'${word.text}': ${field} already specified - ignoring`;
        return wrong(context, word, message, 'the first one counts');
      }
      seen.add(field);
      const as = { name: word.text, field, deprecated: false, at: word.at };
      for (const remark of remarksOn(row, as)) context.report(remark);
      const taken = countOf(row.type, words);
      return this.store(line, field, row, row.type.parse(words, context)) ? taken : -taken;
    }
    const meant = nearest(word.text, this.names.keys());
    const hint = meant === undefined ? this.known() : `did you mean '${meant}'?`;
    return wrong(context, word, `unknown option '${word.text}' - ignoring`, hint);
  }

  private store(line: Values, field: string, row: Row<unknown>, value: unknown): boolean {
    if (value === undefined) return false;
    if (row.undoes !== undefined) line[row.undoes] = this.template[row.undoes];
    line[field] = row.isRepeatable ? [...(line[field] as unknown[]), value] : value;
    return true;
  }

  print(line: Values): string {
    const { leading, loose, options } = this.table;
    const parts = leading?.type ? [leading.type.print(line)] : [];
    for (const [field, row] of Object.entries(loose)) {
      if (isWritten(row, line[field])) parts.push(row.type?.print(line[field]) ?? '');
    }
    const rows = Object.entries(options);
    // What another option stands behind is written even where it has its default.
    const leaders = new Set(
      rows.flatMap(([field, row]) =>
        row.follows && isWritten(row, line[field]) ? [row.follows.field] : [],
      ),
    );
    for (const [field, row] of rows) {
      const values = row.isRepeatable ? (line[field] as unknown[]) : [line[field]];
      for (const value of values) {
        if (!isWritten(row, value) && !(leaders.has(field) && value !== undefined)) continue;
        parts.push(`${field} ${row.type?.print(value)}`.trimEnd());
      }
    }
    return parts.join(' ');
  }

  private known(): string {
    const names = [...this.names.keys()];
    const more = names.length > MOST_LISTED ? ', ...' : '';
    return `one of ${names.slice(0, MOST_LISTED).join(', ')}${more}`;
  }

  usage(): string {
    const { leading, loose, options } = this.table;
    const rows = Object.entries(options);
    const shown =
      rows.length > MOST_NAMED
        ? ['[OPTION ...]']
        : rows.map(([name, row]) => `[${`${name} ${row.type?.usage}`.trimEnd()}]`);
    const unnamed = Object.values(loose).map((row) => `[${row.type?.usage}]`);
    return [...(leading?.type ? [leading.type.usage] : []), ...unnamed, ...shown].join(' ');
  }
}

/** Reports a mistake about one word, which has been the only one it took. */
function wrong(
  context: ParseContext,
  at: Word,
  message: string,
  hint: string,
  kind: MistakeClass = 'general',
): -1 {
  context.report({ severity: 'error', class: kind, message, hint, at: at.at });
  return -1;
}

const countOf = (type: ValueType<unknown>, words: readonly Word[]): number =>
  Math.min(type.takes?.(words) ?? type.least, words.length);

function isWritten({ type, hasDefault, isRepeatable, defaultValue }: Row<unknown>, value: unknown) {
  if (!type || value === undefined) return false;
  if (type.unwritten) return !type.unwritten(value);
  return isRepeatable || !hasDefault || type.print(value) !== type.print(defaultValue);
}
