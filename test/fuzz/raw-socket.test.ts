import { ipFromBytes } from '@keepalived-ts/base/ip.js';
import {
  parseSockaddr,
  sockaddrIn,
  sockaddrIn6,
  sockaddrLl,
  sockaddrNl,
  sockaddrUn,
} from '@keepalived-ts/raw-socket/address.js';
import { decodeControl, encodeControl } from '@keepalived-ts/raw-socket/control.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '#test/support/fuzz.js';

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const i32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const octets = (maxLength: number, minLength = 0) => fc.uint8Array({ minLength, maxLength });
const ipOf = (length: number) => octets(length, length).map(ipFromBytes);
const message = fc.record({ level: i32, type: i32, data: octets(40) });

/** Garbage that begins like an address of a known family. */
const almostAddress = fc
  .tuple(fc.constantFrom(0, 1, 2, 10, 16, 17, 99), octets(130))
  .map(([family, rest]) => Uint8Array.from([family, 0, ...rest]));

describe('decoders', () => {
  it('parseSockaddr never throws', () => {
    fc.assert(
      fc.property(fc.oneof(octets(130), almostAddress), (bytes) => {
        expect(parseSockaddr(bytes).kind).toBeTypeOf('string');
      }),
      runs(5_000),
    );
  });

  it('decodeControl never throws and invents no bytes', () => {
    fc.assert(
      fc.property(octets(200), (bytes) => {
        const total = decodeControl(bytes).reduce((sum, { data }) => sum + data.length, 0);
        expect(total).toBeLessThanOrEqual(bytes.length);
      }),
      runs(5_000),
    );
  });

  it('decodeControl survives damage to good control data', () => {
    fc.assert(
      fc.property(fc.array(message), fc.nat(), fc.nat(255), fc.nat(), (all, at, value, cut) => {
        const bytes = encodeControl(all);
        if (bytes.length > 0) bytes[at % bytes.length] = value;
        expect(decodeControl(bytes.subarray(0, cut % (bytes.length + 1)))).toBeInstanceOf(Array);
      }),
      runs(5_000),
    );
  });
});

describe('what is encoded is decoded again', () => {
  it('control data', () => {
    fc.assert(
      fc.property(fc.array(message), (all) => {
        expect(decodeControl(encodeControl(all))).toEqual(all);
      }),
      runs(5_000),
    );
  });

  it('sockaddr_in and sockaddr_in6', () => {
    fc.assert(
      fc.property(ipOf(4), ipOf(16), u16, u32, (ip4, ip6, port, scopeId) => {
        expect(parseSockaddr(sockaddrIn(ip4, port))).toEqual({ kind: 'inet', ip: ip4, port });
        const inet6 = { kind: 'inet6', ip: ip6, port, scopeId };
        expect(parseSockaddr(sockaddrIn6(ip6, port, scopeId))).toEqual(inet6);
      }),
      runs(5_000),
    );
  });

  it('sockaddr_ll and sockaddr_nl', () => {
    fc.assert(
      fc.property(i32, u16, octets(32), u32, u32, (ifindex, protocol, address, pid, groups) => {
        const packet = parseSockaddr(sockaddrLl({ ifindex, protocol, address }));
        expect(packet).toMatchObject({ kind: 'packet', ifindex, protocol, address });
        expect(parseSockaddr(sockaddrNl({ pid, groups }))).toEqual({
          kind: 'netlink',
          pid,
          groups,
        });
      }),
      runs(5_000),
    );
  });

  it('sockaddr_un', () => {
    const names = fc
      .string({ unit: 'grapheme', maxLength: 24 })
      .filter((name) => !name.includes('\0') && Buffer.byteLength(name) <= 106);
    fc.assert(
      fc.property(names, (name) => {
        expect(parseSockaddr(sockaddrUn(`/${name}`))).toEqual({ kind: 'unix', path: `/${name}` });
        expect(parseSockaddr(sockaddrUn(`@${name}`))).toEqual({ kind: 'unix', path: `@${name}` });
      }),
      runs(5_000),
    );
  });
});
