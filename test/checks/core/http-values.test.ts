import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { md5Digest, type StatusRange, statusRanges } from '#checks/core/http-values.js';
import type { ParseContext, Word } from '#src/config/value-type.js';
import { nowhere } from '../support.js';

const wordOf = (text: string): Word => ({ text, quoted: false, at: nowhere });
const silent: ParseContext = { subject: wordOf('x'), raw: '', report: () => {} };

describe('value types of HTTP_GET', () => {
  it('reads status codes and ranges', () => {
    expect(statusRanges.parse(['200', '204-206'].map(wordOf), silent)).toEqual([
      { from: 200, to: 200 },
      { from: 204, to: 206 },
    ]);
  });

  it.each(['99', '600', '206-204', '2OO', '200-', '-', '200-300-400', ''])('refuses %j', (text) => {
    const said: string[] = [];
    const context = { ...silent, report: ({ message }: { message: string }) => said.push(message) };
    expect(statusRanges.parse([wordOf(text)], context)).toBeUndefined();
    expect(said).toHaveLength(1);
  });

  it('reads back what it prints', () => {
    const code = fc.integer({ min: 100, max: 599 });
    const range = fc.tuple(code, code).map(
      ([a, b]): StatusRange => ({
        from: Math.min(a, b),
        to: Math.max(a, b),
      }),
    );
    fc.assert(
      fc.property(fc.array(range, { minLength: 1 }), (ranges) => {
        const words = statusRanges.print(ranges).split(' ').map(wordOf);
        expect(statusRanges.parse(words, silent)).toEqual(ranges);
      }),
    );
  });

  it('keeps digests in lower case', () => {
    const digest = '5D41402ABC4B2A76B9719D911017C592';
    expect(md5Digest.parse([wordOf(digest)], silent)).toBe(digest.toLowerCase());
    expect(md5Digest.parse([wordOf(`${digest}0`)], silent)).toBeUndefined();
  });
});
