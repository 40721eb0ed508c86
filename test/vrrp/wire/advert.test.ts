import { hex } from '@keepalived-ts/base/bytes.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import { advertOf, decodeAdvert, encodeAdvert, passwordField } from '#vrrp/wire/advert.js';
import { unsealed } from '#vrrp/wire/ah.js';
import { encodeDatagram } from '#vrrp/wire/datagram.js';
import { decodeIp, decodeIpv4, nextId } from '#vrrp/wire/ip-header.js';
import { capturedAdverts } from './captured.js';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

describe('adverts', () => {
  it.each(capturedAdverts)(
    "are byte for byte Debian's keepalived's: $name",
    ({ hex: text, out }) => {
      expect(hex(encodeDatagram(out))).toBe(text);
    },
  );

  it.each(capturedAdverts)("of Debian's keepalived are read: $name", ({ hex: text, out }) => {
    const outer = decodeIp(bytesOf(text));
    const sealed = outer && unsealed(bytesOf(text), outer);
    expect(outer).toMatchObject({
      totalLength: text.length / 2,
      id: out.id,
      ttl: out.ttl,
      protocol: out.seal ? 51 : 112,
      source: out.source,
      destination: out.destination,
    });
    expect(sealed?.ah.sequence).toBe(out.seal?.sequence);
    const packet = sealed?.packet ?? outer;
    const raw = packet && decodeAdvert(packet.payload, packet.family);
    expect(raw && advertOf(raw)).toEqual(out.advert);
  });

  it('have 8 octets of authentication data even without authentication', () => {
    const advert = { version: 2, vrid: 1, priority: 1, interval: seconds(1) } as const;
    const bytes = encodeAdvert({ ...advert, password: undefined, addresses: [] }, 4, undefined);
    expect(hex(bytes)).toBe('210101000001ddfd0000000000000000');
  });

  it('with less than the fixed header are none', () => {
    expect(decodeAdvert(bytesOf('21330100000100'), 4)).toBeUndefined();
  });

  it('that promise more addresses than there are octets give those there are', () => {
    const raw = decodeAdvert(bytesOf('2133010900010000' + '0a000001' + '0a00'), 4);
    expect(raw).toMatchObject({ count: 9, addresses: [ip('10.0.0.1')] });
    expect(hex(raw?.trailer ?? new Uint8Array())).toBe('0a00');
  });

  it('cannot be written with an interval VRRPv2 has no room for', () => {
    const advert = {
      version: 2,
      vrid: 1,
      priority: 1,
      password: undefined,
      addresses: [],
    } as const;
    expect(() => encodeAdvert({ ...advert, interval: seconds(1.5) }, 4, undefined)).toThrow(
      RangeError,
    );
    expect(() => encodeAdvert({ ...advert, interval: seconds(256) }, 4, undefined)).toThrow(
      RangeError,
    );
  });

  it('of version 3 cannot be written with an interval of more than 40.95 s', () => {
    const advert = { version: 3, vrid: 1, priority: 1, password: undefined } as const;
    const bytes = encodeAdvert(
      { ...advert, interval: seconds(40.95), addresses: [] },
      4,
      undefined,
    );
    expect(hex(bytes.subarray(4, 6))).toBe('0fff');
    expect(() =>
      encodeAdvert({ ...advert, interval: seconds(40.96), addresses: [] }, 4, undefined),
    ).toThrow(RangeError);
  });

  it('cannot be written with more than 255 addresses', () => {
    const addresses = Array.from({ length: 256 }, () => ip('10.0.0.1'));
    const advert = { version: 2, vrid: 1, priority: 1, interval: seconds(1) } as const;
    expect(() => encodeAdvert({ ...advert, password: undefined, addresses }, 4, undefined)).toThrow(
      RangeError,
    );
  });
});

describe('a password', () => {
  it.each([
    ['', '0000000000000000'],
    ['secret', '7365637265740000'],
    ['12345678', '3132333435363738'],
    ['123456789', '3132333435363738'],
  ])('%j fills 8 octets', (password, field) => {
    expect(hex(passwordField(Buffer.from(password)))).toBe(field);
  });
});

describe('the identification of datagrams', () => {
  it('counts from 1 and skips 0', () => {
    expect([0, 1, 65534, 65535].map(nextId)).toEqual([1, 2, 65535, 1]);
  });
});

describe('IPv4 headers', () => {
  it.each([
    ['too short', '45c0001400010000ff70d03c0a4d0001e00000'],
    ['of version 6', '65c0001400010000ff70d03c0a4d0001e0000012'],
    ['with a header length below 20', '44c0001400010000ff70d03c0a4d0001e0000012'],
    ['with options that are cut off', '4fc0001400010000ff70d03c0a4d0001e0000012'],
  ])('%s are none', (_, text) => {
    expect(decodeIpv4(bytesOf(text))).toBeUndefined();
  });

  it('with options have the payload behind them', () => {
    const text = '46c0001c00010000ff70000001020304e0000012' + '94040000' + 'cafe';
    expect(hex(decodeIpv4(bytesOf(text))?.payload ?? new Uint8Array())).toBe('cafe');
  });
});
