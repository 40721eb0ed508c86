import type { Diagnostic, Span } from '@keepalived-ts/base/diagnostics.js';
import { MASKED } from '@keepalived-ts/base/secret.js';

export interface RenderOptions {
  /** The text of each file, to quote the line from. */
  texts?: ReadonlyMap<string, string>;
  /** For a terminal only. */
  color?: boolean;
}

/** Select Graphic Rendition, ECMA-48 §8.3.117. */
const CODES = { error: '31', warning: '33', bold: '1', hint: '36' } as const;

/** Longest part of a line that is quoted. */
const WIDTH = 120;

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

/** All of them, one after the other, and a count. */
export function renderAll(diagnostics: readonly Diagnostic[], options: RenderOptions = {}): string {
  const renderer = new Renderer(options);
  const errors = diagnostics.filter((d) => d.severity === 'error').length;
  const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
  const total = `${count(errors, 'error')}, ${count(diagnostics.length - errors, 'warning')}`;
  return [...diagnostics.map((d) => renderer.render(d)), total].join('\n');
}

class Renderer {
  private readonly options: RenderOptions;
  private readonly starts = new Map<string, number[]>();

  constructor(options: RenderOptions) {
    this.options = options;
  }

  render({ severity, message, hint, at }: Diagnostic): string {
    const place = at
      ? `${this.paint('bold', `${printable(at.file)}:${at.line}:${at.column}:`)} `
      : '';
    const head = `${place}${this.paint(severity, `${severity}:`)} ${printable(message)}`;
    const advice = hint ? [`  ${this.paint('hint', 'hint:')} ${printable(hint)}`] : [];
    return [head, ...(at ? this.quote(at, severity) : []), ...advice].join('\n');
  }

  private paint(kind: keyof typeof CODES, text: string): string {
    return this.options.color ? `\x1b[${CODES[kind]}m${text}\x1b[0m` : text;
  }

  /** The line, and carets below the part that is meant. */
  private quote(at: Span, severity: Diagnostic['severity']): string[] {
    const text = this.line(at);
    if (text === undefined) return [];
    const first = at.column - 1;
    const indent = text.length - text.trimStart().length;
    const from = first - indent < WIDTH / 2 ? Math.min(indent, first) : first - WIDTH / 2;
    const shown = text.slice(from, from + WIDTH).trimEnd();
    const before = shown
      .slice(0, first - from)
      .replace(WIDE, '  ')
      .replace(/[^\t ]/g, ' ');
    const carets = '^'.repeat(Math.max(1, Math.min(at.length, shown.length - (first - from))));
    return [`  ${printable(shown)}`, `  ${before}${this.paint(severity, carets)}`];
  }

  private line({ file, line }: Span): string | undefined {
    const text = this.options.texts?.get(file);
    if (text === undefined) return undefined;
    const starts = this.starts.get(file) ?? startsOf(text);
    this.starts.set(file, starts);
    const start = starts[line - 1];
    return start === undefined
      ? undefined
      : concealed(text.slice(start, (starts[line] ?? text.length + 1) - 1));
  }
}

/** A line without what may be a password, also where its keyword is nearly right. */
const concealed = (line: string): string => line.replace(/(\bauth_pas\w*\s+)\S.*/, `$1${MASKED}`);

function startsOf(text: string): number[] {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return starts;
}

/** Characters that take two columns of a terminal (Unicode TR11, roughly). */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/g;

/** A file is not to move the cursor of the terminal that shows its mistakes. */
const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
  text.replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f]/g, '\ufffd');
