import type { Diagnostic, Report } from '@keepalived-ts/base/diagnostics.js';
import { withoutComment } from './comment.js';
import { DEEPEST_BLOCK, type Limits, MOST_LINES_OF_BLOCK, MOST_SOURCES } from './limits.js';
import { firstWordOf, isBlank, type Line } from './line.js';
import type { Surroundings } from './predefined.js';
import { Preprocessor, type Source } from './preprocessor.js';

/** Logical lines, one after the other; `undefined` when there are no more. */
export interface Lines {
  next(): Line | undefined;
}

export interface LexerOptions {
  report: Report;
  limits: Limits;
  surroundings: Surroundings;
  /** Where the file is that is being read. */
  folder(): string;
  /** Called for `include PATTERN`; what it adds to the lines stands where the line stood. */
  include(line: Line): void;
  /** Called for a line of global_defs. */
  setting(line: Line): void;
}

/** What makes a line more than words and braces: nine of ten have none of it. */
const SPECIAL = '#!"\\$@~';
/** Of each ASCII character: 1 is a brace, 2 is special. */
const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (SPECIAL.includes(character)) return 2;
  return '{}'.includes(character) ? 1 : 0;
});
const NO_BRACE = -1;
const NOT_PLAIN = -2;
const PREPROCESSED = /[$@~]/;
const INCLUDE = /^include[rmwba]?[ \t]/;
const KINDS = { '{': 'open', '}': 'close' } as const;
const LOST =
  'keepalived drops the rest of the line here, as it strips comments twice; write it in double quotes, as in "a#b"';

/** Turns text into logical lines, and follows braces over all files of a configuration. */
export class Lexer implements Lines {
  /** What the next lines come from, the last one first. */
  private readonly sources: Source[] = [];
  /** Lines that the last one from a source was split into. */
  private ready: Line[] = [];
  private taken = 0;
  /** Where each block that is still open was opened. */
  private readonly opened: Line[] = [];
  /** The root keyword of the block we are in. */
  private root = '';
  private linesOfBlock = 0;
  private isFinished = false;
  private readonly preprocessor: Preprocessor;

  private readonly options: LexerOptions;

  constructor(options: LexerOptions) {
    this.options = options;
    const { report, limits, surroundings } = options;
    this.preprocessor = new Preprocessor({
      report,
      limits,
      surroundings,
      folder: () => options.folder(),
      interrupt: (source, from) => this.read(source, from),
      withoutComment: (line) => this.uncommented(line),
      open: () => this.sources,
    });
  }

  /** Reads a source before what is being read now, where `from` says so. */
  read(source: Source, from?: Line): void {
    if (this.sources.push(source) <= MOST_SOURCES) return;
    const what = `~SEQ, ~LST and definitions hold each other more than ${MOST_SOURCES} deep`;
    this.options.limits.pass(what, from?.at);
  }

  next(): Line | undefined {
    const { limits } = this.options;
    for (;;) {
      const line = this.ready[this.taken++];
      if (line) return limits.line(line) ? line : undefined;
      if (this.ready.length > 0) this.ready = [];
      this.taken = 0;
      const source = limits.passed ? undefined : this.sources.at(-1);
      if (!source) return this.finish();
      const from = source.next();
      if (from) this.take(from, source.isFile === true);
      else this.leave(source);
    }
  }

  private leave(source: Source): void {
    this.sources.pop();
    if (source.isFile && this.preprocessor.isCollecting) this.preprocessor.collect();
  }

  /** After the last file: blocks that nobody closed. */
  private finish(): undefined {
    const missing = this.opened.length;
    const last = this.opened.at(-1);
    if (this.isFinished || last === undefined || this.options.limits.passed) return;
    this.isFinished = true;
    this.options.report({
      severity: 'error',
      class: 'missing-close',
      message: `There are ${missing} missing '}'s or extra '{'s`,
      hint: 'this block is never closed',
      at: last.at,
      ofBlock: true,
    });
  }

