import { isIPv4, isIPv6 } from 'node:net';
import {
  compareIp,
  familyOf,
  fullLength,
  ip,
  ipBytes,
  ipFromBytes,
  isLinkLocal6,
  isMulticast,
  parseIp,
} from '@keepalived-ts/base/ip.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('an address', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['fe80::0001', 'fe80::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1::', '1::'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
  ])('%s has the canonical text %s (RFC 5952)', (text, canonical) => {
    expect(parseIp(text)).toBe(canonical);
  });

  it.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.01',
    '10.0.0.1.2',
    ' 10.0.0.1',
    '1:2:3',
    ':::',
    '1::2::3',
    '12345::',
    '::1%eth0',
    '1:2:3:4:5:6:7:8:9',
    '::10.0.0.256',
    'localhost',
  ])('"%s" is none', (text) => {
    expect(parseIp(text)).toBeUndefined();
    expect(() => ip(text)).toThrow(RangeError);
  });

  it('survives the way to bytes and back', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(bytes, (b) => {
        const address = ipFromBytes(b);
        expect(ipBytes(address)).toEqual(b);
        expect(parseIp(address)).toBe(address);
        expect(fullLength(address)).toBe(b.length * 8);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is accepted exactly when node:net accepts it, zones and odd tails aside', () => {
    const piece = fc.constantFrom('0', '1', 'f', 'ffff', '255', '256', ':', '::', '.', '10.0.0.1');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        expect(parseIp(text) !== undefined).toBe(isIPv4(text) || isIPv6(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('is ordered by number, not by text', () => {
    expect(compareIp(ip('10.0.0.9'), ip('10.0.0.10'))).toBeLessThan(0);
    expect(compareIp(ip('10.0.0.9'), ip('10.0.0.9'))).toBe(0);
    expect(compareIp(ip('fe80::2'), ip('fe80::1'))).toBeGreaterThan(0);
  });

  it('knows its family and kind', () => {
    expect([familyOf(ip('10.0.0.1')), familyOf(ip('::1'))]).toEqual([4, 6]);
    expect(['224.0.0.18', 'ff02::12'].map((t) => isMulticast(ip(t)))).toEqual([true, true]);
    expect(['223.0.0.1', '240.0.0.1', 'fe80::1'].map((t) => isMulticast(ip(t)))).toEqual([
      false,
      false,
      false,
    ]);
    expect(['fe80::1', 'febf::1', 'fec0::1', '10.0.0.1'].map((t) => isLinkLocal6(ip(t)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
