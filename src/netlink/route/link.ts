import { viewOf } from '@keepalived-ts/base/bytes.js';
import { Attributes, HOST_LITTLE_ENDIAN, Malformed, Payload } from '../attributes.js';
import {
  NLM_F_CREATE,
  NLM_F_EXCL,
  RTM_DELLINK,
  RTM_GETLINK,
  RTM_NEWLINK,
  RTM_SETLINK,
} from '../constants.js';
import type { Message, Request } from '../message.js';
import { type LinkKind, parseKind, writeKind } from './link-kind.js';
import { AF_INET, AF_INET6, AF_UNSPEC, type Parsed, present } from './prefix.js';

/** Attributes of <linux/if_link.h>. */
const IFLA_ADDRESS = 1;
const IFLA_BROADCAST = 2;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_LINK = 5;
const IFLA_MASTER = 10;
const IFLA_OPERSTATE = 16;
const IFLA_LINKINFO = 18;
const IFLA_INFO_SLAVE_KIND = 4;
const IFLA_IFALIAS = 20;
const IFLA_AF_SPEC = 26;
const IFLA_GROUP = 27;
const IFLA_EXT_MASK = 29;
const IFLA_CARRIER = 33;
const IFLA_LINK_NETNSID = 37;

const RTEXT_FILTER_SKIP_STATS = 1 << 3;

const IFLA_INET_CONF = 1;
const IFLA_INET6_CONF = 2;
const IFLA_INET6_ADDR_GEN_MODE = 8;

/** Flags of <linux/if.h>. */
export const IFF_UP = 0x1;
export const IFF_BROADCAST = 0x2;
export const IFF_LOOPBACK = 0x8;
export const IFF_POINTOPOINT = 0x10;
export const IFF_RUNNING = 0x40;
export const IFF_NOARP = 0x80;
export const IFF_MULTICAST = 0x1000;
export const IFF_LOWER_UP = 0x10000;

/** Numbers of <linux/ip.h>; `Link.inet` has them one lower, `settingOf` knows. */
export const IPV4_DEVCONF_RP_FILTER = 8;
export const IPV4_DEVCONF_ARPFILTER = 13;
export const IPV4_DEVCONF_ARP_IGNORE = 19;
export const IPV4_DEVCONF_PROMOTE_SECONDARIES = 20;
export const IPV4_DEVCONF_ACCEPT_LOCAL = 23;

/** enum in6_addr_gen_mode: whether and how the kernel makes link-local addresses. */
export const IN6_ADDR_GEN_MODE_EUI64 = 0;
export const IN6_ADDR_GEN_MODE_NONE = 1;

/** RFC 2863's states, by their number in <linux/if.h>. */
const operStates = [
  'unknown',
  'not-present',
  'down',
  'lower-layer-down',
  'testing',
  'dormant',
  'up',
] as const;
export type OperState = (typeof operStates)[number];

/** A network interface. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** ARPHRD_* of <linux/if_arp.h>: 1 Ethernet, 772 loopback. */
  readonly hardware: number;
  /** IFF_*. */
  readonly flags: number;
  readonly mtu: number;
  readonly operState: OperState;
  /** Link-layer address; its length depends on the hardware. */
  readonly mac?: Uint8Array;
  readonly macBroadcast?: Uint8Array;
  readonly carrier?: boolean;
  /** The bridge, bond or VRF it is a port of. */
  readonly master?: number;
  /** What its master is: `bridge`, `bond`, `vrf`... */
  readonly portOf?: string;
  /** What it stands on: the parent of a macvlan or VLAN, the other end of a veth. */
  readonly base?: number;
  /** The base is in the network namespace with this id, not in ours. */
  readonly baseNamespace?: number;
  readonly kind?: LinkKind;
  readonly alias?: string;
  /** The number of its group, as in `ip link`; 0 is the default one. */
  readonly group?: number;
  /** Per-interface settings, indexed as IPV4_DEVCONF_* minus one (<linux/ip.h>). */
  readonly inet?: readonly number[];
  /** Per-interface settings, indexed as DEVCONF_* (<linux/ipv6.h>). */
  readonly inet6?: { readonly conf: readonly number[]; readonly addrGenMode?: number };
}

