import { viewOf } from '@keepalived-ts/base/bytes.js';
import { type IpAddress, type IpFamily, ip } from '@keepalived-ts/base/ip.js';
import { type Duration, milliseconds, seconds, toSeconds } from '@keepalived-ts/base/time.js';
import { Attributes, HOST_LITTLE_ENDIAN, Malformed, Payload } from '../attributes.js';
import {
  NLM_F_APPEND,
  NLM_F_CREATE,
  NLM_F_EXCL,
  NLM_F_REPLACE,
  RTM_DELROUTE,
  RTM_GETROUTE,
  RTM_NEWROUTE,
} from '../constants.js';
import type { Message, Request } from '../message.js';
import { RT_SCOPE_NOWHERE } from './address.js';
import { type Encap, parseEncap, writeEncap } from './encap.js';
import {
  AF_UNSPEC,
  familyNumber,
  numberOf,
  type Parsed,
  type Prefix,
  present,
  printPrefix,
} from './prefix.js';
import {
  type Nexthop,
  parseGateway,
  parseMetrics,
  parseNexthops,
  type RouteMetrics,
  writeGateway,
  writeMetrics,
  writeNexthops,
} from './route-parts.js';

/** Attributes of <linux/rtnetlink.h>; those of gateways are in route-parts.ts. */
const RTA_DST = 1;
const RTA_SRC = 2;
const RTA_IIF = 3;
const RTA_OIF = 4;
const RTA_PRIORITY = 6;
const RTA_PREFSRC = 7;
const RTA_METRICS = 8;
const RTA_MULTIPATH = 9;
const RTA_FLOW = 11;
const RTA_CACHEINFO = 12;
const RTA_TABLE = 15;
const RTA_MARK = 16;
const RTA_PREF = 20;
const RTA_EXPIRES = 23;
const RTA_TTL_PROPAGATE = 26;
const RTA_NH_ID = 30;

export const RT_TABLE_COMPAT = 252;
export const RT_TABLE_DEFAULT = 253;
export const RT_TABLE_MAIN = 254;
export const RT_TABLE_LOCAL = 255;

export const RTN_UNICAST = 1;
export const RTN_LOCAL = 2;
export const RTN_BROADCAST = 3;
export const RTN_ANYCAST = 4;
export const RTN_MULTICAST = 5;
export const RTN_BLACKHOLE = 6;
export const RTN_UNREACHABLE = 7;
export const RTN_PROHIBIT = 8;
export const RTN_THROW = 9;

export const RTPROT_KERNEL = 2;
export const RTPROT_BOOT = 3;
export const RTPROT_STATIC = 4;
/** keepalived's own number, also for rules and addresses. */
export const RTPROT_KEEPALIVED = 18;

export const RTNH_F_ONLINK = 4;

/** A route. */
export interface Route {
  readonly family: IpFamily;
  readonly table: number;
  /** RTPROT_*: who made it. */
  readonly protocol: number;
  readonly scope: number;
  /** RTN_*. */
  readonly type: number;
  /** Undefined: the default route. */
  readonly destination?: Prefix;
  readonly source?: Prefix;
  readonly tos?: number;
  /** RTNH_F_*, RTM_F_*. */
  readonly flags?: number;
  /** May be of the other family (RTA_VIA). */
  readonly gateway?: IpAddress;
  readonly output?: number;
  readonly input?: number;
  readonly preferredSource?: IpAddress;
  readonly metric?: number;
  readonly mark?: number;
  readonly realm?: number;
  readonly metrics?: RouteMetrics;
  readonly nexthops?: readonly Nexthop[];
  readonly nexthopId?: number;
  /** IPv6: router preference, 0 medium, 1 high, 3 low. */
  readonly preference?: number;
  /** IPv6: how long it lives. */
  readonly expires?: Duration;
  readonly encap?: Encap;
  /** Whether the TTL goes into MPLS labels and back. */
  readonly ttlPropagate?: boolean;
}

