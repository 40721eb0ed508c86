import { viewOf } from '@keepalived-ts/base/bytes.js';
import {
  familyOf,
  type IpAddress,
  type IpFamily,
  ipBytes,
  ipFromBytes,
} from '@keepalived-ts/base/ip.js';
import { Attributes, aligned, HOST_LITTLE_ENDIAN, Malformed, Payload } from '../attributes.js';
import { type Encap, parseEncap, writeEncap } from './encap.js';
import { AF_INET, AF_INET6, familyNumber, present } from './prefix.js';

/** Attributes of <linux/rtnetlink.h> that routes and their next hops share. */
const RTA_GATEWAY = 5;
const RTA_FLOW = 11;
const RTA_VIA = 18;

/** One of several ways a route goes. */
export interface Nexthop {
  readonly output?: number;
  readonly gateway?: IpAddress;
  /** Its share, 1 to 256. */
  readonly weight: number;
  readonly flags?: number;
  readonly realm?: number;
  readonly encap?: Encap;
}

/** What RTA_METRICS may hold (RTAX_* of <linux/rtnetlink.h>), by number from 1 on. */
const metricNames = [
  'lock',
  'mtu',
  'window',
  'rtt',
  'rttvar',
  'ssthresh',
  'cwnd',
  'advmss',
  'reordering',
  'hoplimit',
  'initcwnd',
  'features',
  'rtoMin',
  'initrwnd',
  'quickack',
] as const;
const RTAX_CC_ALGO = 16;
const RTAX_FASTOPEN_NO_COOKIE = 17;

/** TCP's settings for a route. `lock` is the set of metrics (bit = number) that stay as they are. */
export type RouteMetrics = { readonly [K in (typeof metricNames)[number]]?: number } & {
  readonly congestion?: string;
  readonly fastopenNoCookie?: number;
};

export function parseMetrics(list: Attributes): RouteMetrics {
  const values = metricNames.map((name, i) => [name, list.u32(i + 1)] as const);
  return present({
    ...Object.fromEntries(values),
    congestion: list.text(RTAX_CC_ALGO),
    fastopenNoCookie: list.u32(RTAX_FASTOPEN_NO_COOKIE),
  });
}

export function writeMetrics(payload: Payload, type: number, metrics: RouteMetrics): void {
  payload.nest(type, (list) => {
    for (const [i, name] of metricNames.entries()) {
      const value = metrics[name];
      if (value !== undefined) list.u32(i + 1, value);
    }
    if (metrics.congestion !== undefined) list.text(RTAX_CC_ALGO, metrics.congestion);
    const cookie = metrics.fastopenNoCookie;
    if (cookie !== undefined) list.u32(RTAX_FASTOPEN_NO_COOKIE, cookie);
  });
}

/** RTA_GATEWAY, or RTA_VIA (struct rtvia: family, address) for one of the other family. */
export function parseGateway(a: Attributes): IpAddress | undefined {
  const via = a.bytes(RTA_VIA, 2);
  if (via === undefined) return a.ip(RTA_GATEWAY);
  const family = viewOf(via).getUint16(0, HOST_LITTLE_ENDIAN);
  const length = { [AF_INET]: 4, [AF_INET6]: 16 }[family];
  if (length === undefined || via.length < 2 + length) return undefined;
  return ipFromBytes(via.subarray(2, 2 + length));
}

export function writeGateway(payload: Payload, family: IpFamily, gateway: IpAddress): void {
  const address = ipBytes(gateway);
  if (familyOf(gateway) === family) {
    payload.bytes(RTA_GATEWAY, address);
    return;
  }
  const via = new Uint8Array(2 + address.length);
  viewOf(via).setUint16(0, familyNumber(gateway), HOST_LITTLE_ENDIAN);
  via.set(address, 2);
  payload.bytes(RTA_VIA, via);
}

/**
 * The value of RTA_MULTIPATH, one after the other:
 *
 *     offset  size  field (struct rtnexthop)
 *     0       2     length with its attributes
 *     2       1     flags
 *     3       1     weight minus one
 *     4       4     interface, 0 for none
 *     8       ...   attributes
 */
export function parseNexthops(bytes: Uint8Array): Nexthop[] {
  const view = viewOf(bytes);
  const hops: Nexthop[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = view.getUint16(at, HOST_LITTLE_ENDIAN);
    if (length < 8 || at + length > bytes.length) break;
    const a = Attributes.parse(bytes.subarray(at, at + length), 8);
    if (a instanceof Malformed) break;
    const hop: Nexthop = {
      weight: view.getUint8(at + 3) + 1,
      output: view.getInt32(at + 4, HOST_LITTLE_ENDIAN) || undefined,
      flags: view.getUint8(at + 2) || undefined,
      gateway: parseGateway(a),
      realm: a.u32(RTA_FLOW),
      encap: parseEncap(a),
    };
    hops.push(present(hop));
    at += aligned(length);
  }
  return hops;
}

export function writeNexthops(family: IpFamily, hops: readonly Nexthop[]): Uint8Array {
  const parts = hops.map(({ output, gateway, weight, flags, realm, encap }) => {
    const part = new Payload(8, (view) => {
      view.setUint8(2, flags ?? 0);
      view.setUint8(3, weight - 1);
      view.setInt32(4, output ?? 0, HOST_LITTLE_ENDIAN);
    });
    if (gateway !== undefined) writeGateway(part, family, gateway);
    if (realm !== undefined) part.u32(RTA_FLOW, realm);
    if (encap !== undefined) writeEncap(part, encap);
    const bytes = part.finish();
    viewOf(bytes).setUint16(0, bytes.length, HOST_LITTLE_ENDIAN);
    return bytes;
  });
  return Buffer.concat(parts);
}
