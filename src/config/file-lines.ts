import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { LONGEST_LINE } from './limits.js';
import { isBlank, Line } from './line.js';
import type { Source } from './preprocessor.js';

const TOO_LONG_HINT = `a line has at most ${LONGEST_LINE} bytes; what stands beyond is read as another line`;

/** The lines of a file as they were written, but for blanks around them. */
export class FileLines implements Source {
  readonly isFile = true;
  private start = 0;
  private number = 0;

  private readonly file: string;
  private readonly text: string;
  private readonly latin1: boolean;
  private readonly report: Report;

  constructor(file: string, text: string, latin1: boolean, report: Report) {
    this.file = file;
    this.text = text;
    this.latin1 = latin1;
    this.report = report;
  }

  next(): Line | undefined {
    const { text, start } = this;
    if (start >= text.length) return undefined;
    this.number++;
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    this.start = end + 1;
    return this.line(this.beyondLimit(start, end), end, start);
  }

  /** Where what is left of a line begins, after chunks that were too long. */
  private beyondLimit(start: number, end: number): number {
    let from = start;
    while (isTooLong(this.text, from, end)) {
      if (from === start) this.mistake(1, 'line too long', TOO_LONG_HINT);
      from += prefixOf(this.text, from, end, LONGEST_LINE + 1);
    }
    return from;
  }

  private line(from: number, end: number, lineStart: number): Line {
    const { text } = this;
    let first = from;
    let last = end;
    while (last > first && isBlank(text.charCodeAt(last - 1))) last--;
    while (first < last && isBlank(text.charCodeAt(first))) first++;
    const column = first - lineStart + 1;
    const words = text.slice(first, last);
    if (!words.includes('\0')) {
      const kind = words === '}' ? 'close' : 'text';
      return new Line(kind, words, this.file, this.number, column, undefined, this.latin1);
    }
    const message = 'line with embedded NUL characters ignored';
    this.mistake(column, message, 'is this a text file?');
    return new Line('text', '', this.file, this.number, column);
  }

  private mistake(column: number, message: string, hint: string): void {
    const at = { file: this.file, line: this.number, column, length: 1 };
    this.report({ severity: 'error', class: 'general', message, hint, at });
  }
}

function isTooLong(text: string, from: number, end: number): boolean {
  if (end - from > LONGEST_LINE + 1) return true;
  if ((end - from) * 3 <= LONGEST_LINE) return false;
  return Buffer.byteLength(text.slice(from, end)) > LONGEST_LINE + 1;
}

/** How many characters make up at most this many bytes of UTF-8. */
function prefixOf(text: string, from: number, end: number, bytes: number): number {
  let count = 0;
  let i = from;
  while (i < end) {
    const code = text.codePointAt(i) ?? 0;
    count += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (count > bytes) break;
    i += code < 0x10000 ? 1 : 2;
  }
  return Math.max(i - from, 1);
}
