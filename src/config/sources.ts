import type { Report, Span } from '@keepalived-ts/base/diagnostics.js';
import { FileLines } from './file-lines.js';
import type { Matches } from './glob.js';
import { ALL, type Checks, checksOf, includeChecks, includeParts, noChecks } from './include.js';
import { Lexer, type Lines } from './lexer.js';
import { DEEPEST_INCLUDE, type Limits, MOST_BYTES } from './limits.js';
import { firstWordOf, type Line } from './line.js';
import type { Surroundings } from './predefined.js';
import type { Source } from './preprocessor.js';

/** What reading a configuration needs from outside; see `files.ts` for the real one. */
export interface FileReader {
  /** The files a path or glob pattern names, seen from the file that includes them. */
  match(pattern: string, includedBy: string | undefined): Matches;
  /** The text of a regular file, or in words why it cannot be had. */
  read(file: string, most: number): FileText | Refusal;
  /** The full name of the folder that a file is in. */
  folder(file: string): string;
}

export interface FileText {
  text: string;
  /** Not UTF-8: each byte is a character. */
  latin1: boolean;
}

export interface Refusal {
  refusal: string;
  reason: 'missing' | 'unfit' | 'too-large';
}

export interface SourceOptions {
  report: Report;
  limits: Limits;
  surroundings: Surroundings;
  /** Whether every problem of an `include` is a mistake (-e). */
  checksIncludes: boolean;
}

/** The logical lines of a configuration, files read as they are come to. */
export class Sources implements Lines {
  /** The text of every file read, for the diagnostics that quote them. */
  readonly texts = new Map<string, string>();
  /** The files that include each other, the current one last. */
  private readonly open: string[] = [];
  private checks: Checks;
  private readonly lexer: Lexer;

  private readonly reader: FileReader;
  private readonly options: SourceOptions;

  constructor(path: string, reader: FileReader, options: SourceOptions) {
    this.reader = reader;
    this.options = options;
    this.checks = options.checksIncludes ? ALL : noChecks;
    this.lexer = new Lexer({
      ...options,
      folder: () => reader.folder(this.open.at(-1) ?? path),
      include: (line) => this.include(line),
      setting: (line) => {
        if (firstWordOf(line) !== 'include_check') return;
        this.checks = includeChecks(line, this.checks, options.report);
      },
    });
    this.begin(path);
  }

  next(): Line | undefined {
    return this.lexer.next();
  }

  private begin(path: string): void {
    const { report } = this.options;
    const { files } = this.reader.match(path, undefined);
    if (files.length > 1) {
      const message = `${path} names ${files.length} files; all are read, in order`;
      report({ severity: 'warning', class: 'general', message });
    }
    if (files.length === 0) {
      const message = `Unable to find configuration file ${path}`;
      report({ severity: 'error', class: 'file-missing', message });
    }
    this.lexer.read(
      this.inTurn(files, undefined, (file, { refusal, reason }) => {
        const kind = reason === 'missing' ? 'file-missing' : 'fatal';
        const message = `Unable to read configuration file ${file}: ${refusal}`;
        report({ severity: 'error', class: kind, message });
      }),
    );
  }

  private include(line: Line): void {
    const { keyword, pattern } = includeParts(line);
    const checks = checksOf(keyword, this.checks);
    const { files, missing, lacks } = this.reader.match(pattern, this.open.at(-1));
    const tell = (isMistake: boolean, message: string): void => {
      if (isMistake) this.mistake(message, line.at);
      else {
        const code = 'nothing-included';
        const { at } = line;
        this.options.report({ severity: 'warning', class: 'remark', code, message, at });
      }
    };
    const nothing = `no file matches ${missing.join(', ')}`;
    if (missing.length > 0 && pattern.includes('{') && checks.brace_match) {
      this.mistake(nothing, line.at);
      return;
    }
    const isMistake = files.length === 0 && (lacks ? checks.match : checks.wildcard_match);
    // A folder of files to include may well be empty.
    if (lacks || isMistake) tell(isMistake, nothing);
    const refused = (file: string, { refusal }: Refusal): void =>
      tell(checks.read, `${file} not included: ${refusal}`);
    if (files.length > 0) this.lexer.read(this.inTurn(files, line, refused));
  }

  /** A failed check: keepalived runs by no configuration that lacks a file it must have. */
  private mistake(message: string, at: Span): void {
    const { report } = this.options;
    report({ severity: 'error', class: 'security', message, at, unusable: true });
  }

  /** The lines of several files; each is opened when the one before has been read. */
  private inTurn(
    files: readonly string[],
    from: Line | undefined,
    refused: (file: string, refusal: Refusal) => void,
  ): Source {
    let i = 0;
    let current: FileLines | undefined;
    const checks = this.checks;
    const next = (): Line | undefined => {
      for (;;) {
        const line = current?.next();
        if (line) return line;
        if (current) {
          this.open.pop();
          this.checks = checks;
        }
        current = undefined;
        const file = files[i++];
        if (file === undefined) return undefined;
        const opened = this.opened(file, from);
        if (opened && 'refusal' in opened) refused(file, opened);
        else current = opened;
      }
    };
    return { isFile: true, next };
  }

  private opened(file: string, from: Line | undefined): FileLines | Refusal | undefined {
    const { limits, report } = this.options;
    const at = from?.at;
    const unusable = (message: string, chain: readonly string[]): undefined =>
      report({
        severity: 'error',
        class: 'general',
        message: `${file} not included: ${message}`,
        hint: chain.join(' -> '),
        ...(at && { at }),
        unusable: true,
      }) as undefined;
    const first = this.open.indexOf(file);
    if (first >= 0) return unusable('it includes itself', [...this.open.slice(first), file]);
    if (this.open.length >= DEEPEST_INCLUDE) {
      const chain = [...this.open.slice(0, 2), '...', ...this.open.slice(-1), file];
      return unusable(`includes are more than ${DEEPEST_INCLUDE} deep`, chain);
    }
    if (!limits.file(at)) return undefined;
    const got = this.reader.read(file, limits.bytesLeft);
    const tooLarge = (has: string): undefined => {
      limits.pass(`${file}: ${has}, and all files together may have ${MOST_BYTES}`, at);
    };
    if ('refusal' in got) return got.reason === 'too-large' ? tooLarge(got.refusal) : got;
    const size = memoryOf(got.text);
    if (size > limits.bytesLeft) return tooLarge(`its characters take ${size} bytes`);
    limits.read(size);
    this.texts.set(file, got.text);
    this.open.push(file);
    return new FileLines(file, got.text, got.latin1, report);
  }
}

/** Bytes of memory: two for each character as soon as one is beyond Latin-1. */
const memoryOf = (text: string): number => (/[\u0100-\uffff]/.test(text) ? 2 : 1) * text.length;
