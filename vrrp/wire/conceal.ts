import { internetChecksum, viewOf } from '@keepalived-ts/base/bytes.js';
import { reveal, secret } from '@keepalived-ts/base/secret.js';
import {
  AUTH_PASS,
  advertChecksum,
  advertLength,
  decodeAdvert,
  IPPROTO_VRRP,
  sum,
} from './advert.js';
import { IPPROTO_AH, isGenuine, sign, unsealed } from './ah.js';
import { type HmacKey, isSignedBy, signed, TRAILER } from './hmac.js';
import { decodeIp, decodeIpv4 } from './ip-header.js';

/** Fixed header of an advert; everything behind it may be part of a password. */
const HEADER = 8;
const CHECKSUM = 6;

/** The keys that datagrams may be signed with. */
export interface Signers {
  ah: readonly Uint8Array[];
  hmac: readonly HmacKey[];
}

/** Gives another password or key for one. */
type Replace = (secret: Uint8Array) => Uint8Array;

/** A datagram that shows nothing of any password or key, however it is authenticated. */
export const concealed = (datagram: Uint8Array, { ah, hmac }: Signers, replace: Replace) =>
  replaceTrailer(replaceSignature(replacePassword(datagram, replace), ah, replace), hmac, replace);

/**
 * A copy of a datagram with another password, or the datagram itself where there is none.
 *
 * A right checksum stays right and a wrong one wrong, so that the copy is judged as the original
 * would be. Where lengths don't fit, all that could be a password is blanked: such an advert is
 * dropped before anybody looks at it.
 */
export function replacePassword(datagram: Uint8Array, replace: Replace): Uint8Array {
  const payload = decodeIpv4(datagram)?.payload;
  const raw = payload && decodeAdvert(payload, 4);
  if (!payload || raw?.version === 3 || raw?.authType !== AUTH_PASS) return datagram;
  const copy = datagram.slice();
  const advert = copy.subarray(copy.length - payload.length);
  const length = advertLength(2, 4, raw.count);
  if (advert.length < length) {
    advert.fill(0, HEADER);
    return copy;
  }
  const covered = advert.subarray(0, length);
  const isRight = internetChecksum(covered) === 0;
  covered.set(replace(raw.trailer.subarray(0, 8)), length - 8);
  advert.fill(0, length);
  const view = viewOf(covered);
  view.setUint16(CHECKSUM, 0);
  const right = internetChecksum(covered);
  view.setUint16(CHECKSUM, isRight ? right : right ^ 1);
  return copy;
}

/**
 * A copy of a datagram of AH, signed with another key where one of `keys` has signed it, or the
 * datagram itself where there is no authentication header.
 *
 * A wrong signature stays wrong: it is replaced all the same, for it may be right by a key that
 * only the sender has.
 */
export function replaceSignature(
  datagram: Uint8Array,
  keys: readonly Uint8Array[],
  replace: Replace,
): Uint8Array {
  const outer = decodeIpv4(datagram);
  const sealed = outer?.protocol === IPPROTO_AH ? unsealed(datagram, outer) : undefined;
  if (!sealed) return datagram;
  const key = keys.find((one) => isGenuine(sealed.ah, one));
  return sign(datagram, replace(key ?? sealed.ah.icv));
}

/**
 * The same for what `auth_hmac` puts behind an advert. Over IPv6 the checksum covers that, and stays
 * right or wrong.
 */
export function replaceTrailer(
  datagram: Uint8Array,
  keys: readonly HmacKey[],
  replace: Replace,
): Uint8Array {
  const packet = decodeIp(datagram);
  const raw = packet && decodeAdvert(packet.payload, packet.family);
  if (!raw || packet.protocol !== IPPROTO_VRRP) return datagram;
  const { payload, family, source } = packet;
  if (payload.length !== advertLength(raw.version, family, raw.count) + TRAILER) return datagram;
  const known = keys.find(({ key }) => isSignedBy(payload, source, key));
  const other = replace(known ? reveal(known.key) : payload.subarray(-TRAILER));
  const trailed = signed(payload, source, secret(other));
  if (family === 6) {
    const isRight = advertChecksum(payload, packet) === 0;
    sum(trailed, packet);
    if (!isRight) trailed[CHECKSUM] = (trailed[CHECKSUM] ?? 0) ^ 1;
  }
  const copy = datagram.slice();
  copy.set(trailed, copy.length - payload.length);
  return copy;
}
