import { viewOf } from '@keepalived-ts/base/bytes.js';
import type { IpAddress, IpFamily } from '@keepalived-ts/base/ip.js';
import { Attributes, HOST_LITTLE_ENDIAN, Malformed, Payload } from '../attributes.js';
import {
  NLM_F_CREATE,
  NLM_F_EXCL,
  NLM_F_REPLACE,
  RTM_DELNEIGH,
  RTM_GETNEIGH,
  RTM_NEWNEIGH,
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

/** Attributes, states and flags of <linux/neighbour.h>. */
const NDA_DST = 1;
const NDA_LLADDR = 2;
const NDA_PROBES = 4;
const NDA_IFINDEX = 8;
const NDA_PROTOCOL = 12;

export const NUD_INCOMPLETE = 0x01;
export const NUD_REACHABLE = 0x02;
export const NUD_STALE = 0x04;
export const NUD_DELAY = 0x08;
export const NUD_PROBE = 0x10;
export const NUD_FAILED = 0x20;
export const NUD_NOARP = 0x40;
export const NUD_PERMANENT = 0x80;

export const NTF_PROXY = 0x08;
export const NTF_ROUTER = 0x80;

/** An entry of the ARP or neighbour-discovery table. */
export interface Neighbour {
  /** The interface's number. */
  readonly index: number;
  readonly ip: IpAddress;
  /** NUD_*. */
  readonly state: number;
  /** Missing while it is asked for. */
  readonly mac?: Uint8Array;
  /** NTF_*: NTF_PROXY is an address we answer for. */
  readonly flags?: number;
  /** RTN_*: what kind of address the kernel takes it for. */
  readonly type?: number;
  readonly probes?: number;
  /** RTPROT_*: who made it. */
  readonly protocol?: number;
}

export type NeighbourKey = Pick<Neighbour, 'index' | 'ip' | 'flags'>;

/** Adds an entry. `replace` also changes one that is there. */
export function newNeighbour(entry: Neighbour, options: { replace?: boolean } = {}): Request {
  const payload = body(entry, entry.state, entry.type ?? 0);
  if (entry.mac !== undefined) payload.bytes(NDA_LLADDR, entry.mac);
  if (entry.probes !== undefined) payload.u32(NDA_PROBES, entry.probes);
  if (entry.protocol !== undefined) payload.u8(NDA_PROTOCOL, entry.protocol);
  const flags = NLM_F_CREATE | (options.replace ? NLM_F_REPLACE : NLM_F_EXCL);
  const operation = `add neighbour ${entry.ip} on interface ${entry.index}`;
  return { operation, type: RTM_NEWNEIGH, flags, payload: payload.finish() };
}

export function delNeighbour(key: NeighbourKey): Request {
  const operation = `remove neighbour ${key.ip} on interface ${key.index}`;
  return { operation, type: RTM_DELNEIGH, flags: 0, payload: body(key, 0, 0).finish() };
}

/** The tables of one family or of both, or of one interface; `proxies` are a table of their own. */
export function dumpNeighbours(
  only: { family?: IpFamily; index?: number; proxies?: boolean } = {},
): Request {
  const payload = new Payload(12, (view) => {
    view.setUint8(0, only.family === undefined ? AF_UNSPEC : numberOf(only.family));
    view.setUint8(10, only.proxies ? NTF_PROXY : 0);
  });
  if (only.index !== undefined) payload.u32(NDA_IFINDEX, only.index);
  return { operation: 'list neighbours', type: RTM_GETNEIGH, flags: 0, payload: payload.finish() };
}

/** RTM_NEWNEIGH or RTM_DELNEIGH as a value; forwarding entries of bridges are not meant. */
export function parseNeighbour(message: Message): Parsed<Neighbour> {
  if (message.type !== RTM_NEWNEIGH && message.type !== RTM_DELNEIGH) return undefined;
  const { payload } = message;
  if (payload.length < 12) return new Malformed('short-header');
  const view = viewOf(payload);
  const family = view.getUint8(0);
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  const a = Attributes.parse(payload, 12);
  if (a instanceof Malformed) return a;
  const ip = a.ip(NDA_DST);
  if (ip === undefined || familyNumber(ip) !== family) return new Malformed('address-missing');
  return present<Neighbour>({
    index: view.getUint32(4, HOST_LITTLE_ENDIAN),
    ip,
    state: view.getUint16(8, HOST_LITTLE_ENDIAN),
    mac: a.bytes(NDA_LLADDR)?.slice(),
    flags: view.getUint8(10) || undefined,
    type: view.getUint8(11) || undefined,
    probes: a.u32(NDA_PROBES),
    protocol: a.u8(NDA_PROTOCOL),
  });
}

/**
 *     offset  size  field (struct ndmsg)
 *     0       1     family
 *     4       4     interface
 *     8       2     state
 *     10      1     flags
 *     11      1     type
 */
function body({ ip, index, flags }: NeighbourKey, state: number, type: number): Payload {
  const payload = new Payload(12, (view) => {
    view.setUint8(0, familyNumber(ip));
    view.setUint32(4, index, HOST_LITTLE_ENDIAN);
    view.setUint16(8, state, HOST_LITTLE_ENDIAN);
    view.setUint8(10, flags ?? 0);
    view.setUint8(11, type);
  });
  return payload.ip(NDA_DST, ip);
}
