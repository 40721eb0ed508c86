import type { MistakeClass, Report } from '@keepalived-ts/base/diagnostics.js';
import { DEEPEST_EXPANSION, type Limits, LONGEST_LINE, MOST_REPLACEMENTS } from './limits.js';
import { Line, type Place } from './line.js';
import { type Loop, loopHead, parseLoop } from './loops.js';
import { predefined, type Surroundings } from './predefined.js';

/** Something that gives lines; it stands on the one that it interrupts. */
export interface Source {
  /** `undefined` at its end. */
  next(): Line | undefined;
  /** Whether its lines have comments still. */
  isFile?: boolean;
  /** Of a definition that is being expanded. */
  name?: string;
}

const DEFINITION = /^\$([A-Za-z_]\w*)=[ \t]*/;
const CONDITION = /^@(\^?)([^ \t]*)[ \t]+/;
/** What a line of a long definition costs, in pieces: all of its places are made anew. */
const BODY = 14;
const USE = /\$(?:\{([A-Za-z_]\w*)([ \t][^{}]*)?\}|([A-Za-z_]\w*)(?=[ \t,)]|$))/g;

/** A value is one line, or several: those up to the first that does not end with a `\`. */
interface Definition {
  lines: readonly Line[];
  isLong: boolean;
  /** Not written anywhere: the program gives it. */
  isGiven?: boolean;
}

export interface PreprocessorOptions {
  report: Report;
  limits: Limits;
  surroundings: Surroundings;
  /** Where the current file is, for `${_PWD}`. */
  folder(): string;
  /** Puts a source on top: its lines come before any other. */
  interrupt(source: Source, from: Line): void;
  /** Replaced text is not protected: its `#` begins a comment. */
  withoutComment(line: Line): Line;
  /** The sources that interrupt each other, the current one last. */
  open(): readonly Source[];
}

/**
 * keepalived's preprocessor: `@ID`, `$NAME=`, `~SEQ`, `~LST`, then replacement of names until
 * nothing changes (config-language reference §6). Each line it gives knows where the user wrote
 * what is in it, and where the text of a definition was written.
 */
export class Preprocessor {
  private readonly definitions = new Map<string, Definition>();
  /** The definition whose lines are being read. */
  private collecting: { name: string; lines: Line[] } | undefined;

  private readonly options: PreprocessorOptions;

  constructor(options: PreprocessorOptions) {
    this.options = options;
  }

  /** Whether the lines of a file belong to a definition that has begun. */
  get isCollecting(): boolean {
    return this.collecting !== undefined;
  }

  /** Adds a line to the definition that has begun; a blank one ends it, as does a file's end. */
  collect(line?: Line): void {
    const { collecting } = this;
    if (!collecting) return;
    const isContinued = line?.text.endsWith('\\');
    const kept = isContinued ? line?.slice(0, line.text.length - 1).trimmed() : line;
    if (kept && kept.text !== '') collecting.lines.push(kept);
    if (isContinued) return;
    this.definitions.set(collecting.name, { lines: collecting.lines, isLong: true });
    this.collecting = undefined;
  }

  /** The line as it is read, or nothing if it was a definition, a loop or for somebody else. */
  line(from: Line): Line | undefined {
    let line = from;
    for (let replaced = 0; ; replaced++) {
      line = line.trimmed();
      if (line.text.startsWith('@')) {
        const kept = this.conditional(line);
        if (!kept) return undefined;
        line = kept;
      }
      if (this.define(line) || this.loop(line)) return undefined;
      if (line.text.startsWith('~')) return line;
      if (replaced > MOST_REPLACEMENTS) return this.tooMany(from);
      const next = this.replaced(line);
      if (next === line) return line;
      line = this.options.withoutComment(next);
    }
  }

  /** The rest of a line for our configuration id; `undefined` if it is for another. */
  private conditional(line: Line): Line | undefined {
    const [head, not, id] = CONDITION.exec(line.text) ?? [];
    if (head === undefined) return undefined;
    const isOurs = id === this.options.surroundings.configId;
    return isOurs === (not === '') ? line.slice(head.length) : undefined;
  }

  private define(line: Line): boolean {
    const [head, name] = DEFINITION.exec(line.text) ?? [];
    if (head === undefined || name === undefined) return false;
    const value = line.slice(head.length);
    this.quotes(value);
    if (value.text.endsWith('\\')) {
      this.collecting = { name, lines: [] };
      this.collect(value);
    } else {
      this.definitions.set(name, { lines: [value], isLong: false });
    }
    return true;
  }

  /** keepalived looks for the end of a word in the definition as well as where it is used. */
  private quotes(value: Line): void {
    const at = value.text.lastIndexOf('"');
    if (at < 0 || value.text.split('"').length % 2 === 1) return;
    const hint = 'the quoted word ends here';
    this.mistake(value, 'Unterminated quote', hint, 'quote');
  }

