import type { Encap as KernelEncap } from '@keepalived-ts/netlink/route/encap.js';
import type { Prefix } from '@keepalived-ts/netlink/route/prefix.js';
import type { RouteMetrics } from '@keepalived-ts/netlink/route/route-parts.js';
import type { AddressWithPrefix } from '../keywords/addresses.js';
import type { Encap } from '../keywords/encap.js';
import type { Nexthop, VirtualRoute } from '../keywords/route-line.js';
import type { Realms } from '../keywords/route-names.js';
import { type Lockable, ROUTE_TYPES } from '../keywords/route-values.js';
import type { PlannedNexthop, PlannedRoute } from './planned.js';

/** Of <linux/rtnetlink.h>. */
const RT_TABLE_MAIN = 254;
const RTNH_F_ONLINK = 4;
const RTAX_FEATURE_ECN = 1;

/** How the kernel counts: rtt in eighths of a millisecond, rttvar in quarters. */
const MICROS = { rtt: 125, rttvar: 250, rto_min: 1000 } as const;

/** Metrics that can be locked, by their number (RTAX_*). */
const LOCK_BITS = {
  mtu: 2,
  rtt: 4,
  rttvar: 5,
  ssthresh: 6,
  cwnd: 7,
  advmss: 8,
  reordering: 9,
  rto_min: 13,
  congctl: 16,
} as const;

/** A line of routes, as the kernel is to have it. */
export function planRoute(line: VirtualRoute): PlannedRoute {
  const { family, to, via, or, dev } = line;
  const onlink = line.onlink ? RTNH_F_ONLINK : 0;
  const isDouble = via !== undefined && or !== undefined;
  const both = isDouble ? [via, or] : [];
  return {
    route: {
      family,
      table: line.table ?? RT_TABLE_MAIN,
      protocol: line.protocol,
      scope: line.scope ?? 0,
      type: ROUTE_TYPES[line.type ?? 'unicast'],
      destination: to.prefix === 0 ? undefined : prefixOf(to),
      source: line.from && prefixOf(line.from),
      tos: line.tos,
      flags: isDouble ? 0 : onlink,
      gateway: isDouble ? undefined : (via ?? or),
      preferredSource: line.src,
      metric: line.metric,
      realm: line.realms && realmOf(line.realms),
      metrics: metricsOf(line),
      preference: line.pref,
      expires: line.expires,
      encap: line.encap && encapOf(line.encap),
      ttlPropagate: line['ttl-propagate'],
    },
    interface: isDouble ? undefined : dev,
    vrf: line.vrf,
    nexthops: [
      ...both.map((gateway) => ({ gateway, interface: dev, weight: 1, flags: onlink })),
      ...line.nexthop.map(planNexthop),
    ],
    mode: line.add ? 'create' : line.append ? 'append' : 'prepend',
    tracked: !line.no_track,
  };
}

const planNexthop = (hop: Nexthop): PlannedNexthop => ({
  gateway: hop.via,
  interface: hop.dev,
  weight: hop.weight ?? 1,
  flags: hop.onlink ? RTNH_F_ONLINK : 0,
  realm: hop.realms && realmOf(hop.realms),
  encap: hop.encap && encapOf(hop.encap),
});

function metricsOf(line: VirtualRoute): RouteMetrics | undefined {
  const ticks = (name: keyof typeof MICROS): number | undefined => {
    const duration = line[name]?.value;
    return duration === undefined ? undefined : Math.round(duration / MICROS[name]);
  };
  const lockable = line as unknown as Record<string, Lockable<unknown> | undefined>;
  const locks = Object.entries(LOCK_BITS).filter(([name]) => lockable[name]?.lock);
  const lock = locks.reduce((bits, [, bit]) => bits | (1 << bit), 0);
  const metrics: RouteMetrics = {
    lock: lock || undefined,
    mtu: line.mtu?.value,
    window: line.window,
    rtt: ticks('rtt'),
    rttvar: ticks('rttvar'),
    ssthresh: line.ssthresh?.value,
    cwnd: line.cwnd?.value,
    advmss: line.advmss?.value,
    reordering: line.reordering?.value,
    hoplimit: line.hoplimit,
    initcwnd: line.initcwnd,
    features: line.features.length > 0 ? RTAX_FEATURE_ECN : undefined,
    rtoMin: ticks('rto_min'),
    initrwnd: line.initrwnd,
    quickack: line.quickack,
    congestion: line.congctl?.value,
    fastopenNoCookie: line.fastopen_no_cookie,
  };
  return Object.values(metrics).some((value) => value !== undefined) ? metrics : undefined;
}

export const prefixOf = ({ address, prefix }: AddressWithPrefix): Prefix => ({
  ip: address,
  length: prefix,
});

/** The upper half is where from, the lower where to. */
export const realmOf = ({ from = 0, to }: Realms): number => ((from << 16) | to) >>> 0;

function encapOf(encap: Encap): KernelEncap {
  if (encap.kind !== 'ip' && encap.kind !== 'ip6') return encap;
  const { id, dst, src, ttl, tos, flags } = encap.tunnel;
  return { kind: encap.kind, id, destination: dst, source: src, ttl, tos, flags };
}
