import type { ParseContext, ValueType, Word } from '#src/config/value-type.js';
import { mistake, quoted } from '#src/config/values.js';

/** Two digits a byte, blanks between bytes; `digit` is what a digit may be. */
function bytesOf(
  what: string,
  digit: RegExp,
  [first]: readonly Word[],
  context: ParseContext,
): string | undefined {
  const text = (first?.text ?? '').replace(/\s+/g, '').toLowerCase();
  if (digit.test(text) && text.length % 2 === 0) return text;
  return first && mistake(context, first, `Invalid hex string for UDP_CHECK ${what}`);
}

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
