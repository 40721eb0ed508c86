import { describe, expect, it } from 'vitest';
import { hexBytes, hexPattern } from '#checks/core/hex.js';
import type { ParseContext, Word } from '#src/config/value-type.js';
import { nowhere } from '../support.js';

const wordOf = (text: string): Word => ({ text, quoted: true, at: nowhere });
const silent: ParseContext = { subject: wordOf('x'), raw: '', report: () => {} };

describe('bytes in hexadecimal', () => {
  it.each([
    ['30FF', '30ff'],
    [' 30 31  32 ', '303132'],
    ['30 3 1', '300301'],
    ['303', '3003'],
    ['3', '03'],
    ['', undefined],
    ['0x30', undefined],
    ['30zz', undefined],
  ])('%j: a digit alone is a byte', (text, bytes) => {
    expect(hexBytes.parse([wordOf(text)], silent)).toBe(bytes);
  });

  it('may be any in a reply', () => {
    expect(hexPattern.parse([wordOf('3x XX x')], silent)).toBe('3xxx0x');
  });
});
