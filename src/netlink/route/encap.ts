import { viewOf } from '@keepalived-ts/base/bytes.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Attributes, Payload } from '../attributes.js';
import { present } from './prefix.js';

/** Attributes of <linux/rtnetlink.h> by which a route or next hop tells its tunnel. */
const RTA_ENCAP_TYPE = 21;
const RTA_ENCAP = 22;

/** enum lwtunnel_encap_types of <linux/lwtunnel.h>. */
const LWTUNNEL_ENCAP_MPLS = 1;
const LWTUNNEL_ENCAP_IP = 2;
const LWTUNNEL_ENCAP_ILA = 3;
const LWTUNNEL_ENCAP_IP6 = 4;

/** LWTUNNEL_IP_*, to which LWTUNNEL_IP6_* are equal; <linux/mpls_iptunnel.h>, <linux/ila.h>. */
const LWTUNNEL_IP_ID = 1;
const LWTUNNEL_IP_DST = 2;
const LWTUNNEL_IP_SRC = 3;
const LWTUNNEL_IP_TTL = 4;
const LWTUNNEL_IP_TOS = 5;
const LWTUNNEL_IP_FLAGS = 6;
const MPLS_IPTUNNEL_DST = 1;
const ILA_ATTR_LOCATOR = 1;

/** The header of a tunnel over IP, which the interface it leaves by completes. */
export interface TunnelEncap {
  readonly kind: 'ip' | 'ip6';
  readonly id?: bigint;
  readonly destination?: IpAddress;
  readonly source?: IpAddress;
  /** TTL or hop limit. */
  readonly ttl?: number;
  /** TOS or traffic class. */
  readonly tos?: number;
  readonly flags?: number;
}

/** What a route puts around or into packets (a light-weight tunnel). */
export type Encap =
  | TunnelEncap
  | { readonly kind: 'mpls'; readonly labels: readonly number[] }
  | { readonly kind: 'ila'; readonly locator: bigint };

export function writeEncap(payload: Payload, encap: Encap): void {
  const type = {
    mpls: LWTUNNEL_ENCAP_MPLS,
    ip: LWTUNNEL_ENCAP_IP,
    ila: LWTUNNEL_ENCAP_ILA,
    ip6: LWTUNNEL_ENCAP_IP6,
  }[encap.kind];
  payload.u16(RTA_ENCAP_TYPE, type);
  payload.nest(RTA_ENCAP, (list) => {
    if (encap.kind === 'mpls') list.bytes(MPLS_IPTUNNEL_DST, labelStack(encap.labels));
    else if (encap.kind === 'ila') list.be64(ILA_ATTR_LOCATOR, encap.locator);
    else writeTunnel(list, encap);
  });
}

function writeTunnel(list: Payload, { id, destination, source, ttl, tos, flags }: TunnelEncap) {
  if (id !== undefined) list.be64(LWTUNNEL_IP_ID, id);
  if (destination !== undefined) list.ip(LWTUNNEL_IP_DST, destination);
  if (source !== undefined) list.ip(LWTUNNEL_IP_SRC, source);
  if (ttl !== undefined) list.u8(LWTUNNEL_IP_TTL, ttl);
  if (tos !== undefined) list.u8(LWTUNNEL_IP_TOS, tos);
  if (flags !== undefined) list.be16(LWTUNNEL_IP_FLAGS, flags);
}

/** Undefined also for a kind that we do not know. */
export function parseEncap(a: Attributes): Encap | undefined {
  const list = a.nested(RTA_ENCAP);
  const type = a.u16(RTA_ENCAP_TYPE);
  if (list === undefined) return undefined;
  switch (type) {
    case LWTUNNEL_ENCAP_MPLS:
      return { kind: 'mpls', labels: labelsOf(list.bytes(MPLS_IPTUNNEL_DST)) };
    case LWTUNNEL_ENCAP_ILA:
      return { kind: 'ila', locator: list.be64(ILA_ATTR_LOCATOR) ?? 0n };
    case LWTUNNEL_ENCAP_IP:
    case LWTUNNEL_ENCAP_IP6:
      return present<TunnelEncap>({
        kind: type === LWTUNNEL_ENCAP_IP ? 'ip' : 'ip6',
        id: list.be64(LWTUNNEL_IP_ID),
        destination: list.ip(LWTUNNEL_IP_DST),
        source: list.ip(LWTUNNEL_IP_SRC),
        ttl: list.u8(LWTUNNEL_IP_TTL),
        tos: list.u8(LWTUNNEL_IP_TOS),
        flags: list.be16(LWTUNNEL_IP_FLAGS),
      });
    default:
      return undefined;
  }
}

/** Entries of RFC 3032 §2.1: 20 bits of label; bit 8 marks the bottom of the stack. */
function labelStack(labels: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * labels.length);
  const view = viewOf(bytes);
  labels.forEach((label, i) => {
    const bottom = i === labels.length - 1 ? 0x100 : 0;
    view.setUint32(4 * i, ((label << 12) | bottom) >>> 0);
  });
  return bytes;
}

function labelsOf(bytes: Uint8Array | undefined): number[] {
  if (bytes === undefined) return [];
  const view = viewOf(bytes);
  return Array.from({ length: bytes.length >> 2 }, (_, i) => view.getUint32(4 * i) >>> 12);
}
