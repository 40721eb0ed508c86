import { timingSafeEqual } from 'node:crypto';
import { internetChecksum } from '@keepalived-ts/base/bytes.js';
import type { EventOf } from '@keepalived-ts/base/events.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { type Duration, toSeconds } from '@keepalived-ts/base/time.js';
import type { VrrpCounter } from '../counters.js';
import type { vrrpEvents } from '../events.js';
import {
  type Advert,
  AUTH_AH,
  AUTH_NONE,
  AUTH_PASS,
  advertLength,
  advertOf,
  type RawAdvert,
  VRRP_ADVERTISEMENT,
  VRRP_VERSION_2,
} from './advert-v2.js';
import { type Ipv4Packet, VRRP_TTL } from './ip-header.js';

/** What an advert for us has to look like. */
export interface Expectation {
  advertInterval: Duration;
  /** The 8 octets of PASS; undefined without authentication. */
  password: Uint8Array | undefined;
}

type WithoutInstance<E> = E extends { instance: string } ? Omit<E, 'instance'> : never;
/** A line to log about an advert, for the instance that got it. */
export type Complaint = WithoutInstance<EventOf<typeof vrrpEvents>>;

/** Why an advert is dropped: the counter that counts it and the line that tells of it. */
export interface Malformed {
  malformed: VrrpCounter;
  complaint: Complaint;
}

/** Frames are padded to this many octets of payload (IEEE 802.3 §4A.2.3.2.4). */
const ETHERNET_LEAST = 46;

const authTypeOf = (mine: Expectation): number => (mine.password ? AUTH_PASS : AUTH_NONE);

function lengthFits(received: number, expected: number): boolean {
  const padded =
    received > expected && received <= ETHERNET_LEAST && (received - expected) % 4 === 0;
  return received === expected || padded;
}

/**
 * The checks of a received advert, in keepalived's order; the first that fails is the reason.
 *
 * The VIP list is not among them: a difference there is told but the advert counts
 * (`addressDifference`).
 */
export function judge(
  packet: Ipv4Packet,
  octets: number,
  raw: RawAdvert,
  mine: Expectation,
): Advert | Malformed {
  const no = (malformed: VrrpCounter, complaint: Complaint): Malformed => ({
    malformed,
    complaint,
  });
  const header = octets - packet.payload.length;
  const expected = header + advertLength(raw.count);
  if (!lengthFits(octets, expected)) {
    return no('packet_len_err', { event: 'bad-length', got: octets, expected });
  }
  if (packet.isMulticast && packet.ttl !== VRRP_TTL) {
    return no('ip_ttl_err', { event: 'bad-ttl', got: packet.ttl, expected: VRRP_TTL });
  }
  if (raw.version !== VRRP_VERSION_2) {
    return no('vers_err', { event: 'bad-version', got: raw.version, expected: VRRP_VERSION_2 });
  }
  if (raw.authType > AUTH_AH) {
    return no('invalid_authtype', { event: 'bad-auth-type', got: raw.authType });
  }
  if (raw.authType !== authTypeOf(mine)) {
    return no('authtype_mismatch', {
      event: 'other-auth-type',
      got: raw.authType,
      expected: authTypeOf(mine),
    });
  }
  if (mine.password && !timingSafeEqual(raw.trailer.subarray(0, 8), mine.password)) {
    return no('auth_failure', { event: 'bad-password' });
  }
  const ours = toSeconds(mine.advertInterval);
  if (raw.intervalSeconds !== ours) {
    return no('advert_interval_err', { event: 'other-interval', ours, got: raw.intervalSeconds });
  }
  if (raw.type !== VRRP_ADVERTISEMENT) {
    return no('invalid_type_rcvd', {
      event: 'bad-type',
      got: raw.type,
      expected: VRRP_ADVERTISEMENT,
    });
  }
  if (packet.totalLength !== octets) {
    return no('packet_len_err', {
      event: 'bad-total-length',
      got: packet.totalLength,
      received: octets,
    });
  }
  if (internetChecksum(packet.payload.subarray(0, advertLength(raw.count))) !== 0) {
    return no('chk_err', { event: 'bad-checksum' });
  }
  if (!packet.isMulticast) return no('addr_list_err', { event: 'not-multicast' });
  return advertOf(raw);
}

/** How the list of an advert differs from ours, as a line to log; order does not matter. */
export function addressDifference(
  ours: readonly IpAddress[],
  advert: Advert,
): Complaint | undefined {
  const { addresses, vrid } = advert;
  if (addresses.length !== ours.length) {
    return { event: 'other-vip-count', expected: ours.length, got: addresses.length };
  }
  if (ours.every((address, i) => address === addresses[i])) return undefined;
  const listed = new Set(addresses);
  const missing = ours.find((address) => !listed.has(address));
  return missing && { event: 'vip-not-in-advert', vrid, address: missing };
}