/** Administratively up with a carrier: what VRRP calls an interface that works. */
export const isUp = (link: Link): boolean =>
  (link.flags & IFF_UP) !== 0 && (link.flags & IFF_LOWER_UP) !== 0;

/** A setting of IPv4, by its IPV4_DEVCONF_* number; undefined where the kernel has not told. */
export const settingOf = (link: Link, number: number): number | undefined =>
  link.inet?.[number - 1];

/** Up, and not known to be of no use: what `ip link` shows as RUNNING. */
export const isRunning = ({ flags }: Link): boolean =>
  (flags & IFF_UP) !== 0 && (flags & IFF_RUNNING) !== 0;

/** What can be set at creation or changed later. */
export interface LinkSettings {
  readonly name?: string;
  readonly up?: boolean;
  readonly mtu?: number;
  readonly mac?: Uint8Array;
  /** 0 takes it out of its master. */
  readonly master?: number;
  readonly alias?: string;
  readonly group?: number;
  /** IN6_ADDR_GEN_MODE_*, in a request before the one that sets it up. */
  readonly addrGenMode?: number;
  /** Settings of IPv4 by their IPV4_DEVCONF_* number, those of /proc/sys/net/ipv4/conf. */
  readonly inet?: Readonly<Record<number, number>>;
}

/** The kernel takes no settings of IPv4 and IPv6 at creation. */
export interface NewLink extends Omit<LinkSettings, 'addrGenMode' | 'inet'> {
  readonly name: string;
  readonly kind: LinkKind;
  readonly base?: number;
}

/** Creates an interface. */
export function newLink(link: NewLink): Request {
  const payload = settings(header(0, link.up), link);
  if (link.base !== undefined) payload.u32(IFLA_LINK, link.base);
  payload.nest(IFLA_LINKINFO, (info) => writeKind(info, link.kind));
  const operation = `create ${link.kind.name} interface ${link.name}`;
  const flags = NLM_F_CREATE | NLM_F_EXCL;
  return { operation, type: RTM_NEWLINK, flags, payload: payload.finish() };
}

/** Changes an interface; fields left out stay as they are. */
export function setLink(index: number, change: LinkSettings): Request {
  const payload = settings(header(index, change.up), change).finish();
  return { operation: `change interface ${index}`, type: RTM_SETLINK, flags: 0, payload };
}

/** Deletes an interface. */
export function delLink(index: number): Request {
  const payload = header(index).finish();
  return { operation: `delete interface ${index}`, type: RTM_DELLINK, flags: 0, payload };
}

/** Asks for one interface by number or name. */
export function getLink(which: number | string): Request {
  const payload = header(typeof which === 'number' ? which : 0);
  if (typeof which === 'string') payload.text(IFLA_IFNAME, which);
  payload.u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
  const operation = `look up interface ${which}`;
  return { operation, type: RTM_GETLINK, flags: 0, payload: payload.finish() };
}

/** All interfaces of the namespace. Counters are left out: they cost more than all the rest. */
export function dumpLinks(): Request {
  const payload = header(0).u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS).finish();
  return { operation: 'list interfaces', type: RTM_GETLINK, flags: 0, payload };
}

/**
 * RTM_NEWLINK or RTM_DELLINK as a value.
 *
 * Messages with an address family tell of bridge ports and IPv6 settings: a DELLINK of AF_BRIDGE
 * means that a port left its bridge, not that it is gone. They are nobody's business here.
 */
