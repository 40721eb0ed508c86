import { familyOf, type IpAddress, type IpFamily } from '@keepalived-ts/base/ip.js';
import { type LineOf, optionLine } from '#src/config/option-line.js';
import { type Keywords, keyword, repeated } from '#src/config/schema.js';
import type { ParseContext } from '#src/config/value-type.js';
import { flag, integer, interfaceName, mistake, wholeSeconds, word } from '#src/config/values.js';
import { type AddressWithPrefix, addressWithPrefix } from './addresses.js';
import { encap } from './encap.js';
import { dsfield, PROTOCOL_KEEPALIVED, protocol, realms, scope, table } from './route-names.js';
import {
  type Anywhere,
  algorithm,
  asTo,
  DEFAULT,
  destination,
  enabled,
  features,
  gateway,
  lockable,
  preference,
  roundTrip,
  routeType,
  source,
  uint32,
} from './route-values.js';

const MOST32 = 4294967295;
const bit = integer(0, 1, { strict: true });

const via = keyword(gateway, 'The next router; of the same family as the destination.');
const onlink = keyword(flag, 'Take the gateway to be on the link, whatever the addresses say.');
const encapsulation = keyword(
  encap,
  'Send through a tunnel made for this route: ip, ip6, mpls or ila, with its parameters.',
);
const realmsRow = keyword(realms, 'Realms of the route, for accounting and tc (IPv4).');

/** One way of a route that has several. */
const nexthopLine = optionLine({
  options: {
    via,
    dev: keyword(interfaceName, 'Interface towards the next router.').alias('oif'),
    weight: keyword(integer(1, 256), 'Share of the traffic, relative to the other ways.'),
    onlink: onlink.default(false),
    encap: encapsulation,
    realms: realmsRow,
  },
  lacking: 'fatal',
});

export type Nexthop = LineOf<typeof nexthopLine>;

/** All words up to the next `nexthop`. */
const nexthop = {
  ...nexthopLine,
  takes: (words: readonly { text: string }[]): number => {
    const next = words.findIndex((w) => w.text === 'nexthop');
    return next < 0 ? words.length : next;
  },
};

const TCP = 'The kernel keeps it for each route; unset, its own is used.';

const rows = {
  inet: keyword(flag, 'The route is of IPv4, where its addresses do not tell.').default(false),
  inet6: keyword(flag, 'The route is of IPv6, where its addresses do not tell.').default(false),
  src: keyword(source, 'Source address of what is sent here without one of its own.'),
  via: via.deprecatedAlias('gw'),
  or: keyword(gateway, 'A second gateway.').deprecatedFor('nexthop'),
  from: keyword(addressWithPrefix, 'Only for packets with these source addresses (IPv6).'),
  tos: keyword(dsfield, 'Only for packets with this type of service (IPv4).').alias('dsfield'),
  table: keyword(table, 'The routing table; main unless given.'),
  protocol: keyword(
    protocol,
    'Who made the route; another one than keepalived needs no_track.',
  ).default(PROTOCOL_KEEPALIVED),
  scope: keyword(scope, 'How far the destination is; global unless given (IPv4).'),
  metric: keyword(uint32, 'Among equal routes the lowest wins.')
    .alias('priority')
    .alias('preference'),
  dev: keyword(
    interfaceName,
    'Outgoing interface; the kernel chooses one if it is not given.',
  ).alias('oif'),
  onlink: onlink.default(false),
  encap: encapsulation,
  expires: keyword(wholeSeconds(0, MOST32), 'Seconds until the kernel deletes the route (IPv6).'),
  mtu: keyword(lockable(uint32), 'MTU of the path; lock: whatever the network says of it.'),
  hoplimit: keyword(integer(0, 255, { strict: true }), 'Hop limit (TTL) of what is sent here.'),
  advmss: keyword(lockable(uint32), 'Segment size that TCP offers.').explained(TCP),
  rtt: keyword(
    lockable(roundTrip(125)),
    'First guess of the round trip, 200 ms to 120 s; a bare number counts eighths of 1 ms.',
  ).explained(TCP),
  rttvar: keyword(
    lockable(roundTrip(250)),
    'First guess of how the round trip varies; a bare number counts quarters of 1 ms.',
  ).explained(TCP),
  reordering: keyword(lockable(uint32), 'Segments that may overtake without being lost.').explained(
    TCP,
  ),
  window: keyword(uint32, 'Largest window that TCP offers, in bytes.').explained(TCP),
  cwnd: keyword(lockable(uint32), 'Upper limit of the congestion window, in segments.').explained(
    TCP,
  ),
  ssthresh: keyword(lockable(uint32), 'Slow start threshold, in segments.').explained(TCP),
  realms: realmsRow,
  rto_min: keyword(
    lockable(roundTrip(1000)),
    'Shortest retransmission time-out; a bare number counts milliseconds.',
  ).explained(TCP),
  initcwnd: keyword(uint32, 'Congestion window of a new connection, in segments.').explained(TCP),
  initrwnd: keyword(uint32, 'Window offered on a new connection, in segments.').explained(TCP),
  features: keyword(features, 'ecn: announce congestion notification to this destination.').default(
    [],
  ),
  quickack: keyword(bit, '1 answers each segment at once; 0 delays acknowledgements.'),
  congctl: keyword(lockable(algorithm), 'Congestion control algorithm of TCP.'),
  pref: keyword(preference, 'Rank among default routers (IPv6, RFC 4191).'),
  'ttl-propagate': keyword(enabled, 'Copy the TTL into MPLS labels, and back.'),
  fastopen_no_cookie: keyword(bit, '1 lets TCP send data with the SYN without a cookie.'),
  add: keyword(flag, 'Fail where the table has such a route already.').default(false),
  prepend: keyword(
    flag,
    'Stand before other routes to the destination; this is the default.',
  ).default(false),
  append: keyword(flag, 'Stand behind other routes to the destination.').default(false),
  as: keyword(asTo, 'Another destination address; told to be without meaning, and ignored.')
    .default(false)
    .without('only MPLS routes could have one, and keepalived makes none'),
  vrf: keyword(interfaceName, 'Use the table of this VRF device.'),
  no_track: keyword(flag, 'Do not react when somebody else deletes the route.').default(false),
} satisfies Keywords;