/** What names routes to delete: what is left out may be anything, but for the table (main). */
export type RouteKey = Pick<Route, 'family'> & Partial<Route>;

/** What to do when there is a route to the destination with this tos and metric. */
const modes = {
  /** Fail. */
  create: NLM_F_EXCL,
  /** Take its place. */
  replace: NLM_F_REPLACE,
  /** Stand behind it. */
  append: NLM_F_APPEND,
  /** Stand before it (IPv4). IPv6 makes one route of those that have a gateway. */
  prepend: 0,
} as const;
export type RouteMode = keyof typeof modes;

/** Adds a route; one that equals another in everything is EEXIST, unless it replaces it. */
export function newRoute(route: Route, mode: RouteMode = 'create'): Request {
  const operation = `add route ${printRoute(route)}`;
  const payload = body(route).finish();
  return { operation, type: RTM_NEWROUTE, flags: NLM_F_CREATE | modes[mode], payload };
}

/** Removes the first route that fits. */
export function delRoute(key: RouteKey): Request {
  const operation = `remove route ${printRoute(key)}`;
  return { operation, type: RTM_DELROUTE, flags: 0, payload: body(key).finish() };
}

/**
 * Routes of one family or of both, filtered by the kernel since Linux 4.20. Asking one family for
 * a table that does not exist is ENOENT.
 */
export function dumpRoutes(
  only: { family?: IpFamily; table?: number; output?: number; protocol?: number } = {},
): Request {
  const payload = new Payload(12, (view) => {
    view.setUint8(0, only.family === undefined ? AF_UNSPEC : numberOf(only.family));
    view.setUint8(5, only.protocol ?? 0);
  });
  if (only.table !== undefined) payload.u32(RTA_TABLE, only.table);
  if (only.output !== undefined) payload.u32(RTA_OIF, only.output);
  return { operation: 'list routes', type: RTM_GETROUTE, flags: 0, payload: payload.finish() };
}

/** `default via 10.0.0.1 table 254`: enough to find it in ip-route(8). */
export function printRoute({ destination, gateway, output, table }: RouteKey): string {
  const to = destination === undefined ? 'default' : printPrefix(destination);
  const via = gateway === undefined ? '' : ` via ${gateway}`;
  const on = output === undefined ? '' : ` on interface ${output}`;
  return `${to}${via}${on} table ${table ?? RT_TABLE_MAIN}`;
}

/** RTM_NEWROUTE or RTM_DELROUTE as a value. */
export function parseRoute(message: Message): Parsed<Route> {
  if (message.type !== RTM_NEWROUTE && message.type !== RTM_DELROUTE) return undefined;
  const { payload } = message;
  if (payload.length < 12) return new Malformed('short-header');
  const view = viewOf(payload);
  const number = view.getUint8(0);
  const family = ([4, 6] as const).find((f) => numberOf(f) === number);
  if (family === undefined) return undefined;
  const a = Attributes.parse(payload, 12);
  if (a instanceof Malformed) return a;
  const own = (type: number): IpAddress | undefined => {
    const address = a.ip(type);
    return address !== undefined && familyNumber(address) === number ? address : undefined;
  };
  const prefix = (type: number, length: number): Prefix | undefined =>
    length === 0 ? undefined : { ip: own(type) ?? anyAddress(family), length };
  const metrics = a.nested(RTA_METRICS);
  const nexthops = a.bytes(RTA_MULTIPATH);
  return present<Route>({
    family,
    table: a.u32(RTA_TABLE) ?? view.getUint8(4),
    protocol: view.getUint8(5),
    scope: view.getUint8(6),
    type: view.getUint8(7),
    destination: prefix(RTA_DST, view.getUint8(1)),
    source: prefix(RTA_SRC, view.getUint8(2)),
    tos: view.getUint8(3) || undefined,
    flags: view.getUint32(8, HOST_LITTLE_ENDIAN) || undefined,
    gateway: parseGateway(a),
    output: a.u32(RTA_OIF),
    input: a.u32(RTA_IIF),
    preferredSource: own(RTA_PREFSRC),
    metric: a.u32(RTA_PRIORITY),
    mark: a.u32(RTA_MARK),
    realm: a.u32(RTA_FLOW),
    metrics: metrics && parseMetrics(metrics),
    nexthops: nexthops && parseNexthops(nexthops),
    nexthopId: a.u32(RTA_NH_ID),
    preference: a.u8(RTA_PREF),
    expires: lifetime(a),
    encap: parseEncap(a),
    ttlPropagate: truth(a.u8(RTA_TTL_PROPAGATE)),
  });
}

