import type { Prefix } from '@keepalived-ts/netlink/route/prefix.js';
import { toJson } from './json.js';
import type { PlannedRoute, PlannedRule } from './planned.js';
import type { Vip } from './types.js';

/** RTPROT_KEEPALIVED of <linux/rtnetlink.h>: what has this number is ours to remove. */
export const PROTOCOL_KEEPALIVED = 18;

/** What the kernel may have by us. */
export type Entry = Vip | PlannedRoute | PlannedRule;

/** What makes an entry the same for the kernel, however it is watched. */
export const entryKey = (entry: Entry): string => toJson({ ...entry, tracked: undefined });

/** What is in one list and not in another, by what the kernel knows of it. */
export function missingFrom<T extends Entry>(
  others: readonly T[],
  entries: readonly T[],
): readonly T[] {
  const keys = new Set(others.map(entryKey));
  return entries.filter((entry) => !keys.has(entryKey(entry)));
}

/** `10.1.0.0/16 via 10.0.0.9 dev eth0`: a route as the configuration has it, shortened. */
export function routeText({ route, interface: dev, nexthops }: PlannedRoute): string {
  const ways = nexthops.map(
    (hop) => ` nexthop${word('via', hop.gateway)}${word('dev', hop.interface)}`,
  );
  const table = route.table === MAIN ? undefined : route.table;
  return (
    network(route.destination) +
    word('via', route.gateway) +
    word('dev', dev) +
    word('table', table) +
    ways.join('')
  );
}

/** `from 10.0.0.0/8 table 100 preference 200`. */
export function ruleText({ rule }: PlannedRule): string {
  return (
    `from ${network(rule.source, 'all')}` +
    word('to', rule.destination && network(rule.destination)) +
    word('table', rule.table === 0 ? undefined : rule.table) +
    word('goto', rule.goto) +
    word('preference', rule.priority)
  );
}

/** RT_TABLE_MAIN of <linux/rtnetlink.h>. */
const MAIN = 254;

const word = (name: string, value: string | number | undefined): string =>
  value === undefined ? '' : ` ${name} ${value}`;

const network = (prefix: Prefix | undefined, everything = 'default'): string =>
  prefix === undefined ? everything : `${prefix.ip}/${prefix.length}`;
