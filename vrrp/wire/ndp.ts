import { internetChecksum, viewOf } from '@keepalived-ts/base/bytes.js';
import { type IpAddress, ip, ipBytes } from '@keepalived-ts/base/ip.js';

const ETHERNET = 14;
const ETHERTYPE_IPV6 = 0x86dd;
const IPV6 = 40;
const IPPROTO_ICMPV6 = 58;
const ND_NEIGHBOR_ADVERT = 136;
const ND_NA_FLAG_ROUTER = 0x80;
const ND_NA_FLAG_OVERRIDE = 0x20;
const OPT_TARGET_LINKADDR = 2;
/** Type to target address, then the option: 8 + 16 + 8. */
const ADVERTISEMENT = 32;
const HOP_LIMIT = 255;
const ALL_NODES = ip('ff02::1');
/** RFC 2464 §7: 33:33 and the last four octets of the group. */
const ALL_NODES_MAC = Uint8Array.of(0x33, 0x33, 0, 0, 0, 1);

/** "This address is at this hardware address", told to all IPv6 nodes. */
export interface NeighbourAdvertisement {
  mac: Uint8Array;
  address: IpAddress;
  /** The interface forwards: hosts keep us in their list of routers. */
  router: boolean;
}

/**
 * The Ethernet frame of an unsolicited neighbour advertisement (RFC 4861 §4.4, §7.2.6).
 *
 * | offset | size | field |
 * | --- | --- | --- |
 * | 0 | 6 | destination 33:33:00:00:00:01 |
 * | 6 | 6 | source |
 * | 12 | 2 | Ethernet type 0x86dd |
 * | 14 | 4 | version 6, traffic class, flow label |
 * | 18 | 2 | payload length 32 |
 * | 20 | 2 | next header 58, hop limit 255 |
 * | 22 | 16 | source: the VIP |
 * | 38 | 16 | destination ff02::1 |
 * | 54 | 2 | type 136, code 0 |
 * | 56 | 2 | checksum, with the pseudo header of RFC 8200 §8.1 |
 * | 58 | 4 | flags: router, override |
 * | 62 | 16 | target: the VIP |
 * | 78 | 8 | option 2, target link-layer address |
 */
export function encodeNeighbourAdvertisement(of: NeighbourAdvertisement): Uint8Array {
  const { mac, address, router } = of;
  const source = ipBytes(address);
  if (mac.length !== 6) throw new RangeError(`no Ethernet address: ${mac.length} octets`);
  if (source.length !== 16) throw new RangeError(`not an IPv6 address: ${address}`);
  const frame = new Uint8Array(ETHERNET + IPV6 + ADVERTISEMENT);
  const view = viewOf(frame);
  frame.set(ALL_NODES_MAC, 0);
  frame.set(mac, 6);
  view.setUint16(12, ETHERTYPE_IPV6);
  view.setUint8(14, 0x60);
  view.setUint16(18, ADVERTISEMENT);
  view.setUint8(20, IPPROTO_ICMPV6);
  view.setUint8(21, HOP_LIMIT);
  frame.set(source, 22);
  frame.set(ipBytes(ALL_NODES), 38);
  view.setUint8(54, ND_NEIGHBOR_ADVERT);
  view.setUint8(58, ND_NA_FLAG_OVERRIDE | (router ? ND_NA_FLAG_ROUTER : 0));
  frame.set(source, 62);
  view.setUint8(78, OPT_TARGET_LINKADDR);
  view.setUint8(79, 1);
  frame.set(mac, 80);
  const pseudo = new Uint8Array(8);
  viewOf(pseudo).setUint32(0, ADVERTISEMENT);
  viewOf(pseudo).setUint32(4, IPPROTO_ICMPV6);
  const addresses = frame.subarray(22, 54);
  view.setUint16(56, internetChecksum(addresses, pseudo, frame.subarray(54)));
  return frame;
}
