import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { type Advert, encodeAdvert } from './advert-v2.js';
import { encodeIpv4 } from './ip-header.js';

/** The whole IPv4 datagram of an advert, as it goes to a raw socket with IP_HDRINCL. */
export const encodeDatagram = (out: {
  source: IpAddress;
  group: IpAddress;
  id: number;
  advert: Advert;
}): Uint8Array =>
  encodeIpv4({ source: out.source, destination: out.group, id: out.id }, encodeAdvert(out.advert));
