import type { Report, Span } from '@keepalived-ts/base/diagnostics.js';

/*
 * What a configuration may cost. keepalived knows hardly any limit; ours are far beyond what
 * anybody runs, and keep a broken or hostile file from filling the memory or the time of a daemon.
 */

/** Of the text of all files together. */
export const MOST_BYTES = 24 * 1024 * 1024;
/** Logical lines, so a brace counts as one. */
export const MOST_LINES = 2_000_000;
/** Files that include each other, and definitions that hold each other. */
export const DEEPEST_INCLUDE = 32;
export const MOST_FILES = 10_000;
export const DEEPEST_EXPANSION = 100;
/** What interrupts what: files, definitions, loops, and rests of lines with braces in them. */
export const MOST_SOURCES = 1_000;
/** Blocks in each other, known or not. */
export const DEEPEST_BLOCK = 10_000;
/** Lines within a block of the outermost level, which is in memory as a whole while it is read. */
export const MOST_LINES_OF_BLOCK = 200_000;
/** How often the names in one line are replaced, one definition holding another. */
export const MOST_REPLACEMENTS = 100;
/** Names replaced, lines of definitions and turns of `~SEQ` and `~LST`, over all files. */
export const MOST_STEPS = 1_000_000;
/**
 * What memory goes by: keywords of all blocks, set or not, and some for each item of a list and
 * each program to run.
 */
export const MOST_VALUES = 4_000_000;
export const VALUES_OF_ITEM = 40;

/** keepalived's line buffer holds 1022 characters and a newline. */
export const LONGEST_LINE = 1022;

/** Counts what reading has cost; beyond a limit it says so once, and reading ends. */
export class Limits {
  /** Whether a limit was passed: nothing more is read. */
  passed = false;
  private steps = 0;
  private lines = 0;
  private files = 0;
  private values = 0;
  private bytes = 0;

  private readonly report: Report;

  constructor(report: Report) {
    this.report = report;
  }

  /**
   * A step of the preprocessor; whether it may be taken. A line of many pieces is dear: places are
   * worked out piece by piece, and what is left of the line is read again piece by piece.
   */
  step(at: () => Span, pieces = 0): boolean {
    this.steps += 1 + ((pieces * pieces) >> 6);
    if (this.steps <= MOST_STEPS) return !this.passed;
    return this.pass(`more than ${MOST_STEPS} steps of $NAME, ~SEQ and ~LST`, at());
  }

  /** One logical line more. */
  line(line: { at: Span }): boolean {
    if (++this.lines <= MOST_LINES) return !this.passed;
    return this.pass(`more than ${MOST_LINES} lines`, line.at);
  }

  /** Fields of a block, or an item of a list, that memory will be taken for. */
  keep(values: number, of: { at: Span }): boolean {
    this.values += values;
    if (this.values <= MOST_VALUES) return !this.passed;
    return this.pass(`more than ${MOST_VALUES} values in blocks and lists`, of.at);
  }

  /** One file more. */
  file(at: Span | undefined): boolean {
    if (++this.files <= MOST_FILES) return !this.passed;
    return this.pass(`more than ${MOST_FILES} files`, at);
  }

  /** How many bytes may still be read. */
  get bytesLeft(): number {
    return MOST_BYTES - this.bytes;
  }

  /** Text that was read. */
  read(bytes: number): void {
    this.bytes += bytes;
  }

  /** Ends the reading: a configuration of which a part is missing is not run by. */
  pass(what: string, at?: Span, hint?: string): false {
    if (this.passed) return false;
    this.passed = true;
    this.report({
      severity: 'error',
      class: 'fatal',
      message: `${what}; the rest is not read`,
      unusable: true,
      ...(at && { at }),
      ...(hint && { hint }),
    });
    return false;
  }
}
