import { familyOf, type IpFamily, ip, ipBytes, isLinkLocal6 } from '@keepalived-ts/base/ip.js';
import type { Request } from '@keepalived-ts/netlink/message.js';
import {
  accept,
  counter,
  drop,
  type Expression,
  equals,
  goto,
  isIn,
  load,
  mask,
  meta,
} from '@keepalived-ts/netlink/nftables/expressions.js';
import {
  addElements,
  delTable,
  type KeySet,
  newChain,
  newRule,
  newSet,
  newTable,
} from '@keepalived-ts/netlink/nftables/objects.js';
import type { FirewallPlan } from '../core/planned.js';
import type { Vip } from '../core/types.js';

/** A key of one of our sets. */
export interface Element {
  readonly family: IpFamily;
  readonly set: string;
  readonly key: Uint8Array;
}

/** Types of keys as nft(8) numbers them (enum datatypes of its datatype.h), for `nft list`. */
const [ADDRESS4, ADDRESS6, INTERFACE_INDEX, ICMP6_TYPE, INTERFACE_NAME] = [7, 8, 20, 29, 41];
/** The type of a key of two parts. */
const joined = (first: number, second: number): number => (first << 6) | second;

/** Where a header has its addresses (RFC 791 §3.1, RFC 8200 §3). */
const ADDRESSES = {
  4: { source: 12, destination: 16, length: 4 },
  6: { source: 8, destination: 24, length: 16 },
} as const;
const IPPROTO_ICMPV6 = 58;
/** Types of neighbour solicitations and advertisements (RFC 4861 §4.3, §4.4). */
const NEIGHBOUR_DISCOVERY = [135, 136];
/** fe80::/10. */
const LINK_LOCAL = { prefix: ipBytes(ip('fe80::')), mask: ipBytes(ip('ffc0::')) };
/** IFNAMSIZ: a name is padded with zeros. */
const NAME_LENGTH = 16;

/** Compat: names of sets and chains are keepalived's, for whoever looks at `nft list ruleset`. */
const vips = {
  4: { name: 'vips', type: ADDRESS4, keyLength: 4 },
  6: { name: 'vips', type: ADDRESS6, keyLength: 16 },
} as const;
const neighbours: KeySet = { name: 'neighbor-discovery', type: ICMP6_TYPE, keyLength: 1 };
const localByIndex: KeySet = {
  name: 'vips_link_local',
  type: joined(ADDRESS6, INTERFACE_INDEX),
  keyLength: 20,
};
const localByName: KeySet = {
  name: 'vips_link_local_name',
  type: joined(ADDRESS6, INTERFACE_NAME),
  keyLength: 32,
};

/** Which packets the chains see, and by what they know their interface. */
const sides = [
  { chain: 'in', hook: 'input', end: 'destination', index: 'iif', name: 'iifname' },
  { chain: 'out', hook: 'output', end: 'source', index: 'oif', name: 'oifname' },
] as const;

/**
 * What keeps packets from an address. A link-local one is told by its interface as well: by the
 * name or, if so planned, by the index; without the interface there is nothing to keep from it.
 */
export function elementOf(
  { address, interface: name }: Vip,
  { byIndex }: FirewallPlan,
  index: number | undefined,
): Element | undefined {
  const family = familyOf(address);
  const bytes = ipBytes(address);
  if (!isLinkLocal6(address)) return { family, set: vips[family].name, key: bytes };
  if (!byIndex) {
    const key = new Uint8Array(bytes.length + NAME_LENGTH);
    key.set(bytes);
    key.set(new TextEncoder().encode(name), bytes.length);
    return { family, set: localByName.name, key };
  }
  if (index === undefined) return undefined;
  const number = new Uint8Array(Uint32Array.of(index).buffer);
  return { family, set: localByIndex.name, key: Uint8Array.of(...bytes, ...number) };
}

/** Requests that put elements into their sets, or, with `delElements`, take them out. */
export function changeElements(
  change: typeof addElements,
  { table: name }: FirewallPlan,
  elements: readonly Element[],
): Request[] {
  const keys = new Map<string, Uint8Array[]>();
  const places = new Map<string, Element>();
  for (const element of elements) {
    const place = `${element.family} ${element.set}`;
    places.set(place, element);
    keys
      .set(place, keys.get(place) ?? [])
      .get(place)
      ?.push(element.key);
  }
  return [...places].flatMap(([place, { family, set }]) =>
    change({ family, name }, set, keys.get(place) ?? []),
  );
}

/**
 * The tables without any address yet, in place of what had their names: ours of a crashed run.
 *
 * Packets for an address of a set are dropped on their way in, packets from it on their way out.
 * Neighbour discovery passes, so that others can find the router: unlike ARP it is made of IP
 * packets.
 */
export const newTables = (plan: FirewallPlan): Request[] =>
  plan.families.flatMap((family) => {
    const table = { family, name: plan.table };
    return [newTable(table), delTable(table), newTable(table), ...contents(family, plan)];
  });

export const delTables = ({ families, table: name }: FirewallPlan): Request[] =>
  // What does not exist can't be removed, and somebody else may have done so.
  families.flatMap((family) => [newTable({ family, name }), delTable({ family, name })]);

function contents(family: IpFamily, plan: FirewallPlan): Request[] {
  const table = { family, name: plan.table };
  const { length, ...ends } = ADDRESSES[family];
  const local = plan.byIndex ? localByIndex : localByName;
  const rule = (chain: string, conditions: readonly Expression[], verdict: Expression): Request =>
    newRule(table, chain, [...conditions, ...(plan.counters ? [counter] : []), verdict]);
  const chains = sides.flatMap(({ chain, hook, end, index, name }) => {
    const address = load('network', ends[end], length);
    const base = newChain(table, chain, { hook, priority: plan.priority });
    const last = rule(chain, [address, isIn(vips[family].name)], drop);
    if (family === 4) return [base, last];
    const localChain = `${chain}_link_local`;
    const device = meta(plan.byIndex ? index : name, 2);
    return [
      newChain(table, localChain),
      rule(localChain, [address, device, isIn(local.name)], drop),
      base,
      rule(
        chain,
        [
          meta('l4proto'),
          equals(Uint8Array.of(IPPROTO_ICMPV6)),
          load('transport', 0, 1),
          isIn(neighbours.name),
        ],
        accept,
      ),
      rule(chain, [address, mask(LINK_LOCAL.mask), equals(LINK_LOCAL.prefix)], goto(localChain)),
      last,
    ];
  });
  const sets = family === 4 ? [vips[4]] : [vips[6], neighbours, local];
  const types = NEIGHBOUR_DISCOVERY.map((type) => Uint8Array.of(type));
  return [
    ...sets.map((set, i) => newSet(table, set, i + 1)),
    ...(family === 4 ? [] : addElements(table, neighbours.name, types)),
    ...chains,
  ];
}
