import { timingSafeEqual } from 'node:crypto';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { toSeconds } from '@keepalived-ts/base/time.js';
import { AUTH_AH, advertLength, type RawAdvert } from './advert.js';
import { isGenuine } from './ah.js';
import { type Authentication, authTypeOf, lastHeard, type Signature } from './authentication.js';
import {
  type Case,
  type Check,
  type Complaint,
  type Expectation,
  type Malformed,
  no,
} from './expectation.js';
import { decodeTrailer, isAfter, isSignedBy, sequenceAt, TRAILER, timeBetween } from './hmac.js';
import type { IpPacket } from './ip-header.js';

/** What stands behind an advert, for a router that expects a trailer: its length alone tells. */
export function trailerOf(
  { payload }: IpPacket,
  { count }: RawAdvert,
  { authentication, version, family }: Expectation,
): Uint8Array | undefined {
  const length = advertLength(version, family, count);
  const isThere = authentication?.type === 'HMAC' && payload.length === length + TRAILER;
  return isThere ? payload.subarray(length) : undefined;
}

/** The header of AH is there if and only if we expect it. */
export const header: Check = ({ ah, mine }) =>
  (ah !== undefined) === (mine.authentication?.type === 'AH')
    ? undefined
    : no('authtype_mismatch', { event: ah ? 'unexpected-ah' : 'missing-ah' });

/** The trailer of `auth_hmac`: fresh, signed with a key of ours, and no replay (reference §4.4). */
export const signature: Check = (given) => {
  const { trailer, packet } = given;
  const by = given.mine.authentication;
  if (by?.type !== 'HMAC') return undefined;
  const from = packet.source;
  if (!trailer) {
    return by.mode === 'enforce'
      ? no('auth_ext_missing', { event: 'hmac-missing', from })
      : undefined;
  }
  const read = decodeTrailer(trailer);
  if (!read) return no('auth_ext_malformed', { event: 'hmac-malformed', from });
  const clock = sequenceAt(given.mine.timeOfDay);
  const ahead = timeBetween(clock, read.sequence);
  if (by.window !== undefined && Math.abs(ahead) > by.window) {
    return no('auth_ext_stale', { event: 'hmac-stale', from, ahead: toSeconds(ahead) });
  }
  const known = by.keys.find(({ id }) => id === read.keyId);
  if (!known)
    return no('auth_ext_unknown_key', { event: 'hmac-unknown-key', from, key: read.keyId });
  if (!isSignedBy(packet.payload, from, known.key)) {
    return no('auth_ext_invalid_hmac', { event: 'hmac-invalid', from, key: read.keyId });
  }
  const last = lastHeard(by, given.mine.memory, from, clock);
  if (last === undefined || isAfter(read.sequence, last)) return undefined;
  return no('auth_ext_replay', { event: 'hmac-replayed', from });
};

/** The authentication that version 2 names in its header. */
export const password: Check = (given) => {
  const { raw, mine } = given;
  if (mine.version === 3) return undefined;
  const { authType } = raw;
  const { authentication: by, family } = mine;
  const expected = authTypeOf(by);
  if (authType > AUTH_AH) return no('invalid_authtype', { event: 'bad-auth-type', got: authType });
  if (authType !== expected) {
    return no('authtype_mismatch', { event: 'other-auth-type', got: authType, expected });
  }
  // Compat: over IPv6 version 2 names the type alone.
  if (by?.type === 'PASS' && family === 4 && !isPassword(raw.trailer, by.password)) {
    return no('auth_failure', { event: 'bad-password' });
  }
  return headerOf(given);
};

const isPassword = (trailer: Uint8Array, ours: Uint8Array): boolean => {
  const field = trailer.subarray(0, ours.length);
  return field.length === ours.length && timingSafeEqual(field, ours);
};

/** The header of AH: signed with our key, by whom it says, and no replay (reference §4.3). */
function headerOf({
  ah,
  mine: { authentication: by, memory },
  packet,
}: Case): Malformed | undefined {
  if (!ah || by?.type !== 'AH') return undefined;
  if (!isGenuine(ah, by.key)) return no('auth_failure', { event: 'bad-signature' });
  if (ah.spi !== packet.source) {
    return no('auth_failure', { event: 'bad-spi', got: ah.spi, expected: packet.source });
  }
  if (ah.sequence > memory.sequence) return undefined;
  return no('auth_failure', { event: 'replayed', sequence: ah.sequence, ours: memory.sequence });
}

/** What an advert that passed all checks was signed with. */
export function signatureOf({ ah, mine, trailer }: Case): Signature | undefined {
  if (ah) return { type: 'AH', sequence: ah.sequence };
  const read = trailer && decodeTrailer(trailer);
  if (!read) return undefined;
  const ahead = timeBetween(sequenceAt(mine.timeOfDay), read.sequence);
  return { type: 'HMAC', sequence: read.sequence, ahead };
}

/** Clocks so far apart that adverts may soon be dropped for it, as a line to log. */
export function clockDifference(
  by: Authentication | undefined,
  found: Signature | undefined,
  from: IpAddress,
): Complaint | undefined {
  if (by?.type !== 'HMAC' || by.window === undefined || found?.type !== 'HMAC') return undefined;
  const { ahead } = found;
  return Math.abs(ahead) > by.window / 2
    ? { event: 'hmac-clock', from, ahead: toSeconds(ahead) }
    : undefined;
}
