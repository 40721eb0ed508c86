import { createHmac, timingSafeEqual } from 'node:crypto';
import { viewOf } from '@keepalived-ts/base/bytes.js';
import { familyOf, type IpAddress, ipBytes } from '@keepalived-ts/base/ip.js';
import type { Secret } from '@keepalived-ts/base/secret.js';
import { type Duration, seconds } from '@keepalived-ts/base/time.js';

/** Octets of the trailer that `auth_hmac` puts behind an advert. */
export const TRAILER = 28;
/** HMAC-SHA256, of which 128 bits are sent. */
const SCHEME = 1;
const SEQUENCE = 4;
const MAC = 12;
const MAC_SIZE = 16;
/** Of an advert, which are signed as zeros: over IPv6 the kernel fills them in. */
const CHECKSUM = 6;

/** A key, and the number by which trailers name it. */
export interface HmacKey {
  id: number;
  key: Secret;
}

/**
 * The trailer of an advert, not believed yet (reference §4.4).
 *
 * | offset | size | field |
 * | --- | --- | --- |
 * | 0 | 1 | scheme: 1 |
 * | 1 | 1 | number of the key |
 * | 2 | 2 | zero |
 * | 4 | 4 | sequence number: seconds since 1970, |
 * | 8 | 2 | 65536ths of a second, |
 * | 10 | 2 | and a counter |
 * | 12 | 16 | HMAC-SHA256, cut off |
 */
export interface Trailer {
  keyId: number;
  sequence: bigint;
  mac: Uint8Array;
}

/** Reads a trailer; undefined when it is of another scheme, or of a later one. */
export function decodeTrailer(bytes: Uint8Array): Trailer | undefined {
  const [scheme, keyId = 0, ...rest] = bytes.subarray(0, SEQUENCE);
  if (bytes.length !== TRAILER || scheme !== SCHEME || rest.some((octet) => octet !== 0)) {
    return undefined;
  }
  const sequence = viewOf(bytes).getBigUint64(SEQUENCE);
  return { keyId, sequence, mac: bytes.subarray(MAC) };
}

/** An advert with a trailer behind it; its checksum is as it was. */
export function withTrailer(
  advert: Uint8Array,
  source: IpAddress,
  { id, key, sequence }: HmacKey & { sequence: bigint },
): Uint8Array {
  const bytes = new Uint8Array(advert.length + TRAILER);
  bytes.set(advert);
  bytes[advert.length] = SCHEME;
  bytes[advert.length + 1] = id;
  viewOf(bytes).setBigUint64(advert.length + SEQUENCE, sequence);
  return signed(bytes, source, key);
}

/** A copy of an advert and its trailer with the HMAC of another key. */
export function signed(payload: Uint8Array, source: IpAddress, key: Secret): Uint8Array {
  const bytes = payload.slice();
  bytes.set(macOf(payload, source, key), payload.length - MAC_SIZE);
  return bytes;
}

/** Whether the trailer behind an advert was made with this key; compared in constant time. */
export const isSignedBy = (payload: Uint8Array, source: IpAddress, key: Secret): boolean =>
  timingSafeEqual(payload.subarray(-MAC_SIZE), macOf(payload, source, key));

/**
 * The HMAC over what adverts leave out of the IP header (family, version, virtual router, zero, and
 * the source in 16 octets), the advert, and the trailer, with checksum and HMAC zero.
 */
function macOf(payload: Uint8Array, source: IpAddress, key: Secret): Uint8Array {
  const [first = 0, vrid = 0] = payload;
  const pseudo = new Uint8Array(20);
  pseudo.set([familyOf(source), first >> 4, vrid, 0, ...ipBytes(source)]);
  const body = payload.slice();
  body.fill(0, CHECKSUM, CHECKSUM + 2);
  body.fill(0, body.length - MAC_SIZE);
  return createHmac('sha256', key).update(pseudo).update(body).digest().subarray(0, MAC_SIZE);
}

/** The sequence number of a time of day, which is counted from 1970; it begins anew in 2106. */
export function sequenceAt(timeOfDay: Duration): bigint {
  const whole = Math.floor(timeOfDay / 1e6);
  const fraction = Math.floor(((timeOfDay - whole * 1e6) * 0x1_0000) / 1e6);
  return BigInt.asUintN(64, (BigInt(whole) << 32n) | (BigInt(fraction) << 16n));
}

/** Whether a number comes after another, as serial numbers are compared (RFC 1982 §3.2). */
export const isAfter = (one: bigint, other: bigint): boolean => BigInt.asIntN(64, one - other) > 0n;

/** How much later the time of one number is than that of another. */
export const timeBetween = (other: bigint, one: bigint): Duration =>
  seconds(Number(BigInt.asIntN(64, one - other)) / 2 ** 32);
