import { KernelError } from '@keepalived-ts/base/errors.js';
import type { Request } from '@keepalived-ts/netlink/message.js';
import { type Prefix, printPrefix } from '@keepalived-ts/netlink/route/prefix.js';
import { delRoute, newRoute, type Route } from '@keepalived-ts/netlink/route/route.js';
import type { Nexthop } from '@keepalived-ts/netlink/route/route-parts.js';
import { delRule, newRule, type Rule } from '@keepalived-ts/netlink/route/rule.js';
import { ENODEV } from '@keepalived-ts/raw-socket/constants.js';
import { PROTOCOL_KEEPALIVED, routeText, ruleText } from '../core/entries.js';
import type { PlannedRoute, PlannedRule } from '../core/planned.js';
import type { Link } from '../core/types.js';

/** What differs between routes and rules when they are put into the kernel; `V` is its value. */
export interface EntryKind<P, V> {
  text(entry: P): string;
  /** The value with the interfaces of now. Throws KernelError where one is missing. */
  value(entry: P): V;
  add(value: V, entry: P): Request;
  remove(value: V): Request;
  /** Whether what the kernel tells of is this one. */
  isSame(value: V, told: V): boolean;
  /** It may be somebody else's if it looks the same: only what we have set is removed. */
  isForeign(entry: P): boolean;
  /** One that is there already can only be ours, left of a crashed run. */
  isAdopted(entry: P): boolean;
}

export interface Interfaces {
  linkOf(name: string): Link | undefined;
  /** The table of a VRF device. */
  tableOf(vrf: string): number | undefined;
}

export const routeKind = (interfaces: Interfaces): EntryKind<PlannedRoute, Route> => ({
  text: (entry) => `route ${routeText(entry)}`,
  value: (entry) => routeOf(entry, interfaces),
  add: (value, { mode }) => newRoute(value, mode),
  // What TCP shall know of it does not tell it from others.
  remove: (value) => delRoute({ ...value, metrics: undefined, expires: undefined }),
  isSame: isSameRoute,
  isForeign: ({ route }) => route.protocol !== PROTOCOL_KEEPALIVED,
  isAdopted: ({ route, mode }) => route.protocol === PROTOCOL_KEEPALIVED && mode !== 'create',
});

export const ruleKind: EntryKind<PlannedRule, Rule> = {
  text: (entry) => `rule ${ruleText(entry)}`,
  value: ({ rule }) => rule,
  add: newRule,
  remove: delRule,
  isSame: (rule, told) =>
    rule.family === told.family &&
    rule.priority === told.priority &&
    rule.action === told.action &&
    rule.table === told.table &&
    samePrefix(rule.source, told.source) &&
    samePrefix(rule.destination, told.destination) &&
    rule.mark === told.mark &&
    rule.inputName === told.inputName &&
    rule.outputName === told.outputName,
  isForeign: ({ rule }) => rule.protocol !== PROTOCOL_KEEPALIVED,
  isAdopted: ({ rule }) => rule.protocol === PROTOCOL_KEEPALIVED,
};

function routeOf(entry: PlannedRoute, { linkOf, tableOf }: Interfaces): Route {
  const indexOf = (name: string | undefined): number | undefined => {
    if (name === undefined) return undefined;
    const link = linkOf(name);
    if (link) return link.index;
    throw missing(entry, `no interface ${name}`);
  };
  const table = entry.vrf === undefined ? entry.route.table : tableOf(entry.vrf);
  if (table === undefined) throw missing(entry, `no VRF ${entry.vrf}`);
  const nexthops = entry.nexthops.map(
    ({ interface: name, ...hop }): Nexthop => ({ ...hop, output: indexOf(name) }),
  );
  return {
    ...entry.route,
    table,
    output: indexOf(entry.interface),
    nexthops: nexthops.length > 0 ? nexthops : undefined,
  };
}

const missing = (entry: PlannedRoute, detail: string): KernelError =>
  new KernelError(`add route ${routeText(entry)}`, ENODEV, 'ENODEV', detail);

/** The kernel tells more than was asked for: a metric, the interface it has found. */
function isSameRoute(route: Route, told: Route): boolean {
  return (
    route.family === told.family &&
    route.table === told.table &&
    route.protocol === told.protocol &&
    route.type === told.type &&
    (route.tos ?? 0) === (told.tos ?? 0) &&
    (route.metric ?? told.metric) === told.metric &&
    samePrefix(route.destination, told.destination) &&
    samePrefix(route.source, told.source) &&
    ways(route).some((way) => ways(told).some((other) => isWay(way, other)))
  );
}

type Way = Pick<Nexthop, 'gateway' | 'output'>;
const ways = ({ nexthops, gateway, output }: Route): readonly Way[] =>
  nexthops ?? [{ gateway, output }];
const isWay = (way: Way, told: Way): boolean =>
  (way.gateway ?? told.gateway) === told.gateway && (way.output ?? told.output) === told.output;

const samePrefix = (a: Prefix | undefined, b: Prefix | undefined): boolean =>
  (a && printPrefix(a)) === (b && printPrefix(b));
