import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isReplyTo, resultCode } from '#checks/core/dns.js';
import { matches } from '#checks/core/hex.js';
import { ReplyReader } from '#checks/core/http-reply.js';
import { isEchoReply } from '#checks/core/icmp.js';
import { bodyPattern } from '#checks/core/regex.js';
import { PatternProblem } from '#checks/core/regex-syntax.js';
import { fileNumber } from '#src/files/number.js';
import { runs } from '#test/support/fuzz.js';
import { io } from '../checks/real-io.js';

const bytes = fc.uint8Array({ maxLength: 64 });

describe('what servers send', () => {
  it('is a reply or none, and nothing is thrown', () => {
    fc.assert(
      fc.property(bytes, fc.nat(0xffff), (datagram, id) => {
        if (isReplyTo(id, datagram)) expect(resultCode(datagram)).toBeLessThan(16);
        isEchoReply(4, datagram, id, 1);
        isEchoReply(6, datagram, id, 1);
        matches('0x1f', datagram);
      }),
      runs(5_000),
    );
  });

  it('is the same HTTP reply in whatever pieces it comes, but for what lies beyond the first', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('HTTP/1.0 200 OK\r\n', 'Content-Length: 3\r\n', '\r\n\r\n', ' 404 '),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), fc.nat(200), (parts, cut) => {
        const whole = Buffer.from(parts.join(''), 'latin1');
        const read = (pieces: Uint8Array[]) => {
          const reader = new ReplyReader({ digest: true, body: true });
          for (const piece of pieces) reader.push(piece);
          return reader.end();
        };
        const one = read([whole]);
        const two = read([whole.subarray(0, cut), whole.subarray(cut)]);
        expect(two?.status).toBe(one?.status);
        expect(two?.length).toBe(one?.length);
        expect(two && Buffer.from(two.body)).toEqual(one && Buffer.from(one.body));
      }),
      runs(5_000),
    );
  });
});

describe('what users write', () => {
  it('is a pattern that searches, or a problem in words', () => {
    const part = fc.constantFrom(
      ...['a', 'b', '.', '*', '+', '?', '(', ')', '[', ']', '{', '}', '|', '^', '$', '\\', '-'],
      ...[
        '(?:',
        '(?=',
        '(?<',
        '\\Q',
        '\\E',
        '\\x',
        '\\d',
        '\\S',
        '[:alpha:]',
        '{2,3}',
        'ü',
        '(?i)',
      ],
    );
    const options = fc.subarray(['caseless', 'multiline', 'extended', 'utf', 'ungreedy', 'dotall']);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), options, (parts, names) => {
        const made = bodyPattern({
          regex: parts.join(''),
          regex_options: [names],
          regex_min_offset: undefined,
          regex_max_offset: undefined,
        });
        if (made instanceof PatternProblem) expect(made.words).not.toBe('');
        else if (made)
          expect(['found', 'missing', 'limit']).toContain(io.search(made, Buffer.from('ab')));
      }),
      runs(1_500),
    );
  });

  it('is a number of 32 bits, or none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String)), (text) => {
        const number = fileNumber(text);
        if (number !== undefined) expect(Number.isSafeInteger(number)).toBe(true);
      }),
      runs(5_000),
    );
  });
});
