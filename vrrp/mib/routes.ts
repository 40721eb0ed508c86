import { familyOf, type IpFamily } from '@keepalived-ts/base/ip.js';
import { toSeconds } from '@keepalived-ts/base/time.js';
import type { Adjustment } from '#src/ipc/messages.js';
import { type AnyTable, type Column, column, numbered, table } from '#src/snmp/tree.js';
import { counter64, gauge, inetAddress, integer, text, truth } from '#src/snmp/value.js';
import type { Encap, TunnelEncap } from '../keywords/encap.js';
import type { Nexthop, VirtualRoute } from '../keywords/route-line.js';
import type { Lockable, RouteType } from '../keywords/route-values.js';
import { scopeNumber } from './addresses.js';
import { entryOf } from './oids.js';
import { addressType, type VrrpView } from './view.js';

type Line = Omit<VirtualRoute, 'track_group'>;

interface Route {
  line: Line;
  index: number | undefined;
  isSet: boolean;
}

interface Hop {
  hop: Nexthop;
  index: number | undefined;
  family: IpFamily;
}

/** RouteType of KEEPALIVED-MIB; several ways make an ordinary route `ecmp`. */
const TYPES: Readonly<Record<RouteType, number>> = {
  unicast: 1,
  local: 1,
  blackhole: 3,
  anycast: 4,
  multicast: 5,
  broadcast: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
  nat: 10,
  xresolve: 11,
};
const ECMP = 2;
/** RT_TABLE_MAIN of <linux/rtnetlink.h>. */
const MAIN = 254;
/** ICMPV6_ROUTER_PREF_* as PrefType: low, medium, high. */
const PREFERENCES: Readonly<Record<number, number>> = { 3: 1, 0: 2, 1: 3 };
const ENCAPSULATIONS: Readonly<Record<Encap['kind'], number>> = { mpls: 1, ip: 2, ila: 3, ip6: 4 };

const metricOf = <T>(metric: Lockable<T> | undefined): T | undefined => metric?.value;
const lockOf = (metric: Lockable<unknown> | undefined): boolean | undefined => metric?.lock;
/** Times are kept in microseconds and shown in milliseconds. */
const milliseconds = (metric: Lockable<number> | undefined): number | undefined =>
  metric && metric.value / 1000;

/** The columns of a tunnel, which routes and their ways have in the same order. */
function encapColumns<R>(
  first: number,
  prefix: string,
  encapOf: (row: R) => Encap | undefined,
): Column<R>[] {
  const tunnel = (row: R): TunnelEncap | undefined => {
    const encap = encapOf(row);
    return encap && 'tunnel' in encap ? encap.tunnel : undefined;
  };
  const names = ['Type', 'MplsLabels', 'Id', 'DstAddress', 'SrcAddress', 'TOS', 'TTL', 'Flags'];
  const name = (i: number): string => `${prefix}Encap${names[i]}`;
  return [
    column(first, name(0), integer, (row) => {
      const encap = encapOf(row);
      return encap && ENCAPSULATIONS[encap.kind];
    }),
    column(first + 1, name(1), text, (row) => {
      const encap = encapOf(row);
      return encap?.kind === 'mpls' ? encap.labels.join('/') : undefined;
    }),
    column(first + 2, name(2), counter64, (row) => tunnel(row)?.id),
    column(first + 3, name(3), inetAddress, (row) => tunnel(row)?.dst),
    column(first + 4, name(4), inetAddress, (row) => tunnel(row)?.src),
    column(first + 5, name(5), gauge, (row) => tunnel(row)?.tos),
    column(first + 6, name(6), gauge, (row) => tunnel(row)?.ttl),
    column(first + 7, name(7), gauge, (row) => tunnel(row)?.flags),
    column(first + 8, `${prefix}EncapIlaLocator`, counter64, (row) => {
      const encap = encapOf(row);
      return encap?.kind === 'ila' ? encap.locator : undefined;
    }),
  ];
}

function routesOf(view: VrrpView) {
  const indexOf = (name: string | undefined): number | undefined =>
    name === undefined ? undefined : view.links.get(name)?.index;
  const row =
    (isSet: boolean) =>
    (line: Line): Route => ({ line, index: indexOf(line.dev), isSet });
  return [
    ...numbered(view.config.static_routes.map(row(view.status !== undefined)), [0]),
    ...view.instances.flatMap(({ config, status }, i) =>
      numbered(config.virtual_routes.map(row(status?.addressesSet ?? false)), [i + 1]),
    ),
  ];
}

