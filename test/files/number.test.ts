import { describe, expect, it } from 'vitest';
import { fileNumber } from '#src/files/number.js';

describe('the number in a file', () => {
  it.each([
    [undefined, 0],
    ['', 0],
    ['none', 0],
    ['42\n', 42],
    ['  -7 and more', -7],
    ['0x1F', 31],
    ['010', 8],
    ['089', 0],
    ['2147483647', 2147483647],
    ['2147483648', undefined],
    ['-2147483648', -2147483648],
    ['-2147483649', undefined],
  ])('in %j is %s', (text, value) => {
    expect(fileNumber(text)).toBe(value);
  });
});