  private loop(line: Line): boolean {
    const written = loopHead(line.text);
    if (written === undefined) return false;
    const isList = written.startsWith('~L');
    const spec = line.slice(0, written.length);
    if (!this.options.limits.step(() => spec.at)) return true;
    const head = isList ? written : this.replaced(this.replaced(spec)).text;
    const loop = parseLoop(head);
    if ('message' in loop) this.mistake(spec, loop.message, loop.hint);
    else {
      const text = line.slice(written.length).trimmed();
      this.options.interrupt(this.turns(loop, spec, text), spec);
    }
    return true;
  }

  private turns(loop: Loop, spec: Line, text: Line): Source {
    const at = spec.placeOf(0, spec.text.length);
    const origin = spec.parts()[0]?.origin;
    const { limits } = this.options;
    let turn = 0;
    const next = (): Line | undefined => {
      if (turn >= loop.turns || !limits.step(() => spec.at)) return undefined;
      const values = loop.values(turn++);
      loop.names.forEach((name, i) => {
        const value = given(values[i] ?? '', at, origin);
        this.definitions.set(name, { lines: [value], isLong: false });
      });
      return text;
    };
    return { next };
  }

  /** With each name replaced once; the very same line if there was none. */
  private replaced(line: Line): Line {
    const { text } = line;
    const { limits, report } = this.options;
    const parts: Line[] = [];
    let copied = 0;
    let { length } = text;
    for (const match of text.matchAll(USE)) {
      const [whole, braced, parameters, bare] = match;
      const name = braced ?? bare ?? '';
      const end = match.index + whole.length;
      const definition = this.valueOf(name, parameters, line, match.index);
      const [first] = definition?.lines ?? [];
      if (!definition || (definition.isLong && end < text.length)) continue;
      // One that is refused costs no less.
      if (!limits.step(() => line.at, line.pieces?.length)) return line;
      const grown = length - whole.length + (first?.text.length ?? 0);
      if (grown > LONGEST_LINE && first !== undefined && first.text.length > whole.length) {
        const message = `$${name} is not replaced: the line would have more than ${LONGEST_LINE} bytes`;
        const at = line.span(match.index, whole.length);
        const code = 'expansion-too-long';
        report({ severity: 'warning', class: 'advice', code, message, at });
        continue;
      }
      const use = line.placeOf(match.index, end);
      if (this.isTooDeep(name, definition, line)) return line;
      parts.push(line.slice(copied, match.index));
      if (first) parts.push(definition.isGiven ? given(first.text, use) : first.usedAt(use));
      if (definition.isLong) this.expand(name, definition.lines.slice(1), use, line);
      copied = end;
      length = grown;
    }
    if (copied === 0) return line;
    parts.push(line.slice(copied));
    return Line.join(parts);
  }

  /** What a name stands for, by a definition of the file or by itself. */
  private valueOf(
    name: string,
    parameters: string | undefined,
    line: Line,
    offset: number,
  ): Definition | undefined {
    const defined = this.definitions.get(name);
    if (defined) return parameters === undefined ? defined : undefined;
    if (!name.startsWith('_')) return undefined;
    const { surroundings, folder } = this.options;
    const words = parameters?.split(/[ \t]+/).filter((word) => word !== '') ?? [];
    const answer = predefined(name, words, surroundings, folder());
    if (!answer) return undefined;
    const use = line.slice(offset);
    if (answer.mistake !== undefined) this.mistake(use, answer.mistake, 'the first one is taken');
    const { file, line: number, column } = use;
    const value = new Line('text', answer.value, file, number, column);
    return { lines: [value], isLong: false, isGiven: true };
  }

  /** Lets the other lines of a definition come next. */
  private expand(name: string, lines: readonly Line[], use: Place, from: Line): void {
    const { limits, interrupt } = this.options;
    let i = 0;
    const next = (): Line | undefined => {
      const line = lines[i++];
      const used = line?.usedAt(use);
      return used && limits.step(() => used.at, BODY) ? used : undefined;
    };
    interrupt({ name, next }, from);
  }

  private isTooDeep(name: string, { isLong }: Definition, line: Line): boolean {
    if (!isLong) return false;
    const names = this.options.open().flatMap((source) => source.name ?? []);
    if (names.length < DEEPEST_EXPANSION) return false;
    const message = `definitions hold each other more than ${DEEPEST_EXPANSION} deep`;
    const chain = [...names.slice(Math.max(names.lastIndexOf(name), names.length - 3)), name];
    this.options.limits.pass(message, line.at, chain.map((n) => `$${n}`).join(' -> '));
    return true;
  }

  private tooMany(line: Line): undefined {
    const message = `more than ${MOST_REPLACEMENTS} replacements in one line`;
    const hint = 'does a definition hold itself?';
    this.options.limits.pass(message, line.at, hint);
    return undefined;
  }

  private mistake(line: Line, message: string, hint: string, kind: MistakeClass = 'general'): void {
    this.options.report({ severity: 'error', class: kind, message, hint, at: line.at });
  }
}

/** A text that was not written anywhere but stands for what is at a place. */
function given(text: string, at: Place, origin?: Place): Line {
  const pieces = [{ from: 0, at, ...(origin && { origin }) }];
  return new Line('text', text, at.file, at.line, at.column, pieces);
}
