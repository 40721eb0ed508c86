import { internetChecksum, viewOf } from '@keepalived-ts/base/bytes.js';
import { AUTH_PASS, advertLength, decodeAdvert } from './advert.js';
import { IPPROTO_AH, isGenuine, sign, unsealed } from './ah.js';
import { decodeIpv4 } from './ip-header.js';

/** Fixed header of an advert; everything behind it may be part of a password. */
const HEADER = 8;
const CHECKSUM = 6;

/**
 * A copy of a datagram with another password, or the datagram itself where there is none.
 *
 * A right checksum stays right and a wrong one wrong, so that the copy is judged as the original
 * would be. Where lengths don't fit, all that could be a password is blanked: such an advert is
 * dropped before anybody looks at it.
 */
export function replacePassword(
  datagram: Uint8Array,
  replace: (field: Uint8Array) => Uint8Array,
): Uint8Array {
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
  replace: (key: Uint8Array) => Uint8Array,
): Uint8Array {
  const outer = decodeIpv4(datagram);
  const sealed = outer?.protocol === IPPROTO_AH ? unsealed(datagram, outer) : undefined;
  if (!sealed) return datagram;
  const key = keys.find((one) => isGenuine(sealed.ah, one));
  return sign(datagram, replace(key ?? sealed.ah.icv));
}
