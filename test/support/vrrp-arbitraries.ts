import { ipFromBytes } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import fc from 'fast-check';
import type { Advert } from '#vrrp/wire/advert-v2.js';
import { encodeDatagram } from '#vrrp/wire/datagram.js';

export const RUNS = { numRuns: 12_000 };

export const address = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(ipFromBytes);
export const octet = fc.integer({ min: 0, max: 255 });
export const password = fc.uint8Array({ minLength: 8, maxLength: 8 });
export const advert: fc.Arbitrary<Advert> = fc.record({
  version: fc.constant(2 as const),
  vrid: octet,
  priority: octet,
  interval: octet.map(seconds),
  password: fc.option(password, { nil: undefined }),
  addresses: fc.array(address, { maxLength: 40 }),
});
export const outgoing = fc.record({
  source: address,
  group: address,
  id: fc.integer({ min: 1, max: 65_535 }),
  advert,
});
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
