import { internetChecksum, viewOf } from '@keepalived-ts/base/bytes.js';
import { type IpAddress, type IpFamily, ipBytes, ipFromBytes } from '@keepalived-ts/base/ip.js';

/** TTL and hop limit of multicast adverts: none came through a router (RFC 9568 §5.1.1.3). */
export const VRRP_TTL = 255;
/** Internetwork control, as routing protocols mark their packets (RFC 791 §3.1). */
const TOS_INTERNETCONTROL = 0xc0;
const HEADER = 20;
const HEADER6 = 40;

/** An IP packet as far as VRRP is concerned. */
export interface IpPacket {
  family: IpFamily;
  /** Of header and payload. */
  totalLength: number;
  /** IPv4 only. */
  id: number;
  /** TTL or hop limit. */
  ttl: number;
  protocol: number;
  source: IpAddress;
  destination: IpAddress;
  isMulticast: boolean;
  payload: Uint8Array;
}

/** Reads a packet of either family; `undefined` when its header is cut off. */
export const decodeIp = (bytes: Uint8Array): IpPacket | undefined =>
  (bytes[0] ?? 0) >> 4 === 6 ? decodeIpv6(bytes) : decodeIpv4(bytes);

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
export function decodeIpv4(bytes: Uint8Array): IpPacket | undefined {
  const header = ((bytes[0] ?? 0) & 0x0f) * 4;
  if (bytes.length < HEADER || header < HEADER || bytes.length < header) return undefined;
  if ((bytes[0] ?? 0) >> 4 !== 4) return undefined;
  const view = viewOf(bytes);
  return {
    family: 4,
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

/**
 * Reads an IPv6 header (RFC 8200 §3); `undefined` when it is cut off.
 *
 * | offset | size | field |
 * | --- | --- | --- |
 * | 0 | 4 | version (6), traffic class, flow label |
 * | 4 | 2 | payload length |
 * | 6 | 1 | next header |
 * | 7 | 1 | hop limit |
 * | 8 | 16 | source |
 * | 24 | 16 | destination |
 */
function decodeIpv6(bytes: Uint8Array): IpPacket | undefined {
  if (bytes.length < HEADER6) return undefined;
  const view = viewOf(bytes);
  return {
    family: 6,
    totalLength: HEADER6 + view.getUint16(4),
    id: 0,
    ttl: view.getUint8(7),
    protocol: view.getUint8(6),
    source: ipFromBytes(bytes.subarray(8, 24)),
    destination: ipFromBytes(bytes.subarray(24, 40)),
    isMulticast: view.getUint8(24) === 0xff,
    payload: bytes.subarray(HEADER6),
  };
}

/** What an IP header says that the payload does not. */
export interface IpHeader {
  source: IpAddress;
  destination: IpAddress;
  ttl: number;
  protocol: number;
}

/** Puts an IPv4 header before an advert: no options, no fragments. */
export function encodeIpv4(header: IpHeader & { id: number }, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER + payload.length);
  const view = viewOf(bytes);
  view.setUint8(0, 0x45);
  view.setUint8(1, TOS_INTERNETCONTROL);
  view.setUint16(2, bytes.length);
  view.setUint16(4, header.id);
  view.setUint8(8, header.ttl);
  view.setUint8(9, header.protocol);
  bytes.set(ipBytes(header.source), 12);
  bytes.set(ipBytes(header.destination), 16);
  view.setUint16(10, internetChecksum(bytes.subarray(0, HEADER)));
  bytes.set(payload, HEADER);
  return bytes;
}

/** Puts an IPv6 header before an advert. The flow label is 0: there is but one flow. */
export function encodeIpv6(header: IpHeader, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER6 + payload.length);
  const view = viewOf(bytes);
  view.setUint32(0, (6 << 28) | (TOS_INTERNETCONTROL << 20));
  view.setUint16(4, payload.length);
  view.setUint8(6, header.protocol);
  view.setUint8(7, header.ttl);
  bytes.set(ipBytes(header.source), 8);
  bytes.set(ipBytes(header.destination), 24);
  bytes.set(payload, HEADER6);
  return bytes;
}

/** The identification after `id`: 0 is skipped, the kernel would put its own there. */
export const nextId = (id: number): number => (id >= 0xffff ? 1 : id + 1);
