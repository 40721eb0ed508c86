import { fullLength, type IpAddress, type IpFamily, ipFromBytes } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import type { Message, Request } from '@keepalived-ts/netlink/message.js';
import type { Address } from '@keepalived-ts/netlink/route/address.js';
import type { Encap } from '@keepalived-ts/netlink/route/encap.js';
import type { NewLink } from '@keepalived-ts/netlink/route/link.js';
import type { Neighbour } from '@keepalived-ts/netlink/route/neighbour.js';
import type { Route } from '@keepalived-ts/netlink/route/route.js';
import type { RouteMetrics } from '@keepalived-ts/netlink/route/route-parts.js';
import type { Range, Rule } from '@keepalived-ts/netlink/route/rule.js';
import fc, { type Arbitrary } from 'fast-check';

/** The request as the message that the kernel would announce: the form is the same. */
export const announced = ({ type, flags, payload }: Request): Message => ({
  type,
  flags,
  sequence: 0,
  port: 0,
  payload,
});

const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const index = fc.integer({ min: 1, max: 0x7fffffff });
const name = fc.stringMatching(/^[a-z][a-z0-9.:-]{0,14}$/);
const mac = fc.uint8Array({ minLength: 6, maxLength: 6 });
const family = fc.constantFrom<IpFamily>(4, 6);
const nonZero8 = fc.integer({ min: 1, max: 0xff });
const nonZero32 = fc.integer({ min: 1, max: 0xffffffff });
/** All ones means "none" in this field. */
const notAllOnes = fc.integer({ min: 0, max: 0xfffffffe });

export const ipOf = (which: IpFamily): Arbitrary<IpAddress> => {
  const length = which === 4 ? 4 : 16;
  return fc.uint8Array({ minLength: length, maxLength: length }).map(ipFromBytes);
};
export const anyIp = family.chain(ipOf);

const prefix = (which: IpFamily, least: number) =>
  fc.record({
    ip: ipOf(which),
    length: fc.integer({ min: least, max: which === 4 ? 32 : 128 }),
  });

/** Fields that may be there or not, the first ones always. */
const some = <T extends object>(fields: { [K in keyof T]: Arbitrary<T[K]> }, always: (keyof T)[]) =>
  fc.record(fields, { requiredKeys: always }) as Arbitrary<T>;

export const address: Arbitrary<Address> = anyIp
  .chain((ip) => {
    const same = ipOf(fullLength(ip) === 32 ? 4 : 6);
    return some<Address>(
      {
        index,
        ip: fc.constant(ip),
        prefixLength: fc.integer({ min: 0, max: fullLength(ip) }),
        scope: u8,
        flags: u32,
        peer: same.filter((peer) => peer !== ip),
        broadcast: same,
        label: name,
        preferredFor: notAllOnes.map(seconds),
        validFor: notAllOnes.map(seconds),
        metric: u32,
        protocol: u8,
      },
      ['index', 'ip', 'prefixLength', 'scope', 'flags'],
    );
  })
  // A lifetime without an end prefers without an end only if that is said.
  .filter(({ preferredFor, validFor }) => validFor === undefined || preferredFor !== undefined);

const metrics: Arbitrary<RouteMetrics> = fc.record(
  { lock: u32, mtu: u32, advmss: u32, quickack: u32, congestion: name, fastopenNoCookie: u32 },
  { requiredKeys: ['mtu'] },
);

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const tunnel = (kind: 'ip' | 'ip6'): Arbitrary<Encap> => {
  const same = ipOf(kind === 'ip' ? 4 : 6);
  const flags = fc.integer({ min: 0, max: 0xffff });
  const fields = { id: u64, destination: same, source: same, ttl: u8, tos: u8, flags };
  return fc.record({ kind: fc.constant(kind), ...fields }, { requiredKeys: ['kind'] });
};
const label = fc.integer({ min: 0, max: 0xfffff });
const encap: Arbitrary<Encap> = fc.oneof(
  tunnel('ip'),
  tunnel('ip6'),
  fc.record({
    kind: fc.constant('mpls' as const),
    labels: fc.array(label, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant('ila' as const), locator: u64 }),
);

export const route: Arbitrary<Route> = family.chain((which) =>
  some<Route>(
    {
      family: fc.constant(which),
      table: u32,
      protocol: u8,
      scope: u8,
      type: u8,
      destination: prefix(which, 1),
      source: prefix(which, 1),
      tos: nonZero8,
      flags: nonZero32,
      gateway: anyIp,
      output: u32,
      input: u32,
      preferredSource: ipOf(which),
      metric: u32,
      mark: u32,
      realm: u32,
      metrics,
      nexthops: fc.array(
        fc.record(
          {
            output: index,
            gateway: anyIp,
            weight: fc.integer({ min: 1, max: 256 }),
            flags: nonZero8,
            realm: u32,
            encap,
          },
          { requiredKeys: ['weight'] },
        ),
        { minLength: 1, maxLength: 4 },
      ),
      nexthopId: u32,
      preference: u8,
      expires: u32.map(seconds),
      encap,
      ttlPropagate: fc.boolean(),
    },
    ['family', 'table', 'protocol', 'scope', 'type'],
  ),
);

const range = (max: number): Arbitrary<Range> =>
  fc.record({ from: fc.integer({ min: 0, max }), to: fc.integer({ min: 0, max }) });

export const rule: Arbitrary<Rule> = family.chain((which) =>
  some<Rule>(
    {
      family: fc.constant(which),
      action: u8,
      table: u32,
      priority: u32,
      source: prefix(which, 0),
      destination: prefix(which, 0),
      tos: nonZero8,
      flags: nonZero32,
      inputName: name,
      outputName: name,
      mark: u32,
      markMask: u32,
      goto: u32,
      realm: u32,
      tunnelId: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      suppressGroup: notAllOnes,
      suppressPrefixLength: notAllOnes,
      l3mdev: fc.constant(true),
      uids: range(0xffffffff),
      protocol: u8,
      ipProtocol: u8,
      sourcePorts: range(0xffff),
      destinationPorts: range(0xffff),
    },
    ['family', 'action', 'table'],
  ),
);

export const neighbour: Arbitrary<Neighbour> = some<Neighbour>(
  {
    index,
    ip: anyIp,
    state: u16,
    mac: fc.uint8Array({ maxLength: 20 }),
    flags: nonZero8,
    type: nonZero8,
    probes: u32,
    protocol: u8,
  },
  ['index', 'ip', 'state'],
);

export const newLinkOf: Arbitrary<NewLink> = some<NewLink>(
  {
    name,
    kind: fc.oneof(
      fc.record({ name: fc.constant('macvlan'), macvlanMode: u32 }),
      fc.record({ name: fc.constant('ipvlan'), ipvlanMode: u16, ipvlanFlags: u16 }),
      fc.record({ name: fc.constant('vrf'), vrfTable: u32 }),
      fc.record({ name: fc.constant('vlan'), vlanId: u16 }),
      fc.record({ name: fc.constantFrom('dummy', 'bridge', 'veth') }),
    ),
    base: index,
    up: fc.boolean(),
    mtu: u32,
    mac,
    master: index,
    alias: name,
    group: u32,
  },
  ['name', 'kind'],
);
