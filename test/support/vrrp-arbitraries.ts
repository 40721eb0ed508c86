import { type IpAddress, ipFromBytes } from '@keepalived-ts/base/ip.js';
import { secret } from '@keepalived-ts/base/secret.js';
import { milliseconds, seconds } from '@keepalived-ts/base/time.js';
import fc from 'fast-check';
import type { Advert } from '#vrrp/wire/advert.js';
import { encodeDatagram, type Outgoing } from '#vrrp/wire/datagram.js';
import { runs } from './fuzz.js';

export const RUNS = runs(3_000);

export const address = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(ipFromBytes);
export const octet = fc.integer({ min: 0, max: 255 });
export const password = fc.uint8Array({ minLength: 8, maxLength: 8 });
export const address6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(ipFromBytes);
const common = { vrid: octet, priority: octet };

/** Adverts of version 2 over IPv4, the only ones with a password. */
export const advert: fc.Arbitrary<Advert> = fc.record({
  ...common,
  version: fc.constant(2 as const),
  interval: octet.map(seconds),
  password: fc.option(password, { nil: undefined }),
  addresses: fc.array(address, { maxLength: 40 }),
});
const advert3 = (of: fc.Arbitrary<IpAddress>): fc.Arbitrary<Advert> =>
  fc.record({
    ...common,
    version: fc.constant(3 as const),
    interval: fc.integer({ min: 0, max: 4095 }).map((cs) => milliseconds(10 * cs)),
    password: fc.constant(undefined),
    addresses: fc.array(of, { maxLength: 40 }),
  });
/** What `auth_hmac` puts behind an advert of either version. */
const hmacSeal = fc.record({
  type: fc.constant('HMAC' as const),
  id: fc.integer({ min: 1, max: 255 }),
  key: fc.uint8Array({ minLength: 32, maxLength: 64 }).map(secret),
  sequence: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
});
const header = { id: fc.integer({ min: 1, max: 65_535 }), ttl: octet };

/** Adverts of both versions and families, to groups and to peers, as they are sent. */
export const outgoing: fc.Arbitrary<Outgoing> = fc.oneof(
  fc.record({
    ...header,
    source: address,
    destination: address,
    advert,
    summedFor: fc.constant(undefined),
  }),
  fc
    .record({
      ...header,
      source: address,
      destination: address,
      advert,
      seal: fc.record({
        type: fc.constant('AH' as const),
        key: password,
        sequence: fc.integer({ min: 1 }),
      }),
    })
    .map((out) => ({
      ...out,
      advert: { ...out.advert, password: undefined, signed: true },
      summedFor: undefined,
    })),
  fc
    .record({ ...header, source: address, destination: address, advert: advert3(address) })
    .map((out) => ({ ...out, summedFor: out.destination })),
  fc
    .record({ ...header, source: address6, destination: address6, advert: advert3(address6) })
    .map((out) => ({ ...out, id: 0, summedFor: out.destination })),
  fc
    .record({ ...header, source: address, destination: address, advert, seal: hmacSeal })
    .map((out) => ({
      ...out,
      advert: { ...out.advert, password: undefined },
      summedFor: undefined,
    })),
  fc
    .record({
      ...header,
      source: address6,
      destination: address6,
      advert: advert3(address6),
      seal: hmacSeal,
    })
    .map((out) => ({ ...out, id: 0, summedFor: out.destination })),
);
export const garbage = fc.uint8Array({ maxLength: 120 });
/** A real datagram with a few octets changed, and perhaps cut or lengthened. */
export const damaged = fc
  .tuple(
    outgoing.map(encodeDatagram),
    fc.array(fc.tuple(fc.nat(), octet), { maxLength: 4 }),
    fc.integer({ min: -12, max: 12 }),
  )
  .map(([bytes, changes, longer]) => {
    const copy = new Uint8Array(Math.max(bytes.length + longer, 0));
    copy.set(bytes.subarray(0, copy.length));
    for (const [at, value] of changes) if (copy.length > 0) copy[at % copy.length] = value;
    return copy;
  });
export const anything = fc.oneof(garbage, damaged);
