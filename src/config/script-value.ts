import type { Span } from '@keepalived-ts/base/diagnostics.js';
import { isBlank } from './line.js';
import type { ParseContext, ValueType } from './value-type.js';
import { quoted } from './values.js';

/** A program to run: its argument vector, and as whom. */
export interface ScriptCommand {
  argv: readonly string[];
  user: string | undefined;
  group: string | undefined;
  at: Span;
}

/**
 * Splits where blanks are not quoted. Both kinds of quotes group, adjacent parts join, and a
 * backslash takes the next character with it: as it is, or turned by `escapes` into what it means.
 */
function split(text: string, escapes: boolean, context: ParseContext): string[] {
  const out: string[] = [];
  // What is added up letter by letter stays in memory letter by letter.
  let word: string[] | undefined;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\\' && i + 1 < text.length) {
      const { value, length } = escapes
        ? unescaped(text, i + 1)
        : { value: text.slice(i, i + 2), length: 1 };
      word ??= [];
      word.push(value);
      i += length;
    } else if (quote !== '') {
      if (c === quote) quote = '';
      else word?.push(c);
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= [];
    } else if (isBlank(c.charCodeAt(0))) {
      if (word !== undefined) out.push(word.join(''));
      word = undefined;
    } else {
      word ??= [];
      word.push(c);
    }
  }
  if (quote !== '') {
    const message = `missing terminating ${quote} in ${text}`;
    context.report({ severity: 'error', class: 'quote', message });
  }
  if (word !== undefined) out.push(word.join(''));
  return out;
}

const LETTERS: Record<string, string> = {
  a: '\x07',
  b: '\b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** What stands behind a backslash at `i - 1`: `\n`, `\101`, `\x41`, `\cA`, or the character itself. */
function unescaped(text: string, i: number): { value: string; length: number } {
  const rest = text.slice(i, i + 4);
  const [octal] = /^[0-7]{1,3}/.exec(rest) ?? [];
  if (octal) {
    return { value: String.fromCharCode(Number.parseInt(octal, 8) & 0xff), length: octal.length };
  }
  const [, hex] = /^x([0-9a-fA-F]{1,2})/.exec(rest) ?? [];
  if (hex) return { value: String.fromCharCode(Number.parseInt(hex, 16)), length: 1 + hex.length };
  const [, control] = /^c(.)/.exec(rest) ?? [];
  if (control) return { value: String.fromCharCode(control.charCodeAt(0) & 0x1f), length: 2 };
  const c = rest.charAt(0);
  return { value: LETTERS[c] ?? c, length: 1 };
}

/** What passwd(5) could hold as a name. */
const ACCOUNT = /^[^\s"'\\:]+$/;
const PLAIN = /^[\w@%+=:,./-]+$/;

/** One argument, so that `split(..., true)` gives it back and no `"` disturbs the line around. */
function argument(text: string): string {
  if (PLAIN.test(text)) return text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be escaped
  const escaped = text.replace(/[\x00-\x1f"'\\]/g, (c) => {
    return `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `'${escaped}'`;
}

/**
 * A command and, behind it, user and group.
 *
 * The command with its arguments is one word of the line, so arguments need quotes around the
 * whole; it is split a second time, now with escapes (config-language reference §3).
 */
export const scriptCommand: ValueType<ScriptCommand> = {
  usage: 'SCRIPT [USER [GROUP]]',
  least: 1,
  raw: true,
  isLarge: true,
  parse(_, context) {
    const [, command = '', user, group] = split(context.raw, false, context);
    const argv = split(command, true, context);
    const { at } = context.subject;
    const [program = ''] = argv;
    if (program === '') {
      const message = `${context.subject.text} names no program`;
      const code = 'no-program';
      context.report({ severity: 'warning', class: 'advice', code, message });
      return undefined;
    }
    if (argv.some((arg) => arg.includes('\0'))) {
      const message = `${context.subject.text}: an argument cannot hold a NUL`;
      context.report({ severity: 'error', class: 'general', message });
      return undefined;
    }
    for (const name of [user, group]) {
      if (name === undefined || ACCOUNT.test(name)) continue;
      const message = `${context.subject.text}: no user or group can be named '${name}'`;
      context.report({ severity: 'error', class: 'general', message });
      return undefined;
    }
    return { argv, user, group, at };
  },
  print({ argv, user, group }) {
    const command = argv.map(argument).join(' ');
    const whole = argv.length === 1 && PLAIN.test(command) ? command : `"${command}"`;
    return [whole, user, group]
      .flatMap((w) => (w === undefined ? [] : [w === whole ? w : quoted(w)]))
      .join(' ');
  },
  json: {
    schema: {
      type: 'object',
      properties: {
        argv: { type: 'array', items: { type: 'string' }, minItems: 1 },
        user: { type: 'string' },
        group: { type: 'string' },
      },
      required: ['argv'],
      additionalProperties: false,
    },
    of: ({ argv, user, group }) => ({ argv, user, group }),
  },
};
