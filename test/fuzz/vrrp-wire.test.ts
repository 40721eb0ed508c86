import { ip } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  address,
  advert,
  anything,
  damaged,
  garbage,
  outgoing,
  password,
  RUNS,
} from '#test/support/vrrp-arbitraries.js';
import { readInput } from '#vrrp/core/record.js';
import { advertLength, advertOf, decodeAdvert, encodeAdvert } from '#vrrp/wire/advert-v2.js';
import { decodeGratuitousArp, encodeGratuitousArp } from '#vrrp/wire/arp.js';
import { replacePassword } from '#vrrp/wire/conceal.js';
import { encodeDatagram } from '#vrrp/wire/datagram.js';
import { decodeIpv4, encodeIpv4 } from '#vrrp/wire/ip-header.js';
import { judge } from '#vrrp/wire/judge.js';

describe('codecs of vrrp', () => {
  it('adverts go round', () => {
    fc.assert(
      fc.property(advert, (value) => {
        const bytes = encodeAdvert(value);
        expect(bytes).toHaveLength(advertLength(value.addresses.length));
        const raw = decodeAdvert(bytes);
        expect(raw && advertOf(raw)).toEqual(value);
      }),
      RUNS,
    );
  });

  it('datagrams go round, and what we send we would take', () => {
    fc.assert(
      fc.property(outgoing, (out) => {
        const group = ip('224.0.0.18');
        const bytes = encodeDatagram({ ...out, group });
        const packet = decodeIpv4(bytes);
        const raw = packet && decodeAdvert(packet.payload);
        expect(packet).toMatchObject({ source: out.source, destination: group, id: out.id });
        const { interval: advertInterval, password: field } = out.advert;
        const judged =
          packet && raw && judge(packet, bytes.length, raw, { advertInterval, password: field });
        expect(judged).toEqual(out.advert);
      }),
      RUNS,
    );
  });

  it('no octets make a decoder throw, and none but right ones are taken', () => {
    fc.assert(
      fc.property(anything, fc.option(password, { nil: undefined }), (bytes, field) => {
        decodeGratuitousArp(bytes);
        const packet = decodeIpv4(bytes);
        const raw = packet && decodeAdvert(packet.payload);
        if (!packet || !raw) return;
        const mine = { advertInterval: seconds(1), password: field };
        const judged = judge(packet, bytes.length, raw, mine);
        if ('malformed' in judged) return;
        // What was taken is what we would have sent, but for the header's own fields.
        const again = encodeAdvert(judged);
        const body = packet.payload.subarray(0, again.length);
        expect(packet.ttl).toBe(255);
        if (judged.password) expect(body).toEqual(again);
        else expect(body.subarray(0, 6)).toEqual(again.subarray(0, 6));
      }),
      RUNS,
    );
  });

  it('concealing a password changes no judgement', () => {
    fc.assert(
      fc.property(damaged, password, (bytes, field) => {
        const alias = (given: Uint8Array): Uint8Array => given.map((o) => o ^ 0x55);
        const verdict = (octets: Uint8Array, mine: Uint8Array): unknown => {
          const packet = decodeIpv4(octets);
          const raw = packet && decodeAdvert(packet.payload);
          if (!packet || !raw) return undefined;
          const expected = { advertInterval: seconds(1), password: mine };
          const judged = judge(packet, octets.length, raw, expected);
          return 'malformed' in judged ? judged : { ...judged, password: undefined };
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
        const bytes = encodeIpv4({ source, destination, id: 7 }, payload);
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
