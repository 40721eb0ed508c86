import { viewOf } from '@keepalived-ts/base/bytes.js';
import type { IpAddress, IpFamily } from '@keepalived-ts/base/ip.js';
import { type Duration, seconds, toSeconds } from '@keepalived-ts/base/time.js';
import { Attributes, HOST_LITTLE_ENDIAN, Malformed, Payload } from '../attributes.js';
import {
  NLM_F_CREATE,
  NLM_F_EXCL,
  NLM_F_REPLACE,
  RTM_DELADDR,
  RTM_GETADDR,
  RTM_NEWADDR,
} from '../constants.js';
import type { Message, Request } from '../message.js';
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  familyNumber,
  numberOf,
  type Parsed,
  present,
} from './prefix.js';

/** Attributes and flags of <linux/if_addr.h>. */
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_LABEL = 3;
const IFA_BROADCAST = 4;
const IFA_CACHEINFO = 6;
const IFA_FLAGS = 8;
const IFA_RT_PRIORITY = 9;
const IFA_PROTO = 11;

export const IFA_F_SECONDARY = 0x01;
export const IFA_F_NODAD = 0x02;
export const IFA_F_OPTIMISTIC = 0x04;
export const IFA_F_DADFAILED = 0x08;
export const IFA_F_HOMEADDRESS = 0x10;
export const IFA_F_DEPRECATED = 0x20;
export const IFA_F_TENTATIVE = 0x40;
export const IFA_F_PERMANENT = 0x80;
export const IFA_F_MANAGETEMPADDR = 0x100;
export const IFA_F_NOPREFIXROUTE = 0x200;
export const IFA_F_MCAUTOJOIN = 0x400;

/** Scopes of <linux/rtnetlink.h>, for addresses and routes. */
export const RT_SCOPE_UNIVERSE = 0;
export const RT_SCOPE_SITE = 200;
export const RT_SCOPE_LINK = 253;
export const RT_SCOPE_HOST = 254;
export const RT_SCOPE_NOWHERE = 255;

/** An address on an interface. */
export interface Address {
  /** The interface's number. */
  readonly index: number;
  readonly ip: IpAddress;
  readonly prefixLength: number;
  readonly scope: number;
  /** IFA_F_*; the kernel adds some of its own. */
  readonly flags: number;
  /** The other end of a point-to-point link. */
  readonly peer?: IpAddress;
  readonly broadcast?: IpAddress;
  /** IPv4 only: the interface's name, or that and `:something`. */
  readonly label?: string;
  /** How long it is used for new connections, and how long at all; undefined: forever. */
  readonly preferredFor?: Duration;
  readonly validFor?: Duration;
  /** The metric of the route to its prefix. */
  readonly metric?: number;
  /** Who added it (IFAPROT_*, since Linux 5.18); older kernels forget it. */
  readonly protocol?: number;
}

/** What tells one address of an interface from another. */
export type AddressKey = Pick<Address, 'index' | 'ip' | 'prefixLength' | 'peer' | 'label'>;

const forever = 0xffffffff;

/**
 * Adds an address.
 *
 * `replace` also succeeds when it is there, and changes its flags and lifetimes; without it the
 * kernel answers EEXIST.
 */
export function newAddress(address: Address, options: { replace?: boolean } = {}): Request {
  const payload = key(address, address.flags, address.scope);
  if (address.broadcast !== undefined) payload.ip(IFA_BROADCAST, address.broadcast);
  if (address.flags > 0xff) payload.u32(IFA_FLAGS, address.flags);
  if (address.preferredFor !== undefined || address.validFor !== undefined) {
    payload.bytes(IFA_CACHEINFO, cacheInfo(address));
  }
  if (address.metric !== undefined) payload.u32(IFA_RT_PRIORITY, address.metric);
  if (address.protocol !== undefined) payload.u8(IFA_PROTO, address.protocol);
  const mode = options.replace ? NLM_F_REPLACE : NLM_F_EXCL;
  return request('add', RTM_NEWADDR, NLM_F_CREATE | mode, address, payload);
}

/** Removes an address. A label, if given, must fit; so must the peer. */
export function delAddress(address: AddressKey): Request {
  return request('remove', RTM_DELADDR, 0, address, key(address, 0, 0));
}

