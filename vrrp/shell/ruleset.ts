import { type IpFamily, ip, ipBytes } from '@keepalived-ts/base/ip.js';
import type { Request } from '@keepalived-ts/netlink/message.js';
import {
  accept,
  counter,
  drop,
  duplicate,
  type Expression,
  equals,
  find,
  goto,
  isIn,
  load,
  mask,
  meta,
} from '@keepalived-ts/netlink/nftables/expressions.js';
import {
  addElements,
  delTable,
  newChain,
  newRule,
  newSet,
  newTable,
  type Table,
} from '@keepalived-ts/netlink/nftables/objects.js';
import type { FirewallPlan } from '../core/planned.js';
import { sets } from './firewall-sets.js';

/** Where a header has its addresses (RFC 791 §3.1, RFC 8200 §3). */
const ADDRESSES = {
  4: { source: 12, destination: 16, length: 4 },
  6: { source: 8, destination: 24, length: 16 },
} as const;
const IPPROTO_IGMP = 2;
const IPPROTO_ICMPV6 = 58;
/** Neighbour solicitations and advertisements (RFC 4861 §4.3, §4.4). */
const NEIGHBOUR_DISCOVERY = [135, 136];
const ROUTER_SOLICITATION = 133;
/** Reports of both versions, and "done" (RFC 2710 §3, RFC 3810 §5.2). */
const MLD_REPORTS = [131, 132, 143];
/** fe80::/10. */
const LINK_LOCAL = { prefix: ipBytes(ip('fe80::')), mask: ipBytes(ip('ffc0::')) };

/** Which packets the chains see, and by what they know their interface. */
const sides = [
  { chain: 'in', hook: 'input', end: 'destination', index: 'iif', name: 'iifname' },
  { chain: 'out', hook: 'output', end: 'source', index: 'oif', name: 'oifname' },
] as const;

const localChain = (chain: string): string => `${chain}_link_local`;

type Rule = (chain: string, conditions: readonly Expression[], verdict: Expression) => Request;

/**
 * The tables without any address yet, in place of what had their names: ours of a crashed run.
 *
 * Packets for an address of a set are dropped on their way in, packets from it on their way out.
 * Neighbour discovery passes, so that others can find the router: unlike ARP it is made of IP
 * packets.
 *
 * `duplicates`: the kernel can send copies of packets, see `silence`.
 */
export const newTables = (plan: FirewallPlan, duplicates: boolean): Request[] =>
  plan.families.flatMap((family) => {
    const table = { family, name: plan.table };
    const rule: Rule = (chain, conditions, verdict) =>
      newRule(table, chain, [...conditions, ...(plan.counters ? [counter] : []), verdict]);
    return [
      newTable(table),
      delTable(table),
      newTable(table),
      ...newSets(table, plan),
      ...newChains(table, plan),
      ...(plan.vmacs.includes(family) ? silence(family, duplicates, rule) : []),
      ...sides.flatMap((side) => dropPackets(family, side, plan, rule)),
    ];
  });

export const delTables = ({ families, table: name }: FirewallPlan): Request[] =>
  // What does not exist can't be removed, and somebody else may have done so.
  families.flatMap((family) => [newTable({ family, name }), delTable({ family, name })]);

function newSets(table: Table, { byIndex, vmacs }: FirewallPlan): Request[] {
  const local = byIndex ? sets.localByIndex : sets.localByName;
  const wanted = {
    4: [sets.addresses4, ...(vmacs.includes(4) ? [sets.bases] : [])],
    6: [
      sets.addresses6,
      local,
      sets.neighbours,
      ...(vmacs.includes(6) ? [sets.bases, sets.vmacs, sets.reports] : []),
    ],
  }[table.family];
  const types = [
    { set: sets.neighbours, keys: NEIGHBOUR_DISCOVERY },
    { set: sets.reports, keys: MLD_REPORTS },
  ].filter(({ set }) => wanted.some(({ name }) => name === set.name));
  return [
    ...wanted.map((set, i) => newSet(table, set, i + 1)),
    ...types.flatMap(({ set, keys }) =>
      addElements(
        table,
        set.name,
        keys.map((type) => ({ key: Uint8Array.of(type) })),
      ),
    ),
  ];
}

const newChains = (table: Table, { priority }: FirewallPlan): Request[] =>
  sides.flatMap(({ chain, hook }) => [
    ...(table.family === 6 ? [newChain(table, localChain(chain))] : []),
    newChain(table, chain, { hook, priority }),
  ]);

const isProtocol = (protocol: number): readonly Expression[] => [
  meta('l4proto'),
  equals(Uint8Array.of(protocol)),
];
/** Loads the type of a message of ICMPv6, and nothing of other packets. */
const icmp6Type = [...isProtocol(IPPROTO_ICMPV6), load('transport', 0, 1)];

function dropPackets(
  family: IpFamily,
  { chain, end, index, name }: (typeof sides)[number],
  { byIndex }: FirewallPlan,
  rule: Rule,
): Request[] {
  const { length, ...ends } = ADDRESSES[family];
  const address = load('network', ends[end], length);
  const last = rule(chain, [address, isIn(sets.addresses4.name)], drop);
  if (family === 4) return [last];
  const local = byIndex ? sets.localByIndex : sets.localByName;
  const isLinkLocal = [address, mask(LINK_LOCAL.mask), equals(LINK_LOCAL.prefix)];
  return [
    rule(localChain(chain), [address, meta(byIndex ? index : name, 2), isIn(local.name)], drop),
    rule(chain, [...icmp6Type, isIn(sets.neighbours.name)], accept),
    rule(chain, isLinkLocal, goto(localChain(chain))),
    last,
  ];
}

/**
 * Keeps interfaces with virtual MACs from telling of themselves: a switch that hears a backup sends
 * there what is for the master.
 *
 * Membership reports leave by the interface below instead, as copies to the same group; router
 * solicitations do not leave at all.
 */
function silence(family: IpFamily, duplicates: boolean, rule: Rule): Request[] {
  const { destination, length } = ADDRESSES[family];
  const elsewhere = [
    meta('oifname', 1),
    find(sets.bases.name, 1, 2),
    load('network', destination, length, 1),
    ...(duplicates ? [duplicate(1, 2)] : []),
  ];
  if (family === 4) return [rule('out', [...isProtocol(IPPROTO_IGMP), ...elsewhere], drop)];
  const solicits = [...icmp6Type, equals(Uint8Array.of(ROUTER_SOLICITATION))];
  return [
    rule('out', [...icmp6Type, isIn(sets.reports.name), ...elsewhere], drop),
    rule('out', [...solicits, meta('oifname'), isIn(sets.vmacs.name)], drop),
  ];
}
