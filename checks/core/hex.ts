import type { ParseContext, ValueType, Word } from '#src/config/value-type.js';
import { mistake, quoted } from '#src/config/values.js';

/** Two digits a byte, or one before a blank or the end; `digits` is what they may be. */
function bytesOf(
  what: string,
  digits: RegExp,
  [first]: readonly Word[],
  context: ParseContext,
): string | undefined {
  const runs = (first?.text ?? '').toLowerCase().split(/\s+/);
  if (digits.test(runs.join(''))) return runs.map(wholeBytes).join('');
  return first && mistake(context, first, `Invalid hex string for UDP_CHECK ${what}`);
}

/** The last of an odd number of digits is a byte of its own: `303` is 30 03. */
const wholeBytes = (run: string): string =>
  run.length % 2 === 0 ? run : `${run.slice(0, -1)}0${run.slice(-1)}`;

/** Bytes in hexadecimal, kept in lower case without blanks. */
export const hexBytes: ValueType<string> = {
  usage: 'HEX STRING',
  least: 1,
  parse: (words, context) => bytesOf('payload', /^[0-9a-f]+$/, words, context),
  print: quoted,
};

/** The same with `x` for any digit; empty where none are given. */
export const hexPattern: ValueType<string> = {
  usage: '[HEX STRING, x FOR ANY DIGIT]',
  least: 0,
  parse: (words, context) =>
    words.length === 0 ? '' : bytesOf('reply', /^[0-9a-fx]+$/, words, context),
  print: (value) => (value === '' ? '' : quoted(value)),
};

/** Whether bytes are as the pattern has them, as far as both go. */
export function matches(pattern: string, bytes: Uint8Array): boolean {
  const hex = Buffer.from(bytes).toString('hex');
  const length = Math.min(pattern.length, hex.length);
  for (let i = 0; i < length; i++) {
    if (pattern[i] !== 'x' && pattern[i] !== hex[i]) return false;
  }
  return true;
}