/**
 *     offset  size  field (struct rtmsg)
 *     0       1     family
 *     1       2     prefix lengths of destination and source
 *     3       1     type of service
 *     4       1     table, RT_TABLE_COMPAT if it needs more than a byte
 *     5       3     protocol, scope, type
 *     8       4     flags
 */
function body(route: RouteKey): Payload {
  const table = route.table ?? RT_TABLE_MAIN;
  const payload = new Payload(12, (view) => {
    view.setUint8(0, numberOf(route.family));
    view.setUint8(1, route.destination?.length ?? 0);
    view.setUint8(2, route.source?.length ?? 0);
    view.setUint8(3, route.tos ?? 0);
    view.setUint8(4, table > 255 ? RT_TABLE_COMPAT : table);
    view.setUint8(5, route.protocol ?? 0);
    view.setUint8(6, route.scope ?? RT_SCOPE_NOWHERE);
    view.setUint8(7, route.type ?? 0);
    view.setUint32(8, route.flags ?? 0, HOST_LITTLE_ENDIAN);
  });
  payload.u32(RTA_TABLE, table);
  if (route.destination !== undefined) payload.ip(RTA_DST, route.destination.ip);
  if (route.source !== undefined) payload.ip(RTA_SRC, route.source.ip);
  if (route.preferredSource !== undefined) payload.ip(RTA_PREFSRC, route.preferredSource);
  if (route.gateway !== undefined) writeGateway(payload, route.family, route.gateway);
  for (const [type, value] of words(route)) if (value !== undefined) payload.u32(type, value);
  if (route.preference !== undefined) payload.u8(RTA_PREF, route.preference);
  if (route.expires !== undefined) payload.u32(RTA_EXPIRES, Math.ceil(toSeconds(route.expires)));
  if (route.encap !== undefined) writeEncap(payload, route.encap);
  if (route.ttlPropagate !== undefined) payload.u8(RTA_TTL_PROPAGATE, route.ttlPropagate ? 1 : 0);
  if (route.metrics !== undefined) writeMetrics(payload, RTA_METRICS, route.metrics);
  if (route.nexthops !== undefined) {
    payload.bytes(RTA_MULTIPATH, writeNexthops(route.family, route.nexthops));
  }
  return payload;
}

const words = (route: RouteKey) =>
  [
    [RTA_OIF, route.output],
    [RTA_IIF, route.input],
    [RTA_PRIORITY, route.metric],
    [RTA_MARK, route.mark],
    [RTA_FLOW, route.realm],
    [RTA_NH_ID, route.nexthopId],
  ] as const;

const truth = (value: number | undefined): boolean | undefined =>
  value === undefined ? undefined : value !== 0;

const anyAddress = (family: IpFamily): IpAddress => ip(family === 4 ? '0.0.0.0' : '::');

/** We write RTA_EXPIRES; the kernel answers with rta_expires of struct rta_cacheinfo, in 10 ms. */
function lifetime(a: Attributes): Duration | undefined {
  const written = a.u32(RTA_EXPIRES);
  if (written !== undefined) return seconds(written);
  const cache = a.bytes(RTA_CACHEINFO, 12);
  const ticks = cache && viewOf(cache).getInt32(8, HOST_LITTLE_ENDIAN);
  return ticks ? milliseconds(ticks * 10) : undefined;
}
