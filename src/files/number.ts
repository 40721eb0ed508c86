/** The 32 bits of a tracked file's number. */
const LEAST = -2147483648;
const MOST = 2147483647;

/**
 * The number at the start of a file as strtol(3) reads it in base 0; without a file or a number
 * it is 0, and `undefined` outside of 32 bits.
 */
export function fileNumber(text: string | undefined): number | undefined {
  const [, sign = '', digits = '0'] = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(text ?? '') ?? [];
  const [octal = '0'] = /^0[0-7]*/.exec(digits) ?? [];
  const base = /^0x/i.test(digits) ? 16 : digits.startsWith('0') ? 8 : 10;
  const size = Number.parseInt(base === 8 ? octal : digits, base);
  const value = sign === '-' ? 0 - size : size;
  return value >= LEAST && value <= MOST ? value : undefined;
}
