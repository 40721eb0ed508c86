import { internetChecksum, viewOf } from '@keepalived-ts/base/bytes.js';
import { type IpAddress, type IpFamily, ipBytes, ipFromBytes } from '@keepalived-ts/base/ip.js';
import {
  type Duration,
  milliseconds,
  seconds,
  times,
  toSeconds,
} from '@keepalived-ts/base/time.js';

/** An advertisement of VRRPv2 (RFC 3768 §5.3) or VRRPv3 (RFC 9568 §5.2) as a value. */
export interface Advert {
  version: 2 | 3;
  vrid: number;
  priority: number;
  /** Version 2: whole seconds, at most 255. Version 3: hundredths, at most 4095 of them. */
  interval: Duration;
  /** PASS: the 8 bytes of the authentication data, which IPv6 has no room for. */
  password: Uint8Array | undefined;
  /** AH: a header in front of the advert signs it. */
  signed?: boolean;
  addresses: readonly IpAddress[];
}

export const VRRP_ADVERTISEMENT = 1;
/** Authentication types (RFC 2338 §5.3.6); `auth_hmac` has none. */
export const AUTH_NONE = 0;
export const AUTH_PASS = 1;
export const AUTH_AH = 2;

export const IPPROTO_VRRP = 112;
const HEADER = 8;
const AUTHENTICATION = 8;
const MAX_ADDRESSES = 255;
const MOST_CENTISECONDS = 0x0fff;
const CHECKSUM = 6;

const sizeOf = (family: IpFamily): number => (family === 4 ? 4 : 16);

/** Octets of an advert that lists so many addresses; only version 2 over IPv4 has a tail. */
export const advertLength = (version: number, family: IpFamily, addresses: number): number =>
  HEADER + sizeOf(family) * addresses + (version === 2 && family === 4 ? AUTHENTICATION : 0);

/**
 * The fields of an advert as they stood on the wire, none of them believed.
 *
 * | offset | size | version 2 | version 3 |
 * | --- | --- | --- | --- |
 * | 0 | 1 | version (high nibble), type (low nibble) | the same |
 * | 1 | 1 | virtual router id | the same |
 * | 2 | 1 | priority | the same |
 * | 3 | 1 | number of addresses | the same |
 * | 4 | 1 | authentication type | 4 bits of zero, then |
 * | 5 | 1 | interval in seconds | 12 bits of interval in hundredths of a second |
 * | 6 | 2 | checksum | checksum |
 * | 8 | 4n or 16n | addresses | addresses |
 * | | 8 | over IPv4: authentication data, also without authentication | |
 */
export interface RawAdvert {
  version: number;
  type: number;
  vrid: number;
  priority: number;
  count: number;
  /** Version 2 only; so is `intervalSeconds`. */
  authType: number;
  intervalSeconds: number;
  /** Version 3 only. */
  intervalCentiseconds: number;
  /** As many of `count` as there were octets for. */
  addresses: readonly IpAddress[];
  /** Whatever followed the addresses. */
  trailer: Uint8Array;
}

/** Reads an advert; `undefined` when there is less than its fixed header. */
export function decodeAdvert(bytes: Uint8Array, family: IpFamily): RawAdvert | undefined {
  if (bytes.length < HEADER) return undefined;
  const [first = 0, vrid = 0, priority = 0, count = 0, authType = 0, intervalSeconds = 0] = bytes;
  const size = sizeOf(family);
  const present = Math.min(count, Math.floor((bytes.length - HEADER) / size));
  return {
    version: first >> 4,
    type: first & 0x0f,
    vrid,
    priority,
    count,
    authType,
    intervalSeconds,
    intervalCentiseconds: ((authType << 8) | intervalSeconds) & MOST_CENTISECONDS,
    addresses: Array.from({ length: present }, (_, i) =>
      ipFromBytes(bytes.subarray(HEADER + size * i, HEADER + size * (i + 1))),
    ),
    trailer: bytes.subarray(HEADER + size * present),
  };
}

