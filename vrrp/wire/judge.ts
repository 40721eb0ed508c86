import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { toSeconds } from '@keepalived-ts/base/time.js';
import {
  type Advert,
  advertChecksum,
  advertLength,
  advertOf,
  type RawAdvert,
  VRRP_ADVERTISEMENT,
} from './advert.js';
import type { AuthenticationHeader } from './ah.js';
import { header, password, signature, signatureOf, trailerOf } from './authenticate.js';
import type { Signature } from './authentication.js';
import {
  type Case,
  type Check,
  type Complaint,
  type Expectation,
  type Malformed,
  no,
} from './expectation.js';
import { type IpPacket, VRRP_TTL } from './ip-header.js';

/** An advert that counts. */
export interface Accepted {
  advert: Advert;
  /** Its checksum is right only with the group in the pseudo header. */
  oldChecksum: boolean;
  signature?: Signature;
}

/** Frames are padded to this many octets of payload (IEEE 802.3 §4A.2.3.2.4). */
const ETHERNET_LEAST = 46;

const lengthOf = ({ raw, mine }: Case): number =>
  advertLength(mine.version, mine.family, raw.count);

function lengthFits(received: number, expected: number): boolean {
  const padded =
    received > expected && received <= ETHERNET_LEAST && (received - expected) % 4 === 0;
  return received === expected || padded;
}

const length: Check = (given) => {
  const { octets, packet, trailer } = given;
  if (trailer) return undefined;
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

/** Version 2 insists on our interval; version 3 learns the other one. */
const interval: Check = ({ raw, mine }) => {
  const ours = toSeconds(mine.advertInterval);
  if (mine.version === 3 || raw.intervalSeconds === ours) return undefined;
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
  // Over IPv6 it is the kernel's, which knows of no trailer.
  const isWhole = packet.family === 6 && given.trailer !== undefined;
  const summed = isWhole ? packet.payload : packet.payload.subarray(0, lengthOf(given));
  return advertChecksum(summed, ends) === 0;
};

/** Whether the old form explains what the right form does not. */
const isOld = (given: Case): boolean => {
  const { packet, mine } = given;
  if (mine.version === 2 || mine.family === 6 || !mine.peers) return false;
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
  packet.isMulticast === (mine.peers !== undefined)
    ? no('addr_list_err', mine.peers ? { event: 'not-unicast' } : { event: 'not-multicast' })
    : undefined;

/** Compat: who signs in a trailer must be a peer in any case. */
const sender: Check = ({ packet, mine: { peers, checksSource }, trailer }) => {
  if (!peers || !(checksSource || trailer)) return undefined;
  const known = peers.find(({ address }) => address === packet.source);
  if (!known) return no('addr_list_err', { event: 'not-a-peer', from: packet.source });
  const { minTtl, maxTtl } = known;
  if (packet.ttl >= minTtl && packet.ttl <= maxTtl) return undefined;
  const range = { least: minTtl, most: maxTtl };
  return no('ip_ttl_err', { event: 'ttl-out-of-range', got: packet.ttl, ...range });
};

const checks: readonly Check[] = [
  header,
  ttl,
  version,
  length,
  signature,
  password,
  interval,
  type,
  totalLength,
  checksum,
  way,
  sender,
];

/**
 * The checks of a received advert, in keepalived's order (reference §5); the first that fails is
 * the reason. The length follows the version (RFC 9568 §7.1), which decides what it has to be.
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
  const given = { packet, octets, raw, mine, ah, trailer: trailerOf(packet, raw, mine) };
  for (const check of checks) {
    const malformed = check(given);
    if (malformed) return malformed;
  }
  const found = signatureOf(given);
  return { advert: advertOf(raw), oldChecksum: isOld(given), ...(found && { signature: found }) };
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