/** All addresses, those of one family, or (Linux 4.20) those of one interface. */
export function dumpAddresses(only: { family?: IpFamily; index?: number } = {}): Request {
  const family = only.family === undefined ? AF_UNSPEC : numberOf(only.family);
  const payload = header(family, 0, 0, 0, only.index ?? 0).finish();
  return { operation: 'list addresses', type: RTM_GETADDR, flags: 0, payload };
}

/** RTM_NEWADDR or RTM_DELADDR as a value. */
export function parseAddress(message: Message): Parsed<Address> {
  if (message.type !== RTM_NEWADDR && message.type !== RTM_DELADDR) return undefined;
  const { payload } = message;
  if (payload.length < 8) return new Malformed('short-header');
  const view = viewOf(payload);
  const family = view.getUint8(0);
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  const a = Attributes.parse(payload, 8);
  if (a instanceof Malformed) return a;
  const far = a.ip(IFA_ADDRESS);
  const ip = a.ip(IFA_LOCAL) ?? far;
  if (ip === undefined || familyNumber(ip) !== family) return new Malformed('address-missing');
  return present<Address>({
    index: view.getUint32(4, HOST_LITTLE_ENDIAN),
    ip,
    prefixLength: view.getUint8(1),
    scope: view.getUint8(3),
    flags: a.u32(IFA_FLAGS) ?? view.getUint8(2),
    peer: far !== undefined && far !== ip && familyNumber(far) === family ? far : undefined,
    broadcast: a.ip(IFA_BROADCAST),
    label: a.text(IFA_LABEL),
    ...lifetimes(a.bytes(IFA_CACHEINFO, 8)),
    metric: a.u32(IFA_RT_PRIORITY),
    protocol: a.u8(IFA_PROTO),
  });
}

/** `10.0.0.1/24`, or `10.0.0.1 peer 10.0.0.2/32`, as ip-address(8) writes it. */
export const printAddress = ({ ip, peer, prefixLength }: AddressKey): string =>
  `${ip}${peer === undefined ? '' : ` peer ${peer}`}/${prefixLength}`;

function request(
  verb: string,
  type: number,
  flags: number,
  address: AddressKey,
  payload: Payload,
): Request {
  const operation = `${verb} address ${printAddress(address)} on interface ${address.index}`;
  return { operation, type, flags, payload: payload.finish() };
}

/** IFA_LOCAL is the address itself, IFA_ADDRESS the peer's or, without one, the same again. */
function key(address: AddressKey, flags: number, scope: number): Payload {
  const { ip, peer, label, prefixLength, index } = address;
  const payload = header(familyNumber(ip), prefixLength, flags & 0xff, scope, index);
  payload.ip(IFA_LOCAL, ip).ip(IFA_ADDRESS, peer ?? ip);
  if (label !== undefined) payload.text(IFA_LABEL, label);
  return payload;
}

/**
 *     offset  size  field (struct ifaddrmsg)
 *     0       1     family
 *     1       1     prefix length
 *     2       1     the lower eight flags
 *     3       1     scope
 *     4       4     interface
 */
function header(
  family: number,
  prefixLength: number,
  flags: number,
  scope: number,
  index: number,
): Payload {
  return new Payload(8, (view) => {
    view.setUint8(0, family);
    view.setUint8(1, prefixLength);
    view.setUint8(2, flags);
    view.setUint8(3, scope);
    view.setUint32(4, index, HOST_LITTLE_ENDIAN);
  });
}

/** struct ifa_cacheinfo: preferred and valid lifetime in seconds, then two stamps we leave 0. */
function cacheInfo({ preferredFor, validFor }: Address): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, wireSeconds(preferredFor ?? validFor), HOST_LITTLE_ENDIAN);
  view.setUint32(4, wireSeconds(validFor), HOST_LITTLE_ENDIAN);
  return bytes;
}

const wireSeconds = (duration: Duration | undefined): number =>
  duration === undefined ? forever : Math.min(Math.ceil(toSeconds(duration)), forever - 1);

function lifetimes(bytes: Uint8Array | undefined): Pick<Address, 'preferredFor' | 'validFor'> {
  if (bytes === undefined) return {};
  const view = viewOf(bytes);
  const at = (offset: number): Duration | undefined => {
    const value = view.getUint32(offset, HOST_LITTLE_ENDIAN);
    return value === forever ? undefined : seconds(value);
  };
  return { preferredFor: at(0), validFor: at(4) };
}