/** What the checksum covers besides the advert: undefined for no pseudo header (version 2). */
export interface Ends {
  source: IpAddress;
  destination: IpAddress;
}

/** The internet checksum of an advert; 0 when it holds one that is right. */
export function advertChecksum(advert: Uint8Array, ends: Ends | undefined): number {
  if (!ends) return internetChecksum(advert);
  const [source, destination] = [ipBytes(ends.source), ipBytes(ends.destination)];
  // The two layouts of RFC 9568 §5.2.8 (RFC 8200 §8.1 for IPv6) have the same sum.
  const rest = Uint8Array.of(0, IPPROTO_VRRP, advert.length >> 8, advert.length & 0xff);
  return internetChecksum(source, destination, rest, advert);
}

/** Writes an advert, laid out as `RawAdvert` says. */
export function encodeAdvert(advert: Advert, family: IpFamily, ends: Ends | undefined): Uint8Array {
  const count = advert.addresses.length;
  if (count > MAX_ADDRESSES) throw new RangeError(`${count} addresses do not fit an advert`);
  const bytes = new Uint8Array(advertLength(advert.version, family, count));
  const view = viewOf(bytes);
  bytes[0] = (advert.version << 4) | VRRP_ADVERTISEMENT;
  bytes[1] = advert.vrid;
  bytes[2] = advert.priority;
  bytes[3] = count;
  view.setUint16(4, advert.version === 2 ? fieldsOfVersion2(advert) : centiseconds(advert));
  const size = sizeOf(family);
  advert.addresses.forEach((address, i) => {
    bytes.set(ipBytes(address), HEADER + size * i);
  });
  if (advert.password && family === 4) bytes.set(advert.password, HEADER + size * count);
  sum(bytes, ends);
  return bytes;
}

/** Puts the right checksum in. */
export function sum(bytes: Uint8Array, ends: Ends | undefined): void {
  const view = viewOf(bytes);
  view.setUint16(CHECKSUM, 0);
  view.setUint16(CHECKSUM, advertChecksum(bytes, ends));
}

function fieldsOfVersion2({ interval, password, signed }: Advert): number {
  const whole = toSeconds(interval);
  if (!Number.isInteger(whole) || whole < 0 || whole > 255) {
    throw new RangeError(`VRRPv2 counts its interval in whole seconds, not ${whole}`);
  }
  const type = signed ? AUTH_AH : password ? AUTH_PASS : AUTH_NONE;
  return (type << 8) | whole;
}

function centiseconds({ interval }: Advert): number {
  const hundredths = Math.round(toSeconds(interval) * 100);
  if (hundredths < 0 || hundredths > MOST_CENTISECONDS) {
    throw new RangeError(`VRRPv3 has no room for an interval of ${toSeconds(interval)} s`);
  }
  return hundredths;
}

/** The interval that an advert of ours or a received one names. */
export const intervalOf = (raw: RawAdvert): Duration =>
  raw.version === 3
    ? times(milliseconds(10), raw.intervalCentiseconds)
    : seconds(raw.intervalSeconds);

/** The value of a raw advert whose octets have been found right (`judge`). */
export const advertOf = (raw: RawAdvert): Advert => ({
  version: raw.version === 3 ? 3 : 2,
  vrid: raw.vrid,
  priority: raw.priority,
  interval: intervalOf(raw),
  password:
    raw.version === 2 && raw.authType === AUTH_PASS
      ? raw.trailer.slice(0, AUTHENTICATION)
      : undefined,
  ...(raw.version === 2 && raw.authType === AUTH_AH && { signed: true }),
  addresses: raw.addresses,
});

/** The password as the 8 octets of the authentication data: cut, or filled up with zeros. */
export function passwordField(password: Uint8Array): Uint8Array {
  const field = new Uint8Array(AUTHENTICATION);
  field.set(password.subarray(0, AUTHENTICATION));
  return field;
}
