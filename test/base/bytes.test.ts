import { hex, internetChecksum, viewOf } from '@keepalived-ts/base/bytes.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';

it('the checksum of the example of RFC 1071 §3 is its complement', () => {
  const example = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
  expect(internetChecksum(example)).toBe(0xffff - 0xddf2);
});

it('data with its checksum in it sums up to zero', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 64 }), (data) => {
      const even = data.length % 2 === 0 ? data : data.subarray(1);
      viewOf(even).setUint16(2, 0);
      viewOf(even).setUint16(2, internetChecksum(even));
      expect(internetChecksum(even)).toBe(0);
    }),
  );
});

it('a checksum does not depend on how the data is cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(40), fc.nat(40), (data, a, b) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const parts = [data.subarray(0, from), data.subarray(from, to), data.subarray(to)];
      expect(internetChecksum(...parts)).toBe(internetChecksum(data));
    }),
  );
});

it('bytes print as hexadecimal digits', () => {
  expect(hex(Uint8Array.of(0, 15, 255))).toBe('000fff');
});
