import type { Diagnostic, Report } from '@keepalived-ts/base/diagnostics.js';
import { firstWordOf, isBlank, Line, type Shift } from './line.js';
import { Preprocessor } from './preprocessor.js';

/** What one file holds; `include` lines are answered by the caller, in place. */
export interface LexerOptions {
  report: Report;
  /** Called for `include PATTERN`; what it adds to the lines stands where the line stood. */
  include(line: Line): void;
}

/** keepalived's line buffer holds 1022 characters and a newline. */
const LONGEST = 1022;
/** More logical lines than this are refused: the memory of the daemon is not a user's to fill. */
export const MOST_LINES = 300_000;

const INTERESTING = /[#!"{}\\\0$@~]/;
const COMMENT = /[#!"\\]/;
const PREPROCESSED = /[$@~]/;
const NO_SHIFTS: readonly Shift[] = [];
const BEFORE_LAST_BACKSLASH = /[ \t]+\\\s*$/;
const KINDS = { '{': 'open', '}': 'close' } as const;
const LOST =
  'keepalived drops the rest of the line here, as it strips comments twice; write it in double quotes, as in "a#b"';

/** Turns text into logical lines, and follows braces over all files of a configuration. */
export class Lexer {
  readonly lines: Line[] = [];
  /** Where each block that is still open was opened. */
  private readonly opened: Line[] = [];
  /** The root keyword of the block we are in. */
  private root = '';
  private full = false;
  private readonly preprocessor = new Preprocessor();

  private readonly options: LexerOptions;

  constructor(options: LexerOptions) {
    this.options = options;
  }

  /** Adds a file's lines. */
  add(file: string, text: string): void {
    let start = 0;
    for (let number = 1; start < text.length && !this.full; number++) {
      const found = text.indexOf('\n', start);
      const end = found < 0 ? text.length : found;
      this.physical(file, number, text.slice(start, end));
      start = end + 1;
    }
  }

  /** After the last file: blocks that nobody closed. */
  finish(): void {
    const missing = this.opened.length;
    const last = this.opened.at(-1);
    if (last === undefined) return;
    this.options.report({
      severity: 'error',
      class: 'missing-close',
      message: `There are ${missing} missing '}'s or extra '{'s`,
      hint: 'this block is never closed',
      at: last.at,
    });
  }

  private physical(file: string, number: number, text: string): void {
    let rest = text;
    let from = 0;
    while (isTooLong(rest)) {
      this.mistake(file, number, from + 1, 'general', 'line too long', TOO_LONG_HINT);
      const chunk = prefixOf(rest, LONGEST + 1);
      from += chunk;
      rest = rest.slice(chunk);
    }
    if (!INTERESTING.test(rest)) {
      this.text(file, number, from, rest);
    } else if (rest.includes('\0')) {
      const message = 'line with embedded NUL characters ignored';
      this.mistake(file, number, from + 1, 'general', message, 'is this a text file?');
    } else {
      const { text: clean, shifts } = this.withoutComment(file, number, from, rest);
      const unsupported = PREPROCESSED.test(clean)
        ? this.preprocessor.unsupported(clean)
        : undefined;
      if (unsupported === undefined) this.split(file, number, from, clean, shifts);
      else this.refuse(file, number, from, clean, unsupported);
    }
  }

  /** A configuration of which lines are not understood is not run by. */
  private refuse(file: string, number: number, from: number, text: string, what: string): void {
    const indent = text.length - text.trimStart().length;
    const at = { file, line: number, column: from + indent + 1, length: text.trim().length };
    const message = `${what} not supported yet; line ignored`;
    const hint = 'write it out until the preprocessor has come';
    this.options.report({ severity: 'error', class: 'general', message, hint, at, unusable: true });
  }

  /** A backslash protects the next character, of `"` too; `\#` and `\!` lose it. */
  private withoutComment(
    file: string,
    number: number,
    from: number,
    text: string,
  ): { text: string; shifts: readonly Shift[] } {
    if (!COMMENT.test(text)) return { text, shifts: NO_SHIFTS };
    const shifts: Shift[] = [];
    let done = '';
    let copied = 0;
    let quote = -1;
    let quotes = 0;
    let end = text.length;
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      if (c === '"') {
        quote = quote < 0 ? i : -1;
        quotes++;
      } else if (c === '\\') {
        const next = text[++i];
        if (next === '"') quotes++;
        if (quote >= 0 || (next !== '#' && next !== '!')) continue;
        if (!this.parentReads()) {
          this.advise(file, number, from + i, LOST);
          end = i - 1;
          break;
        }
        done += text.slice(copied, i - 1);
        shifts.push({ from: done.length, by: 1 });
        copied = i;
      } else if (quote < 0 && (c === '#' || c === '!')) {
        end = i;
        break;
      }
    }
    // An odd number of quotes is the reader's to report: script values split lines otherwise.
    if (quote >= 0 && quotes % 2 === 0) {
      const message = 'Unterminated quote';
      this.mistake(file, number, from + quote + 1, 'quote', message, 'the quoted word ends here');
    }
    return { text: done + text.slice(copied, end).replace(BEFORE_LAST_BACKSLASH, '\\'), shifts };
  }

  /** Each brace outside double quotes becomes a line by itself; backslashes mean nothing here. */
  private split(
    file: string,
    number: number,
    from: number,
    text: string,
    shifts: readonly Shift[],
  ): void {
    const column = (offset: number): number =>
      shifts.reduce((at, shift) => (offset >= shift.from ? at + shift.by : at), from + offset);
    let begin = 0;
    let quoted = false;
    const flush = (to: number): void => {
      if (begin === to) return;
      const inside = shifts.filter((s) => s.from > begin && s.from < to);
      const moved = inside.map((s) => ({ from: s.from - begin, by: s.by }));
      this.text(file, number, column(begin), text.slice(begin, to), moved);
    };
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      if (c === '"') quoted = !quoted;
      else if (!quoted && (c === '{' || c === '}')) {
        flush(i);
        this.brace(KINDS[c], file, number, column(i) + 1);
        begin = i + 1;
      }
    }
    flush(text.length);
  }

  /** Whether keepalived's parent process reads the line, which keeps an escaped `#` or `!`. */
  private parentReads(): boolean {
    return this.opened.length === 0 || this.root === 'global_defs';
  }

  private text(
    file: string,
    number: number,
    from: number,
    raw: string,
    shifts: readonly Shift[] = NO_SHIFTS,
  ): void {
    let end = raw.length;
    while (end > 0 && isBlank(raw.charCodeAt(end - 1))) end--;
    let skipped = 0;
    while (skipped < end && isBlank(raw.charCodeAt(skipped))) skipped++;
    if (skipped === end) return;
    const text = raw.slice(skipped, end);
    const moved = shifts.length
      ? shifts.map(({ from: offset, by }) => ({ from: offset - skipped, by }))
      : undefined;
    const line = new Line('text', text, file, number, from + skipped + 1, moved);
    if (this.opened.length === 0) this.root = firstWordOf(line);
    if (text.startsWith('include') && /^include[rmwba]?[ \t]/.test(text)) {
      this.options.include(line);
    } else {
      this.push(line);
    }
  }

  private brace(kind: 'open' | 'close', file: string, number: number, column: number): void {
    const line = new Line(kind, kind === 'open' ? '{' : '}', file, number, column);
    if (kind === 'open') this.opened.push(line);
    else if (this.opened.pop() === undefined) {
      this.mistake(file, number, column, 'extra-close', "Extra '}' found");
    }
    this.push(line);
  }

  private push(line: Line): void {
    if (this.lines.length >= MOST_LINES) {
      if (this.full) return;
      this.full = true;
      const message = `more than ${MOST_LINES} lines; the rest is not read`;
      this.mistake(line.file, line.line, 1, 'fatal', message);
      return;
    }
    this.lines.push(line);
  }

  private mistake(
    file: string,
    line: number,
    column: number,
    kind: Diagnostic['class'],
    message: string,
    hint?: string,
  ): void {
    const at = { file, line, column, length: 1 };
    this.options.report({ severity: 'error', class: kind, message, at, ...(hint && { hint }) });
  }

  private advise(file: string, line: number, column: number, message: string): void {
    const at = { file, line, column, length: 2 };
    this.options.report({ severity: 'warning', class: 'advice', message, at });
  }
}

const TOO_LONG_HINT = `a line has at most ${LONGEST} bytes; what stands beyond is read as another line`;

const isTooLong = (text: string): boolean =>
  text.length > LONGEST + 1 || (text.length * 3 > LONGEST && Buffer.byteLength(text) > LONGEST + 1);

/** How many characters make up at most this many bytes. */
function prefixOf(text: string, bytes: number): number {
  let count = 0;
  let i = 0;
  while (i < text.length) {
    const code = text.codePointAt(i) ?? 0;
    count += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (count > bytes) break;
    i += code < 0x10000 ? 1 : 2;
  }
  return Math.max(i, 1);
}
