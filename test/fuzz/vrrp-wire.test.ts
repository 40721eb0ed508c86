import { familyOf, type IpFamily, isMulticast } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  address,
  anything,
  damaged,
  garbage,
  outgoing,
  password,
  RUNS,
} from '#test/support/vrrp-arbitraries.js';
import { readInput } from '#vrrp/core/record.js';
import {
  type Advert,
  advertLength,
  advertOf,
  decodeAdvert,
  encodeAdvert,
} from '#vrrp/wire/advert.js';
import { unsealed } from '#vrrp/wire/ah.js';
import { decodeGratuitousArp, encodeGratuitousArp } from '#vrrp/wire/arp.js';
import { type Authentication, NO_MEMORY, type Seal } from '#vrrp/wire/authentication.js';
import { replacePassword } from '#vrrp/wire/conceal.js';
import { encodeDatagram } from '#vrrp/wire/datagram.js';
import type { Expectation } from '#vrrp/wire/expectation.js';
import { decodeIp, decodeIpv4, encodeIpv4 } from '#vrrp/wire/ip-header.js';
import { judge } from '#vrrp/wire/judge.js';

const expectationOf = (
  { version, interval, password: field }: Pick<Advert, 'version' | 'interval' | 'password'>,
  family: IpFamily,
): Expectation => ({
  family,
  version,
  advertInterval: interval,
  authentication: field && { type: 'PASS', password: field },
  memory: NO_MEMORY,
  timeOfDay: seconds(0),
  checksum: 'exact',
  peers: undefined,
  checksSource: false,
});

/** What takes an advert that is signed like this. */
const counterpart = (seal: Seal): Authentication =>
  seal.type === 'AH'
    ? { type: 'AH', key: seal.key }
    : { type: 'HMAC', keys: [seal], active: seal, mode: 'enforce', window: undefined };

describe('codecs of vrrp', () => {
  it('adverts go round', () => {
    fc.assert(
      fc.property(outgoing, ({ advert: value, destination }) => {
        const family = familyOf(destination);
        const bytes = encodeAdvert(value, family, undefined);
        expect(bytes).toHaveLength(advertLength(value.version, family, value.addresses.length));
        const raw = decodeAdvert(bytes, family);
        expect(raw && advertOf(raw)).toEqual(value);
      }),
      RUNS,
    );
  });

  it('datagrams go round, and what we send we would take', () => {
    fc.assert(
      fc.property(outgoing, ({ ttl, ...out }) => {
        const isGroup = isMulticast(out.destination);
        const bytes = encodeDatagram({ ...out, ttl: isGroup ? 255 : ttl });
        const outer = decodeIp(bytes);
        const sealed = outer && unsealed(bytes, outer);
        const packet = sealed?.packet ?? outer;
        const raw = packet && decodeAdvert(packet.payload, packet.family);
        const { source, destination, id, seal } = out;
        expect(packet).toMatchObject({ source, destination, id });
        const expected = {
          ...expectationOf(out.advert, familyOf(destination)),
          ...(seal && { authentication: counterpart(seal) }),
          peers: isGroup ? undefined : [{ address: source, minTtl: 0, maxTtl: 255 }],
        };
        const judged = packet && raw && judge(packet, bytes.length, raw, expected, sealed?.ah);
        expect(judged).toMatchObject({ advert: out.advert, oldChecksum: false });
      }),
      RUNS,
    );
  });

  it('no octets make a decoder throw, and none but right ones are taken', () => {
    const mine = fc.constantFrom<[2 | 3, 4 | 6]>([2, 4], [3, 4], [3, 6], [2, 6]);
    fc.assert(
      fc.property(anything, mine, fc.option(password, { nil: undefined }), (bytes, kind, field) => {
        decodeGratuitousArp(bytes);
        const [version, family] = kind;
        const outer = decodeIp(bytes);
        const sealed = outer && unsealed(bytes, outer);
        const packet = sealed?.packet ?? outer;
        const raw = packet && decodeAdvert(packet.payload, family);
        if (!packet || !raw || packet.family !== family) return;
        const expected = { version, interval: seconds(1), password: field };
        const judged = judge(
          packet,
          bytes.length,
          raw,
          expectationOf(expected, family),
          sealed?.ah,
        );
        if ('malformed' in judged) return;
        // What was taken is what we would have sent, but for the header's own fields.
        const again = encodeAdvert(judged.advert, family, undefined);
        const body = packet.payload.subarray(0, again.length);
        expect(packet.ttl).toBe(255);
        if (judged.advert.password) expect(body).toEqual(again);
        else expect(body.subarray(0, 4)).toEqual(again.subarray(0, 4));
      }),
      RUNS,
    );
  });

  it('a trailer of auth_hmac lets nothing through that was changed on its way', () => {
    const sealed = outgoing.filter(({ seal }) => seal?.type === 'HMAC');
    fc.assert(
      fc.property(sealed, fc.nat(), fc.integer({ min: 1, max: 255 }), (out, place, flip) => {
        const bytes = encodeDatagram({ ...out, ttl: 255 });
        const size = decodeIp(bytes)?.payload.length ?? 0;
        const at = bytes.length - 1 - (place % size);
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        const packet = decodeIp(bytes);
        const raw = packet && decodeAdvert(packet.payload, packet.family);
        if (!packet || !raw || !out.seal) throw new Error('unreadable');
        const expected = {
          ...expectationOf(out.advert, packet.family),
          authentication: counterpart(out.seal),
          peers: isMulticast(out.destination) ? undefined : [],
        };
        expect(judge(packet, bytes.length, raw, expected)).toHaveProperty('malformed');
      }),
      RUNS,
    );
  });

  it('concealing a password changes no judgement', () => {
    fc.assert(
      fc.property(damaged, password, (bytes, field) => {
        const alias = (given: Uint8Array): Uint8Array => given.map((o) => o ^ 0x55);
        const verdict = (octets: Uint8Array, mine: Uint8Array): unknown => {
          const packet = decodeIp(octets);
          const raw = packet && decodeAdvert(packet.payload, packet.family);
          if (!packet || !raw) return undefined;
          const expected = { version: 2, interval: seconds(1), password: mine } as const;
          const judged = judge(packet, octets.length, raw, expectationOf(expected, packet.family));
          return 'malformed' in judged ? judged : { ...judged.advert, password: undefined };
        };
        expect(verdict(replacePassword(bytes, alias), alias(field))).toEqual(verdict(bytes, field));
      }),
      RUNS,
    );
  });

  it('gratuitous ARP goes round', () => {
    const mac = fc.uint8Array({ minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(mac, address, (m, a) => {
        expect(decodeGratuitousArp(encodeGratuitousArp({ mac: m, address: a }))).toEqual({
          mac: m,
          address: a,
        });
      }),
      RUNS,
    );
  });

  it('an IPv4 header goes round with any payload', () => {
    fc.assert(
      fc.property(address, address, garbage, (source, destination, payload) => {
        const header = { source, destination, ttl: 255, protocol: 112 };
        const bytes = encodeIpv4({ ...header, id: 7 }, payload);
        expect(decodeIpv4(bytes)).toMatchObject({
          source,
          destination,
          totalLength: bytes.length,
          payload,
        });
      }),
      RUNS,
    );
  });

  it('no line makes the reader of recordings throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(readInput(line)).toBeUndefined();
      }),
      RUNS,
    );
  });
});
