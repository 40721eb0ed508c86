import type { Span } from '@keepalived-ts/base/diagnostics.js';
import type { Word } from './schema.js';

/**
 * A logical line: the words of one keyword or item, or a brace by itself.
 *
 * It keeps the text only; words are split when they are read, so that a configuration of many
 * thousand lines costs one small object a line.
 */
export class Line {
  readonly kind: 'text' | 'open' | 'close';
  /** Comment and surrounding blanks removed. */
  readonly text: string;
  readonly file: string;
  readonly line: number;
  /** Of the first character of `text`. */
  readonly column: number;
  /**
   * Where `text` differs from what the user wrote: from each offset on, this much must be added
   * to find the column. Removed escapes leave such a trace; so will expanded definitions.
   */
  readonly shifts: readonly Shift[] | undefined;

  constructor(
    kind: Line['kind'],
    text: string,
    file: string,
    line: number,
    column: number,
    shifts?: readonly Shift[],
  ) {
    this.kind = kind;
    this.text = text;
    this.file = file;
    this.line = line;
    this.column = column;
    this.shifts = shifts;
  }

  /** The place of a part of `text` in the file. */
  span(offset: number, length: number): Span {
    let column = this.column + offset;
    for (const shift of this.shifts ?? []) if (offset >= shift.from) column += shift.by;
    return { file: this.file, line: this.line, column, length: Math.max(length, 1) };
  }

  /** The whole line. */
  get at(): Span {
    return this.span(0, this.text.length);
  }
}

export interface Shift {
  from: number;
  by: number;
}

/** A word that works out its place only when asked for it. */
class PlacedWord implements Word {
  readonly text: string;
  readonly quoted: boolean;
  private readonly line: Line;
  private readonly offset: number;

  constructor(text: string, quoted: boolean, line: Line, offset: number) {
    this.text = text;
    this.quoted = quoted;
    this.line = line;
    this.offset = offset;
  }

  get at(): Span {
    return this.line.span(this.offset, this.text.length + (this.quoted ? 2 : 0));
  }
}

const BLANK = /[ \t\f\r\v]/;
const QUOTE = 34;
/** What isspace(3) says in the C locale; a no-break space is part of a word. */
export const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

/**
 * Splits a line as keepalived does for ordinary keywords: on blanks, and a `"` begins a word that
 * runs to the next `"`, even in the middle of one. Single quotes and backslashes mean nothing.
 */
export function wordsOf(line: Line): Word[] {
  const { text } = line;
  const out: Word[] = [];
  let i = 0;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (isBlank(code)) {
      i++;
    } else if (code === QUOTE) {
      const found = text.indexOf('"', i + 1);
      const end = found < 0 ? text.length : found;
      out.push(new PlacedWord(text.slice(i + 1, end), true, line, i));
      i = end + 1;
    } else {
      const start = i;
      while (i < text.length && !isBlank(text.charCodeAt(i)) && text.charCodeAt(i) !== QUOTE) i++;
      out.push(new PlacedWord(text.slice(start, i), false, line, start));
    }
  }
  return out;
}

/** The first word alone: what kind of line this is. */
export function firstWordOf(line: Line): string {
  const { text } = line;
  if (text.charCodeAt(0) === QUOTE) return wordsOf(line)[0]?.text ?? '';
  const end = text.search(FIRST_END);
  return end < 0 ? text : text.slice(0, end);
}
const FIRST_END = new RegExp(`${BLANK.source}|"`);