const trackGroup = keyword(
  word,
  'A track_group whose instances go to FAULT when the interface of the route is down.',
);
/** Must stand last, since all that follows belongs to it. */
const nexthops = repeated(nexthop, 'One of several ways there; each begins with the word again.');

const loose = {
  type: keyword(routeType, 'What the route does with packets; unicast sends them on.'),
  to: keyword(destination, 'The destination; the word "to" may stand before it.').required(),
};

interface Unsettled {
  type: string | undefined;
  to: AddressWithPrefix | Anywhere;
  inet: boolean;
  inet6: boolean;
  src: IpAddress | undefined;
  via: IpAddress | undefined;
  or: IpAddress | undefined;
  from: AddressWithPrefix | undefined;
  protocol: number;
  dev: string | undefined;
  expires: unknown;
  pref: unknown;
  no_track: boolean;
  nexthop: readonly Nexthop[];
}

/** What a route is when its words have been understood together. */
export interface RouteSettlement {
  family: IpFamily;
  to: AddressWithPrefix;
}

function settle<L extends Unsettled>(
  line: L,
  context: ParseContext,
): (L & RouteSettlement) | undefined {
  const about = context.subject;
  const family = familyOfLine(line);
  if (family === undefined) {
    return mistake(context, about, 'Cannot mix IPv4 and IPv6 addresses for route');
  }
  if (family === 4) {
    for (const name of ['expires', 'pref'] as const) {
      if (line[name] !== undefined)
        return mistake(context, about, `${name} is only valid for IPv6`);
    }
    if (line.from) {
      const from = line.from.address;
      return mistake(context, about, `route from address only supported with IPv6 (${from})`);
    }
  }
  const to = line.to === 'default' ? DEFAULT[family] : line.to;
  return { ...line, ...tracking(line, to, context), to, family };
}

/** The family that all addresses have; `undefined` where they differ. */
function familyOfLine(line: Unsettled): IpFamily | undefined {
  const addresses = [
    line.src,
    line.via,
    line.or,
    line.from?.address,
    ...line.nexthop.map((hop) => hop.via),
  ];
  if (line.to !== 'default') addresses.push(line.to.address);
  const families = new Set(addresses.flatMap((a) => (a === undefined ? [] : [familyOf(a)])));
  if (line.inet) families.add(4);
  if (line.inet6) families.add(6);
  if (families.size > 1) return undefined;
  const [only] = families;
  return only ?? (line.expires !== undefined || line.pref !== undefined ? 6 : 4);
}

/** A route is recognised by interface and protocol when somebody deletes it. */
function tracking(
  line: Unsettled,
  to: AddressWithPrefix,
  context: ParseContext,
): { no_track: boolean; protocol: number } {
  const { no_track, protocol: by } = line;
  if (no_track) return { no_track, protocol: by };
  if (by !== PROTOCOL_KEEPALIVED) {
    const message = 'Route cannot be tracked if protocol is not keepalived, resetting protocol';
    mistake(context, context.subject, message, 'no_track keeps the protocol');
  }
  if (line.dev === undefined) {
    context.report({
      severity: 'warning',
      class: 'general',
      message: `Warning - cannot track route ${addressWithPrefix.print(to)} with no interface specified, not tracking`,
      hint: 'dev tells the interface, no_track that this is meant',
    });
  }
  return { no_track: line.dev === undefined, protocol: PROTOCOL_KEEPALIVED };
}

const spec = { loose, wholly: true, lacking: 'fatal' } as const;

/** A line of `virtual_routes`. */
export const virtualRoute = optionLine({
  ...spec,
  options: { ...rows, nexthop: nexthops },
  settle,
});

/** A line of `static_routes`. */
export const staticRoute = optionLine({
  ...spec,
  options: { ...rows, track_group: trackGroup, nexthop: nexthops },
  settle,
});

export type VirtualRoute = LineOf<typeof virtualRoute>;
export type StaticRoute = LineOf<typeof staticRoute>;