  /** A line of a file, or one that the preprocessor has kept. */
  private take(from: Line, isFile: boolean): void {
    const brace = plainBrace(from.text);
    const isPlain = brace !== NOT_PLAIN;
    const line = !isFile || isPlain ? from : this.uncommented(from).trimmed();
    if (isFile && this.preprocessor.isCollecting) {
      // Compat: a comment is a blank line to keepalived 2.4, and so ends a definition.
      this.preprocessor.collect(line);
    } else if (isPlain) {
      if (isFile) this.split(line, brace);
      else this.split(line.trimmed());
    } else {
      const read = PREPROCESSED.test(line.text) ? this.preprocessor.line(line) : line;
      if (read) this.split(read.trimmed());
    }
  }

  private uncommented(from: Line): Line {
    const { line, open, lost } = withoutComment(from, this.parentReads());
    if (open !== undefined) {
      const hint = 'the quoted word ends here';
      this.mistake(from.slice(open, open + 1), 'quote', 'Unterminated quote', hint);
    }
    if (lost !== undefined) {
      const at = from.span(lost, 2);
      const code = 'escaped-comment';
      this.options.report({ severity: 'warning', class: 'advice', code, message: LOST, at });
    }
    return line;
  }

  /** Whether keepalived's parent process reads the line, which keeps an escaped `#` or `!`. */
  private parentReads(): boolean {
    return this.opened.length === 0 || this.root === 'global_defs';
  }

  /**
   * Each brace outside double quotes becomes a line by itself; backslashes mean nothing here. The
   * first brace is where `first` says.
   */
  private split(whole: Line, first = braceIn(whole.text)): void {
    let line = whole;
    let at = first;
    if (line.kind !== 'text') {
      this.brace(line);
      return;
    }
    for (; at !== NO_BRACE && !isInclude(line.text); at = braceIn(line.text)) {
      const brace = KINDS[line.text.charAt(at) as keyof typeof KINDS];
      const end = endOfWords(line.text, at);
      if (end > 0) this.statement(line.slice(0, end));
      this.brace(line.slice(at, at + 1, brace));
      if (at + 1 === line.text.length) return;
      line = line.slice(at + 1).trimmed();
      if (PREPROCESSED.test(line.text)) {
        this.read(once(line), line);
        return;
      }
    }
    if (line.text !== '') this.statement(line);
  }

  private statement(line: Line): void {
    const { text } = line;
    if (this.opened.length === 0) this.root = firstWordOf(line);
    else if (++this.linesOfBlock > MOST_LINES_OF_BLOCK) {
      const { limits } = this.options;
      limits.pass(`more than ${MOST_LINES_OF_BLOCK} lines in the block ${this.root}`, line.at);
    } else if (this.root === 'global_defs') this.options.setting(line);
    if (isInclude(text)) this.options.include(line);
    else this.ready.push(line);
  }

  private brace(line: Line): void {
    const { limits } = this.options;
    if (line.kind === 'open') {
      if (this.opened.length === 0) this.linesOfBlock = 0;
      if (this.opened.push(line) > DEEPEST_BLOCK) {
        limits.pass(`blocks are more than ${DEEPEST_BLOCK} deep`, line.at);
      }
    } else if (this.opened.pop() === undefined) {
      this.mistake(line, 'extra-close', "Extra '}' found");
    }
    this.ready.push(line);
  }

  private mistake(where: Line, kind: Diagnostic['class'], message: string, hint?: string): void {
    const at = where.at;
    this.options.report({ severity: 'error', class: kind, message, at, ...(hint && { hint }) });
  }
}

const isInclude = (text: string): boolean => text.startsWith('include') && INCLUDE.test(text);

/** Where the blanks before an offset begin. */
function endOfWords(text: string, offset: number): number {
  let end = offset;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--;
  return end;
}

/** Where the first brace of a line is that has nothing special in it. */
function plainBrace(text: string): number {
  let found = NO_BRACE;
  for (let i = 0; i < text.length; i++) {
    const kind = CLASSES[text.charCodeAt(i)];
    if (kind === 2) return NOT_PLAIN;
    if (kind === 1 && found === NO_BRACE) found = i;
  }
  return found;
}

/** Where the first brace outside double quotes is. */
function braceIn(text: string): number {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34) quoted = !quoted;
    else if (!quoted && (c === 123 || c === 125)) return i;
  }
  return NO_BRACE;
}

/** A line that is read again: what follows a brace may be a definition, a loop, a condition. */
function once(line: Line): Source {
  let left: Line | undefined = line;
  return {
    next() {
      const given = left;
      left = undefined;
      return given;
    },
  };
}
