import { timingSafeEqual } from 'node:crypto';
import type { EventOf } from '@keepalived-ts/base/events.js';
import type { IpAddress, IpFamily } from '@keepalived-ts/base/ip.js';
import { type Duration, toSeconds } from '@keepalived-ts/base/time.js';
import type { VrrpCounter } from '../counters.js';
import type { vrrpEvents } from '../events.js';
import {
  type Advert,
  AUTH_AH,
  AUTH_NONE,
  AUTH_PASS,
  advertChecksum,
  advertLength,
  advertOf,
  type RawAdvert,
  VRRP_ADVERTISEMENT,
} from './advert.js';
import { type AuthenticationHeader, isGenuine } from './ah.js';
import { type IpPacket, VRRP_TTL } from './ip-header.js';

/** What an advert for us has to look like. */
export interface Expectation {
  family: IpFamily;
  version: 2 | 3;
  advertInterval: Duration;
  /** The 8 octets of PASS, or the key of AH; undefined without authentication. */
  password: Uint8Array | undefined;
  /** AH: what must sign each advert, and the last sequence number seen. */
  signed?: { sequence: number } | undefined;
  unicast: boolean;
  checksum: ChecksumPolicy;
  /** Whom unicast adverts may come from; undefined: from anybody. */
  senders: readonly Sender[] | undefined;
}

/**
 * Which checksums are believed over IPv4 in version 3.
 *
 * `as-v2` believes all of them, for it cannot know what others leave out. An address is the group
 * that the pseudo header may name instead of the real destination, as keepalived 1.3.6 did.
 */
export type ChecksumPolicy = 'exact' | 'as-v2' | IpAddress;

/** A peer, and how far away it may be. */
export interface Sender {
  address: IpAddress;
  minTtl: number;
  maxTtl: number;
}

type WithoutInstance<E> = E extends { instance: string } ? Omit<E, 'instance'> : never;
/** A line to log about an advert, for the instance that got it. */
export type Complaint = WithoutInstance<EventOf<typeof vrrpEvents>>;

/** Why an advert is dropped: the counter that counts it and the line that tells of it. */
export interface Malformed {
  malformed: VrrpCounter;
  complaint: Complaint;
}

/** An advert that counts. */
export interface Accepted {
  advert: Advert;
  /** Its checksum is right only with the group in the pseudo header. */
  oldChecksum: boolean;
}

/** Everything that a check looks at. */
interface Case {
  packet: IpPacket;
  /** Length of the whole datagram. */
  octets: number;
  raw: RawAdvert;
  mine: Expectation;
  /** What stood between IP and the advert. */
  ah: AuthenticationHeader | undefined;
}
type Check = (given: Case) => Malformed | undefined;

/** Frames are padded to this many octets of payload (IEEE 802.3 §4A.2.3.2.4). */
const ETHERNET_LEAST = 46;

const no = (malformed: VrrpCounter, complaint: Complaint): Malformed => ({ malformed, complaint });

const authTypeOf = (mine: Expectation): number =>
  mine.signed ? AUTH_AH : mine.password ? AUTH_PASS : AUTH_NONE;

const lengthOf = ({ raw, mine }: Case): number =>
  advertLength(mine.version, mine.family, raw.count);

function lengthFits(received: number, expected: number): boolean {
  const padded =
    received > expected && received <= ETHERNET_LEAST && (received - expected) % 4 === 0;
  return received === expected || padded;
}

const header: Check = ({ ah, mine }) =>
  (ah === undefined) === (mine.signed === undefined)
    ? undefined
    : no('authtype_mismatch', { event: ah ? 'unexpected-ah' : 'missing-ah' });

const length: Check = (given) => {
  const { octets, packet } = given;
  const expected = octets - packet.payload.length + lengthOf(given);
  if (lengthFits(octets, expected)) return undefined;
  return no('packet_len_err', { event: 'bad-length', got: octets, expected });
};

const ttl: Check = ({ packet }) =>
  packet.isMulticast && packet.ttl !== VRRP_TTL
    ? no('ip_ttl_err', { event: 'bad-ttl', got: packet.ttl, expected: VRRP_TTL })
    : undefined;

const version: Check = ({ raw, mine }) =>
  raw.version === mine.version
    ? undefined
    : no('vers_err', { event: 'bad-version', got: raw.version, expected: mine.version });

const isPassword = (trailer: Uint8Array, password: Uint8Array): boolean => {
  const field = trailer.subarray(0, password.length);
  return field.length === password.length && timingSafeEqual(field, password);
};

