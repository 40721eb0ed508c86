import { createHmac, timingSafeEqual } from 'node:crypto';
import { viewOf } from '@keepalived-ts/base/bytes.js';
import { type IpAddress, ipBytes, ipFromBytes } from '@keepalived-ts/base/ip.js';
import { IPPROTO_VRRP } from './advert.js';
import type { IpPacket } from './ip-header.js';

/** The authentication header between IPv4 and an advert of version 2 (RFC 2338 §5.3.6.3). */
export const IPPROTO_AH = 51;
const HEADER = 24;
const ICV = 12;
const IPV4_HEADER = 20;
/** Of the header, in 32-bit words, less two (RFC 2402 §2.2). */
const PAYLOAD_LENGTH = HEADER / 4 - 2;
/** Octets of IPv4 that routers may change or fill in: TOS, flags and offset, checksum (§3.3.3.1.1.1). */
const MUTABLE = [1, 6, 7, 10, 11];
const TTL = 8;

/** What signs an advert of ours. */
export interface AhSeal {
  type: 'AH';
  key: Uint8Array;
  sequence: number;
}

/**
 * An authentication header, not believed yet (RFC 2402 §2).
 *
 * | offset | size | field |
 * | --- | --- | --- |
 * | 0 | 1 | next header: VRRP |
 * | 1 | 1 | length in 32-bit words, less two: 4 |
 * | 2 | 2 | zero |
 * | 4 | 4 | security parameters index: keepalived's is the source address |
 * | 8 | 4 | sequence number |
 * | 12 | 12 | HMAC-MD5-96 (RFC 2403) |
 */
export interface AuthenticationHeader {
  spi: IpAddress;
  sequence: number;
  icv: Uint8Array;
  /** The datagram that it was in. */
  datagram: Uint8Array;
}

/**
 * Takes the header off; `undefined` when there is none that stands before an advert. Differs: one
 * behind options of IPv4, which nobody sends, is not read: each has rules of its own (§3.3.3.1.1.2).
 */
export function unsealed(
  datagram: Uint8Array,
  packet: IpPacket,
): { packet: IpPacket; ah: AuthenticationHeader } | undefined {
  const { payload } = packet;
  const isOurs = payload[0] === IPPROTO_VRRP && payload[1] === PAYLOAD_LENGTH;
  const hasOptions = datagram.length - payload.length !== IPV4_HEADER;
  if (packet.family !== 4 || hasOptions || payload.length < HEADER || !isOurs) return undefined;
  const ah = {
    spi: ipFromBytes(payload.subarray(4, 8)),
    sequence: viewOf(payload).getUint32(8),
    icv: payload.subarray(ICV, HEADER),
    datagram,
  };
  return { packet: { ...packet, payload: payload.subarray(HEADER) }, ah };
}

/** A header in front of an advert; its ICV is still to come. */
export function unsignedHeader(source: IpAddress, sequence: number): Uint8Array {
  const bytes = new Uint8Array(HEADER);
  bytes[0] = IPPROTO_VRRP;
  bytes[1] = PAYLOAD_LENGTH;
  bytes.set(ipBytes(source), 4);
  viewOf(bytes).setUint32(8, sequence);
  return bytes;
}

/** Puts the ICV into a datagram whose IPv4 header has no options. */
export function sign(datagram: Uint8Array, key: Uint8Array): Uint8Array {
  const bytes = datagram.slice();
  bytes.set(icvOf(datagram, key), IPV4_HEADER + ICV);
  return bytes;
}

export const isGenuine = ({ icv, datagram }: AuthenticationHeader, key: Uint8Array): boolean =>
  timingSafeEqual(icv, icvOf(datagram, key));

/**
 * HMAC-MD5-96 over the datagram, with everything zero that may change under way.
 *
 * Compat: keepalived takes the TTL of adverts to the group for one that nobody changes.
 */
function icvOf(datagram: Uint8Array, key: Uint8Array): Uint8Array {
  const bytes = datagram.slice();
  const isMulticast = ((bytes[16] ?? 0) & 0xf0) === 0xe0;
  for (const at of isMulticast ? MUTABLE : [...MUTABLE, TTL]) bytes[at] = 0;
  bytes.fill(0, IPV4_HEADER + ICV, IPV4_HEADER + HEADER);
  return createHmac('md5', key).update(bytes).digest().subarray(0, ICV);
}