/** K.2.7: vrrpRouteTable. */
const routes = table<VrrpView, Route, Adjustment>({
  entry: entryOf(7),
  rows: routesOf,
  columns: [
    column(2, 'vrrpRouteAddressType', integer, ({ line }) => addressType(line.family)),
    column(3, 'vrrpRouteDestination', inetAddress, ({ line }) => line.to.address),
    column(4, 'vrrpRouteDestinationMask', gauge, ({ line }) => line.to.prefix),
    column(5, 'vrrpRouteGateway', inetAddress, ({ line }) => line.via),
    column(6, 'vrrpRouteSecondaryGateway', inetAddress, ({ line }) => line.or),
    column(7, 'vrrpRouteSource', inetAddress, ({ line }) => line.src),
    column(8, 'vrrpRouteMetric', gauge, ({ line }) => line.metric ?? 0),
    column(9, 'vrrpRouteScope', integer, ({ line }) => scopeNumber(line.scope ?? 0)),
    column(10, 'vrrpRouteType', integer, ({ line }) =>
      line.nexthop.length > 0 ? ECMP : TYPES[line.type ?? 'unicast'],
    ),
    column(11, 'vrrpRouteIfIndex', integer, (r) => r.index),
    column(12, 'vrrpRouteIfName', text, ({ line }) => line.dev),
    column(13, 'vrrpRouteRoutingTable', gauge, ({ line }) => line.table ?? MAIN),
    column(14, 'vrrpRouteStatus', truth, (r) => r.isSet),
    column(15, 'vrrpRouteFromAddress', inetAddress, ({ line }) => line.from?.address),
    column(16, 'vrrpRouteFromAddressMask', gauge, ({ line }) => line.from?.prefix),
    column(17, 'vrrpRouteTos', gauge, ({ line }) => line.tos),
    // The MIB counts from unspec(1), the kernel from 0.
    column(18, 'vrrpRouteProtocol', integer, ({ line }) => line.protocol + 1),
    column(19, 'vrrpRouteECN', truth, ({ line }) => line.features.includes('ecn')),
    column(20, 'vrrpRouteQuickAck', truth, ({ line }) => line.quickack === 1),
    column(21, 'vrrpRouteExpires', integer, ({ line }) =>
      line.expires === undefined ? undefined : toSeconds(line.expires),
    ),
    column(22, 'vrrpRouteMTU', gauge, ({ line }) => metricOf(line.mtu)),
    column(23, 'vrrpRouteMTULock', truth, ({ line }) => lockOf(line.mtu)),
    column(24, 'vrrpRouteHopLimit', gauge, ({ line }) => line.hoplimit),
    column(25, 'vrrpRouteAdvmss', gauge, ({ line }) => metricOf(line.advmss)),
    column(26, 'vrrpRouteAdvmssLock', truth, ({ line }) => lockOf(line.advmss)),
    column(27, 'vrrpRouteRTT', gauge, ({ line }) => milliseconds(line.rtt)),
    column(28, 'vrrpRouteRTTLock', truth, ({ line }) => lockOf(line.rtt)),
    column(29, 'vrrpRouteRTTvar', gauge, ({ line }) => milliseconds(line.rttvar)),
    column(30, 'vrrpRouteRTTvarLock', truth, ({ line }) => lockOf(line.rttvar)),
    column(31, 'vrrpRouteReordering', gauge, ({ line }) => metricOf(line.reordering)),
    column(32, 'vrrpRouteReorderingLock', truth, ({ line }) => lockOf(line.reordering)),
    column(33, 'vrrpRouteWindow', gauge, ({ line }) => line.window),
    column(34, 'vrrpRouteCwnd', gauge, ({ line }) => metricOf(line.cwnd)),
    column(35, 'vrrpRouteCwndLock', truth, ({ line }) => lockOf(line.cwnd)),
    column(36, 'vrrpRouteSSthresh', gauge, ({ line }) => metricOf(line.ssthresh)),
    column(37, 'vrrpRouteSSthreshLock', truth, ({ line }) => lockOf(line.ssthresh)),
    column(38, 'vrrpRouteRTOMin', gauge, ({ line }) => milliseconds(line.rto_min)),
    column(39, 'vrrpRouteRTOMinLock', truth, ({ line }) => lockOf(line.rto_min)),
    column(40, 'vrrpRouteInitCwnd', gauge, ({ line }) => line.initcwnd),
    column(41, 'vrrpRouteInitRwnd', gauge, ({ line }) => line.initrwnd),
    column(42, 'vrrpRouteCongCtl', text, ({ line }) => metricOf(line.congctl)),
    column(43, 'vrrpRoutePref', integer, ({ line }) =>
      line.pref === undefined ? undefined : PREFERENCES[line.pref],
    ),
    column(44, 'vrrpRouteRealmDst', gauge, ({ line }) => line.realms?.to),
    column(45, 'vrrpRouteRealmSrc', gauge, ({ line }) => line.realms?.from),
    ...encapColumns<Route>(46, 'vrrpRoute', ({ line }) => line.encap),
    column(55, 'vrrpRouteFastOpenNoCookie', truth, ({ line }) =>
      line.fastopen_no_cookie === undefined ? undefined : line.fastopen_no_cookie === 1,
    ),
  ],
});

/** K.2.11: vrrpRouteNextHopTable. */
const nexthops = table<VrrpView, Hop, Adjustment>({
  entry: entryOf(11),
  rows: (view) =>
    routesOf(view).flatMap(({ index, row: { line } }) =>
      numbered(
        line.nexthop.map((hop) => ({
          hop,
          index: hop.dev === undefined ? undefined : view.links.get(hop.dev)?.index,
          family: line.family,
        })),
        index,
      ),
    ),
  columns: [
    column(2, 'vrrpRouteNextHopAddressType', integer, ({ hop, family }) =>
      addressType(hop.via === undefined ? family : familyOf(hop.via)),
    ),
    column(3, 'vrrpRouteNextHopAddress', inetAddress, ({ hop }) => hop.via),
    column(4, 'vrrpRouteNextHopIfIndex', integer, ({ index }) => index),
    column(5, 'vrrpRouteNextHopIfName', text, ({ hop }) => hop.dev),
    column(6, 'vrrpRouteNextHopWeight', gauge, ({ hop }) => hop.weight),
    column(7, 'vrrpRouteNextHopOnlink', truth, ({ hop }) => hop.onlink),
    column(8, 'vrrpRouteNextHopRealmDst', gauge, ({ hop }) => hop.realms?.to),
    column(9, 'vrrpRouteNextHopRealmSrc', gauge, ({ hop }) => hop.realms?.from),
    ...encapColumns<Hop>(10, 'vrrpRouteNextHop', ({ hop }) => hop.encap),
  ],
});

export const routeTables: readonly AnyTable<VrrpView, Adjustment>[] = [routes, nexthops];
