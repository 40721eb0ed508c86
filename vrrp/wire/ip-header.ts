import { internetChecksum, viewOf } from '@keepalived-ts/base/bytes.js';
import { type IpAddress, ipBytes, ipFromBytes } from '@keepalived-ts/base/ip.js';

export const IPPROTO_VRRP = 112;
export const VRRP_TTL = 255;
/** Internetwork control, as routing protocols mark their packets (RFC 791 §3.1). */
const TOS_INTERNETCONTROL = 0xc0;
const HEADER = 20;

/** An IPv4 packet as far as VRRP is concerned. */
export interface Ipv4Packet {
  totalLength: number;
  id: number;
  ttl: number;
  protocol: number;
  source: IpAddress;
  destination: IpAddress;
  isMulticast: boolean;
  payload: Uint8Array;
}

/**
 * Reads an IPv4 header (RFC 791 §3.1); `undefined` when it is cut off or of another version.
 *
 * | offset | size | field |
 * | --- | --- | --- |
 * | 0 | 1 | version (4), header length in 32-bit words |
 * | 1 | 1 | type of service |
 * | 2 | 2 | total length |
 * | 4 | 2 | identification |
 * | 6 | 2 | flags, fragment offset |
 * | 8 | 1 | TTL |
 * | 9 | 1 | protocol |
 * | 10 | 2 | header checksum; the kernel has verified it |
 * | 12 | 4 | source |
 * | 16 | 4 | destination |
 * | 20 | | options up to the header length |
 */
export function decodeIpv4(bytes: Uint8Array): Ipv4Packet | undefined {
  const header = ((bytes[0] ?? 0) & 0x0f) * 4;
  if (bytes.length < HEADER || header < HEADER || bytes.length < header) return undefined;
  if ((bytes[0] ?? 0) >> 4 !== 4) return undefined;
  const view = viewOf(bytes);
  return {
    totalLength: view.getUint16(2),
    id: view.getUint16(4),
    ttl: view.getUint8(8),
    protocol: view.getUint8(9),
    source: ipFromBytes(bytes.subarray(12, 16)),
    destination: ipFromBytes(bytes.subarray(16, 20)),
    isMulticast: (view.getUint8(16) & 0xf0) === 0xe0,
    payload: bytes.subarray(header),
  };
}

/** Puts the IPv4 header of an advert before it: no options, no fragments, TTL 255. */
export function encodeIpv4(
  header: { source: IpAddress; destination: IpAddress; id: number },
  payload: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(HEADER + payload.length);
  const view = viewOf(bytes);
  view.setUint8(0, 0x45);
  view.setUint8(1, TOS_INTERNETCONTROL);
  view.setUint16(2, bytes.length);
  view.setUint16(4, header.id);
  view.setUint8(8, VRRP_TTL);
  view.setUint8(9, IPPROTO_VRRP);
  bytes.set(ipBytes(header.source), 12);
  bytes.set(ipBytes(header.destination), 16);
  view.setUint16(10, internetChecksum(bytes.subarray(0, HEADER)));
  bytes.set(payload, HEADER);
  return bytes;
}

/** The identification after `id`: 0 is skipped, the kernel would put its own there. */
export const nextId = (id: number): number => (id >= 0xffff ? 1 : id + 1);