export function parseLink(message: Message): Parsed<Link> {
  if (message.type !== RTM_NEWLINK && message.type !== RTM_DELLINK) return undefined;
  const { payload } = message;
  if (payload.length < 16) return new Malformed('short-header');
  const view = viewOf(payload);
  if (view.getUint8(0) !== AF_UNSPEC) return undefined;
  const a = Attributes.parse(payload, 16);
  if (a instanceof Malformed) return a;
  const name = a.text(IFLA_IFNAME);
  if (name === undefined) return new Malformed('name-missing');
  const info = a.nested(IFLA_LINKINFO);
  const carrier = a.u8(IFLA_CARRIER);
  return present<Link>({
    index: view.getUint32(4, HOST_LITTLE_ENDIAN),
    name,
    hardware: view.getUint16(2, HOST_LITTLE_ENDIAN),
    flags: view.getUint32(8, HOST_LITTLE_ENDIAN),
    mtu: a.u32(IFLA_MTU) ?? 0,
    operState: operStates[a.u8(IFLA_OPERSTATE) ?? 0] ?? 'unknown',
    mac: a.bytes(IFLA_ADDRESS)?.slice(),
    macBroadcast: a.bytes(IFLA_BROADCAST)?.slice(),
    carrier: carrier === undefined ? undefined : carrier !== 0,
    master: a.u32(IFLA_MASTER),
    base: a.u32(IFLA_LINK),
    baseNamespace: a.s32(IFLA_LINK_NETNSID),
    kind: parseKind(info),
    portOf: info?.text(IFLA_INFO_SLAVE_KIND),
    alias: a.text(IFLA_IFALIAS),
    group: a.u32(IFLA_GROUP),
    ...families(a.nested(IFLA_AF_SPEC)),
  });
}

function families(spec: Attributes | undefined): Pick<Link, 'inet' | 'inet6'> {
  const inet = spec?.nested(AF_INET)?.bytes(IFLA_INET_CONF);
  const six = spec?.nested(AF_INET6);
  const conf = six?.bytes(IFLA_INET6_CONF);
  return {
    inet: inet && words(inet),
    inet6: conf && present({ conf: words(conf), addrGenMode: six?.u8(IFLA_INET6_ADDR_GEN_MODE) }),
  };
}

function words(bytes: Uint8Array): number[] {
  const view = viewOf(bytes);
  const length = bytes.length >> 2;
  return Array.from({ length }, (_, i) => view.getInt32(4 * i, HOST_LITTLE_ENDIAN));
}

/**
 *     offset  size  field (struct ifinfomsg)
 *     0       1     family, 0
 *     2       2     hardware type
 *     4       4     index, 0 for a new one
 *     8       4     flags
 *     12      4     which of the flags shall change
 */
function header(index: number, up?: boolean): Payload {
  return new Payload(16, (view) => {
    view.setInt32(4, index, HOST_LITTLE_ENDIAN);
    if (up === undefined) return;
    view.setUint32(8, up ? IFF_UP : 0, HOST_LITTLE_ENDIAN);
    view.setUint32(12, IFF_UP, HOST_LITTLE_ENDIAN);
  });
}

const numbers = (values: Readonly<Record<number, number>>) => (list: Payload) => {
  for (const [number, value] of Object.entries(values)) list.u32(Number(number), value);
};

function settings(payload: Payload, change: LinkSettings): Payload {
  if (change.name !== undefined) payload.text(IFLA_IFNAME, change.name);
  if (change.mtu !== undefined) payload.u32(IFLA_MTU, change.mtu);
  if (change.mac !== undefined) payload.bytes(IFLA_ADDRESS, change.mac);
  if (change.master !== undefined) payload.u32(IFLA_MASTER, change.master);
  if (change.alias !== undefined) payload.text(IFLA_IFALIAS, change.alias);
  if (change.group !== undefined) payload.u32(IFLA_GROUP, change.group);
  const { addrGenMode, inet } = change;
  if (addrGenMode === undefined && inet === undefined) return payload;
  return payload.nest(IFLA_AF_SPEC, (spec) => {
    if (inet !== undefined) spec.nest(AF_INET, (four) => four.nest(IFLA_INET_CONF, numbers(inet)));
    if (addrGenMode !== undefined) {
      spec.nest(AF_INET6, (six) => six.u8(IFLA_INET6_ADDR_GEN_MODE, addrGenMode));
    }
  });
}
