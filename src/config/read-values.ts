import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { type Limits, VALUES_OF_ITEM } from './limits.js';
import { type Line, wordsOf } from './line.js';
import type { LinkBook } from './link.js';
import { concealed } from './secrets.js';
import type { Node } from './tree.js';
import type { NamedList, NumberOf, ParseContext, ValueType, Word } from './value-type.js';

/** What every value type is told about the line it reads; made once, moved from line to line. */
class Context implements ParseContext {
  subject: Word = { text: '', quoted: false, at: { file: '', line: 0, column: 1, length: 1 } };
  line: Line | undefined;

  /** A field, not a method: value types may take it out of the context. */
  readonly report: ParseContext['report'];

  readonly numberOf?: NumberOf;

  constructor(sink: Report, numberOf: NumberOf | undefined) {
    if (numberOf) this.numberOf = numberOf;
    this.report = (diagnostic) => sink({ at: this.subject.at, ...diagnostic });
  }

  get raw(): string {
    return this.line?.text ?? '';
  }
}

/** Lines to values, by the types that their rows name. */
export class ValueReader {
  private readonly context: Context;
  private readonly report: Report;
  private readonly limits: Limits;
  private readonly links: LinkBook;

  constructor(report: Report, limits: Limits, links: LinkBook, numberOf: NumberOf | undefined) {
    this.report = report;
    this.limits = limits;
    this.links = links;
    this.context = new Context(report, numberOf);
  }

  /** The value of the words after a keyword. */
  parse(
    type: ValueType<unknown>,
    subject: Word,
    rest: Word[],
    line: Line,
    isSkippedAlone = false,
  ): unknown {
    // A type that splits its line itself sees a word that no quote ends.
    if (rest.length < type.least && !(type.raw && isOdd(line.text))) {
      const message = `${subject.text} is missing a parameter: ${subject.text} ${type.usage}`;
      const kind = isSkippedAlone ? 'general' : 'missing-argument';
      this.report({ severity: 'error', class: kind, message, at: line.at });
      return undefined;
    }
    // The lexer has told of other words that no quote ends.
    const isHidden = line.pieces !== undefined || line.text.includes('\\"');
    if (isHidden && isOdd(line.text)) {
      const message = `Unmatched quote in '${concealed(line.text)}'`;
      const hint = 'the last quoted word has no end';
      this.report({ severity: 'error', class: 'quote', message, hint, at: line.at });
    }
    this.context.subject = subject;
    this.context.line = line;
    const value = type.parse(rest, this.context);
    if (type.isLarge && value !== undefined) this.limits.keep(VALUES_OF_ITEM, line);
    return value;
  }

  /** A list that has a name before its `{`. */
  namedList(
    node: Node,
    type: ValueType<unknown>,
    heading: ValueType<string>,
    subject: Word,
    rest: Word[],
  ): NamedList<unknown> | undefined {
    const { line } = node;
    const name = this.parse(heading, subject, rest, line);
    if (name === undefined) return undefined;
    const items = this.items([], node, type, `(${name})`);
    return { name: String(name), items, at: subject.at };
  }

  /** Adds the items of a list to `values`. */
  items(values: unknown[], node: Node, type: ValueType<unknown>, owner: string): unknown[] {
    const { field, row } = node.entry;
    const { items = [] } = node;
    if (items.length === 0 && type.emptyIs !== undefined) {
      const { at } = node.end ?? node.line;
      this.report({ severity: 'warning', class: 'general', message: type.emptyIs, at });
    }
    for (const { line, words } of itemsOf(items, type)) {
      const [subject] = words;
      if (subject === undefined) continue;
      this.context.subject = subject;
      this.context.line = line;
      const value = type.item?.parse(words, this.context);
      if (value === undefined) continue;
      if (!this.limits.keep(VALUES_OF_ITEM, line)) break;
      values.push(value);
      if (row.names)
        this.links.mention(row.names, {
          value,
          from: values,
          at: subject.at,
          owner,
          keyword: field,
        });
    }
    return values;
  }
}

/** What of a list's lines is an item: all of a line, or each word. */
function* itemsOf(
  lines: readonly Line[],
  type: ValueType<unknown>,
): Generator<{ line: Line; words: readonly Word[] }> {
  for (const line of lines) {
    const words = wordsOf(line);
    if (type.itemIs !== 'word') yield { line, words };
    else for (const word of words) yield { line, words: [word] };
  }
}

/** Whether a line has an odd number of `"`; nearly all have none. */
const isOdd = (text: string): boolean => text.includes('"') && text.split('"').length % 2 === 0;
