import type { Diagnostic, Span } from '@keepalived-ts/base/diagnostics.js';
import { blank, cut, printable, widthOf } from './columns.js';
import { concealed } from './secrets.js';
import { type Counts, counted, kindOf } from './verdict-document.js';

export interface RenderOptions {
  /** The text of each file, to quote the line from. */
  texts?: ReadonlyMap<string, string>;
  /** For a terminal only. */
  color?: boolean;
}

/** Select Graphic Rendition, ECMA-48 §8.3.117. */
const CODES = { error: '31', warning: '33', advice: '35', bold: '1', hint: '36' } as const;

/** Longest part of a line that is quoted. */
const WIDTH = 120;
/** Longest part of a message that is shown: a word of a binary file may have a megabyte. */
const LONGEST_MESSAGE = 400;
/** Of so many lines one is remembered. */
const STRIDE = 100;
/** Nobody reads more; the rest is counted. */
const MOST = 1000;

/**
 * A diagnostic as people read it, and as editors and CI jump to it:
 *
 *     keepalived.conf:12:15: error: number '300' outside range [1, 255]
 *       virtual_router_id 300
 *                         ^^^
 *       hint: virtual_router_id takes an integer between 1 and 255
 */
export function render(diagnostic: Diagnostic, options: RenderOptions = {}): string {
  return new Renderer(options).render(diagnostic);
}

/**
 * All of them in sections, and a count.
 *
 * First what is wrong with single lines. Then, below headings and indented, lines behind one that
 * lacks an argument, where keepalived reads no further, what is wrong with
 * blocks as a whole, for which keepalived names no line, and advice on what keepalived lets pass:
 * so a tool that compares complained lines with keepalived's (`^FILE:LINE:`) sees the first only.
 */
export function renderAll(diagnostics: readonly Diagnostic[], options: RenderOptions = {}): string {
  const renderer = new Renderer(options);
  const sections = {
    line: [] as Diagnostic[],
    beyond: [] as Diagnostic[],
    block: [] as Diagnostic[],
    advice: [] as Diagnostic[],
  };
  for (const diagnostic of diagnostics) sections[sectionOf(diagnostic)].push(diagnostic);
  let room = MOST;
  const show = (of: readonly Diagnostic[], heading?: string): string[] => {
    const shown = of.slice(0, room);
    room -= shown.length;
    if (shown.length === 0) return [];
    const texts = shown.map((d) => renderer.render(d));
    return heading === undefined ? texts : [heading, ...texts.map((text) => indented(text))];
  };
  const lines = [
    ...show(sections.line),
    ...show(sections.beyond, 'Beyond the line where keepalived ends:'),
    ...show(sections.block, 'Of blocks as a whole:'),
    ...show(sections.advice, 'Advice, off the exit code; docs/warnings.md explains each [code]:'),
  ];
  const rest = Math.max(0, diagnostics.length - MOST);
  return [
    ...lines,
    ...(rest > 0 ? [`... and ${rest} more`] : []),
    total(counted(diagnostics)),
  ].join('\n');
}

function sectionOf(diagnostic: Diagnostic): 'line' | 'beyond' | 'block' | 'advice' {
  if (kindOf(diagnostic) === 'advice') return 'advice';
  if (diagnostic.unread) return 'beyond';
  return diagnostic.ofBlock ? 'block' : 'line';
}

const indented = (text: string): string => text.replace(/^/gm, '  ');

function total({ errors, warnings, advice }: Counts): string {
  const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
  const remarks = advice === 0 ? [] : [`${count(advice, 'piece')} of advice`];
  return [count(errors, 'error'), count(warnings, 'warning'), ...remarks].join(', ');
}

class Renderer {
  private readonly options: RenderOptions;
  private readonly starts = new Map<string, number[]>();

  constructor(options: RenderOptions) {
    this.options = options;
  }

  render(diagnostic: Diagnostic): string {
    const { message, hint, at, code } = diagnostic;
    const kind = kindOf(diagnostic);
    const place = at ? `${this.paint('bold', `${placeText(at)}:`)} ` : '';
    const tail = code === undefined ? '' : ` [${code}]`;
    // keepalived's own words may say again what kind it is.
    const text = kind === 'warning' ? message.replace(/^warning(?: -|:) /i, '') : message;
    const head = `${place}${this.paint(kind, `${kind}:`)} ${shortened(text)}${tail}`;
    const lines = [head];
    if (at) lines.push(...this.quote(at, kind));
    if (at?.origin) {
      lines.push(`  expanded from ${placeText(at.origin)}`);
      lines.push(...this.quote(at.origin, kind, this.isConcealed(at)));
    }
    if (hint) lines.push(`  ${this.paint('hint', 'hint:')} ${shortened(hint)}`);
    return lines.join('\n');
  }

  private paint(kind: keyof typeof CODES, text: string): string {
    return this.options.color ? `\x1b[${CODES[kind]}m${text}\x1b[0m` : text;
  }

  /** The line, and carets below the part that is meant. */
  private quote(at: Span, kind: keyof typeof CODES, hidden = false): string[] {
    const written = this.line(at);
    if (written === undefined || hidden) return [];
    const text = concealed(written);
    const first = Math.min(at.column - 1, text.length);
    const indent = text.length - text.trimStart().length;
    const start = first - indent < WIDTH / 2 ? Math.min(indent, first) : first - WIDTH / 2;
    const { part, from } = cut(text, start, WIDTH);
    const shown = printable(part.trimEnd());
    const meant = shown.slice(first - from, first - from + at.length);
    const carets = '^'.repeat(Math.max(1, widthOf(meant)));
    return [`  ${shown}`, `  ${blank(shown.slice(0, first - from))}${this.paint(kind, carets)}`];
  }

  /** Whether the line holds a secret, which must not be read where it was defined either. */
  private isConcealed(at: Span): boolean {
    const text = this.line(at);
    return text !== undefined && concealed(text) !== text;
  }

  private line({ file, line }: Span): string | undefined {
    const text = this.options.texts?.get(file);
    if (text === undefined) return undefined;
    const starts = this.starts.get(file) ?? startsOf(text);
    this.starts.set(file, starts);
    let start = starts[Math.floor((line - 1) / STRIDE)] ?? -1;
    for (let i = (line - 1) % STRIDE; i > 0 && start >= 0; i--) start = nextLine(text, start);
    if (start < 0) return undefined;
    const next = nextLine(text, start);
    return text.slice(start, next < 0 ? text.length : next - 1).replace(/\r$/, '');
  }
}

const placeText = ({ file, line, column }: Span): string => `${printable(file)}:${line}:${column}`;

function shortened(text: string): string {
  if (text.length <= LONGEST_MESSAGE) return printable(text);
  return `${printable(cut(text, 0, LONGEST_MESSAGE).part)}... (${text.length} characters)`;
}

/** Where every hundredth line begins: there may be a million lines. */
function startsOf(text: string): number[] {
  const starts: number[] = [];
  let line = 0;
  for (let start = 0; start >= 0; start = nextLine(text, start)) {
    if (line++ % STRIDE === 0) starts.push(start);
  }
  return starts;
}

/** Where the line behind the one that begins there begins; -1: it is the last. */
function nextLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? -1 : end + 1;
}
