import { internetChecksum, viewOf } from '@keepalived-ts/base/bytes.js';
import { type IpAddress, ipBytes, ipFromBytes } from '@keepalived-ts/base/ip.js';
import { type Duration, seconds, toSeconds } from '@keepalived-ts/base/time.js';

/** A VRRPv2 advertisement (RFC 3768 §5.3) as a value. */
export interface Advert {
  version: 2;
  vrid: number;
  priority: number;
  /** Whole seconds, at most 255. */
  interval: Duration;
  /** PASS: the 8 bytes of the authentication data; undefined without authentication. */
  password: Uint8Array | undefined;
  addresses: readonly IpAddress[];
}

export const VRRP_VERSION_2 = 2;
export const VRRP_ADVERTISEMENT = 1;
/** Authentication types (RFC 2338 §5.3.6). AH carries the rest in a header of its own. */
export const AUTH_NONE = 0;
export const AUTH_PASS = 1;
export const AUTH_AH = 2;

const HEADER = 8;
const AUTHENTICATION = 8;
const MAX_ADDRESSES = 255;

/** Octets of an advert that lists so many addresses. */
export const advertLength = (addresses: number): number => HEADER + 4 * addresses + AUTHENTICATION;

/**
 * The fields of an advert as they stood on the wire, none of them believed.
 *
 * | offset | size | field |
 * | --- | --- | --- |
 * | 0 | 1 | version (high nibble), type (low nibble) |
 * | 1 | 1 | virtual router id |
 * | 2 | 1 | priority |
 * | 3 | 1 | number of addresses |
 * | 4 | 1 | authentication type |
 * | 5 | 1 | advertisement interval in seconds |
 * | 6 | 2 | checksum over the whole advert |
 * | 8 | 4n | addresses |
 * | 8+4n | 8 | authentication data; present even without authentication |
 */
export interface RawAdvert {
  version: number;
  type: number;
  vrid: number;
  priority: number;
  count: number;
  authType: number;
  intervalSeconds: number;
  /** As many of `count` as there were octets for. */
  addresses: readonly IpAddress[];
  /** Whatever followed the addresses. */
  trailer: Uint8Array;
}

/** Reads an advert; `undefined` when there is less than its fixed header. */
export function decodeAdvert(bytes: Uint8Array): RawAdvert | undefined {
  if (bytes.length < HEADER) return undefined;
  const [first = 0, vrid = 0, priority = 0, count = 0, authType = 0, intervalSeconds = 0] = bytes;
  const present = Math.min(count, Math.floor((bytes.length - HEADER) / 4));
  return {
    version: first >> 4,
    type: first & 0x0f,
    vrid,
    priority,
    count,
    authType,
    intervalSeconds,
    addresses: Array.from({ length: present }, (_, i) =>
      ipFromBytes(bytes.subarray(HEADER + 4 * i, HEADER + 4 * i + 4)),
    ),
    trailer: bytes.subarray(HEADER + 4 * present),
  };
}

/** Writes an advert, laid out as `RawAdvert` says. */
export function encodeAdvert(advert: Advert): Uint8Array {
  const count = advert.addresses.length;
  const interval = toSeconds(advert.interval);
  if (count > MAX_ADDRESSES) throw new RangeError(`${count} addresses do not fit an advert`);
  if (!Number.isInteger(interval) || interval < 0 || interval > 255) {
    throw new RangeError(`VRRPv2 counts its interval in whole seconds, not ${interval}`);
  }
  const bytes = new Uint8Array(advertLength(count));
  bytes[0] = (VRRP_VERSION_2 << 4) | VRRP_ADVERTISEMENT;
  bytes[1] = advert.vrid;
  bytes[2] = advert.priority;
  bytes[3] = count;
  bytes[4] = advert.password ? AUTH_PASS : AUTH_NONE;
  bytes[5] = interval;
  advert.addresses.forEach((address, i) => {
    bytes.set(ipBytes(address), HEADER + 4 * i);
  });
  if (advert.password) bytes.set(advert.password, HEADER + 4 * count);
  viewOf(bytes).setUint16(6, internetChecksum(bytes));
  return bytes;
}

/** The value of a raw advert whose octets have been found right (`judge`). */
export const advertOf = (raw: RawAdvert): Advert => ({
  version: VRRP_VERSION_2,
  vrid: raw.vrid,
  priority: raw.priority,
  interval: seconds(raw.intervalSeconds),
  password: raw.authType === AUTH_PASS ? raw.trailer.slice(0, AUTHENTICATION) : undefined,
  addresses: raw.addresses,
});

/** The password as the 8 octets of the authentication data: cut, or filled up with zeros. */
export function passwordField(password: Uint8Array): Uint8Array {
  const field = new Uint8Array(AUTHENTICATION);
  field.set(password.subarray(0, AUTHENTICATION));
  return field;
}
