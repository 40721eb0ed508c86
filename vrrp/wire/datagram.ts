import { familyOf, type IpAddress } from '@keepalived-ts/base/ip.js';
import { type Advert, encodeAdvert, IPPROTO_VRRP, sum } from './advert.js';
import { IPPROTO_AH, sign, unsignedHeader } from './ah.js';
import type { Seal } from './authentication.js';
import { withTrailer } from './hmac.js';
import { encodeIpv4, encodeIpv6 } from './ip-header.js';

/** An advert and what the IP header around it says. */
export interface Outgoing {
  source: IpAddress;
  /** The group, or the peer. */
  destination: IpAddress;
  ttl: number;
  /** IPv4: identification, counted by the sender. */
  id: number;
  advert: Advert;
  /** The destination that the checksum's pseudo header names; undefined: there is none. */
  summedFor: IpAddress | undefined;
  /** What signs it. AH, version 2 over IPv4 alone, signs the datagram as a whole. */
  seal?: Seal | undefined;
}

/** The whole datagram of an advert, as it goes to a raw socket that adds no header. */
export function encodeDatagram(out: Outgoing): Uint8Array {
  const { source, destination, ttl, id, advert, summedFor, seal } = out;
  const family = familyOf(destination);
  const ends = summedFor === undefined ? undefined : { source, destination: summedFor };
  const bare = encodeAdvert(advert, family, ends);
  const payload = seal?.type === 'HMAC' ? withTrailer(bare, source, seal) : bare;
  // Compat: over IPv6 the kernel of keepalived sums all of it.
  if (family === 6 && payload !== bare) sum(payload, ends);
  if (seal?.type === 'AH') {
    const ah = unsignedHeader(source, seal.sequence);
    const header = { source, destination, ttl, id, protocol: IPPROTO_AH };
    return sign(encodeIpv4(header, Buffer.concat([ah, payload])), seal.key);
  }
  const header = { source, destination, ttl, protocol: IPPROTO_VRRP };
  return family === 4 ? encodeIpv4({ ...header, id }, payload) : encodeIpv6(header, payload);
}