/** The header of AH: signed with our key, by whom it says, and no replay (reference §4.3). */
const signature: Check = ({ ah, mine, packet }) => {
  if (!ah || !mine.signed || !mine.password) return undefined;
  if (!isGenuine(ah, mine.password)) return no('auth_failure', { event: 'bad-signature' });
  if (ah.spi !== packet.source) {
    return no('auth_failure', { event: 'bad-spi', got: ah.spi, expected: packet.source });
  }
  const { sequence: ours } = mine.signed;
  if (ah.sequence > ours) return undefined;
  return no('auth_failure', { event: 'replayed', sequence: ah.sequence, ours });
};

/** Authentication and interval, which only version 2 insists on. */
const agreement: Check = (given) => {
  const { raw, mine } = given;
  if (mine.version === 3) return undefined;
  const { authType } = raw;
  if (authType > AUTH_AH) return no('invalid_authtype', { event: 'bad-auth-type', got: authType });
  if (authType !== authTypeOf(mine)) {
    return no('authtype_mismatch', {
      event: 'other-auth-type',
      got: authType,
      expected: authTypeOf(mine),
    });
  }
  // Compat: over IPv6 version 2 names the type alone.
  const { password, family } = mine;
  if (authType === AUTH_PASS && password && family === 4 && !isPassword(raw.trailer, password)) {
    return no('auth_failure', { event: 'bad-password' });
  }
  const unsigned = signature(given);
  if (unsigned) return unsigned;
  const ours = toSeconds(mine.advertInterval);
  if (raw.intervalSeconds === ours) return undefined;
  return no('advert_interval_err', { event: 'other-interval', ours, got: raw.intervalSeconds });
};

const type: Check = ({ raw }) =>
  raw.type === VRRP_ADVERTISEMENT
    ? undefined
    : no('invalid_type_rcvd', {
        event: 'bad-type',
        got: raw.type,
        expected: VRRP_ADVERTISEMENT,
      });

const totalLength: Check = ({ packet, octets }) =>
  packet.totalLength === octets
    ? undefined
    : no('packet_len_err', {
        event: 'bad-total-length',
        got: packet.totalLength,
        received: octets,
      });

const isSummed = (given: Case, destination: IpAddress | undefined): boolean => {
  const { packet } = given;
  const ends = destination === undefined ? undefined : { source: packet.source, destination };
  return advertChecksum(packet.payload.subarray(0, lengthOf(given)), ends) === 0;
};

/** Whether the old form explains what the right form does not. */
const isOld = (given: Case): boolean => {
  const { packet, mine } = given;
  if (mine.version === 2 || mine.family === 6 || !mine.unicast) return false;
  if (mine.checksum === 'exact' || mine.checksum === 'as-v2') return false;
  return !isSummed(given, packet.destination) && isSummed(given, mine.checksum);
};

const checksum: Check = (given) => {
  const { packet, mine } = given;
  const plain = mine.family === 4;
  if (plain && mine.version === 3 && mine.checksum === 'as-v2') return undefined;
  const destination = plain && mine.version === 2 ? undefined : packet.destination;
  if (isSummed(given, destination) || isOld(given)) return undefined;
  return no('chk_err', { event: 'bad-checksum', version: mine.version });
};

const way: Check = ({ packet, mine }) =>
  packet.isMulticast === mine.unicast
    ? no('addr_list_err', mine.unicast ? { event: 'not-unicast' } : { event: 'not-multicast' })
    : undefined;

const sender: Check = ({ packet, mine: { senders } }) => {
  if (!senders) return undefined;
  const known = senders.find(({ address }) => address === packet.source);
  if (!known) return no('addr_list_err', { event: 'not-a-peer', from: packet.source });
  const { minTtl, maxTtl } = known;
  if (packet.ttl >= minTtl && packet.ttl <= maxTtl) return undefined;
  const range = { least: minTtl, most: maxTtl };
  return no('ip_ttl_err', { event: 'ttl-out-of-range', got: packet.ttl, ...range });
};

const checks: readonly Check[] = [
  header,
  length,
  ttl,
  version,
  agreement,
  type,
  totalLength,
  checksum,
  way,
  sender,
];

/**
 * The checks of a received advert, in keepalived's order (reference §5); the first that fails is
 * the reason.
 *
 * The VIP list is not among them: a difference there is told but the advert counts
 * (`addressDifference`).
 */
export function judge(
  packet: IpPacket,
  octets: number,
  raw: RawAdvert,
  mine: Expectation,
  ah?: AuthenticationHeader,
): Accepted | Malformed {
  const given = { packet, octets, raw, mine, ah };
  for (const check of checks) {
    const malformed = check(given);
    if (malformed) return malformed;
  }
  return { advert: advertOf(raw), oldChecksum: isOld(given) };
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
