import { viewOf } from '@keepalived-ts/base/bytes.js';
import { type IpAddress, ipBytes, ipFromBytes } from '@keepalived-ts/base/ip.js';

const ETHERNET = 14;
const ETHERTYPE_ARP = 0x0806;
const ETHERTYPE_IPV4 = 0x0800;
const ARPHRD_ETHER = 1;
const ARPOP_REQUEST = 1;
const LENGTH = 42;
const BROADCAST = new Uint8Array(6).fill(0xff);

/** "This address is at this hardware address", told to everybody. */
export interface GratuitousArp {
  mac: Uint8Array;
  address: IpAddress;
}

/**
 * The Ethernet frame of a gratuitous ARP request (RFC 826, RFC 5227 §3).
 *
 * | offset | size | field |
 * | --- | --- | --- |
 * | 0 | 6 | destination: broadcast |
 * | 6 | 6 | source |
 * | 12 | 2 | Ethernet type 0x0806 |
 * | 14 | 2 | hardware type 1, Ethernet |
 * | 16 | 2 | protocol type 0x0800, IPv4 |
 * | 18 | 2 | lengths of the addresses: 6, 4 |
 * | 20 | 2 | operation: 1, request |
 * | 22 | 6 | sender hardware address |
 * | 28 | 4 | sender address: the VIP |
 * | 32 | 6 | target hardware address |
 * | 38 | 4 | target address: the VIP |
 *
 * Compat: the target hardware address is the broadcast one too, where RFC 5227 would leave it
 * zero.
 */
export function encodeGratuitousArp({ mac, address }: GratuitousArp): Uint8Array {
  if (mac.length !== 6) throw new RangeError(`no Ethernet address: ${mac.length} octets`);
  const frame = new Uint8Array(LENGTH);
  const view = viewOf(frame);
  frame.set(BROADCAST, 0);
  frame.set(mac, 6);
  view.setUint16(12, ETHERTYPE_ARP);
  view.setUint16(14, ARPHRD_ETHER);
  view.setUint16(16, ETHERTYPE_IPV4);
  view.setUint8(18, 6);
  view.setUint8(19, 4);
  view.setUint16(20, ARPOP_REQUEST);
  frame.set(mac, 22);
  frame.set(ipBytes(address), 28);
  frame.set(BROADCAST, 32);
  frame.set(ipBytes(address), 38);
  return frame;
}

/** Reads a frame back; `undefined` unless it is a gratuitous ARP request over Ethernet. */
export function decodeGratuitousArp(frame: Uint8Array): GratuitousArp | undefined {
  if (frame.length < LENGTH) return undefined;
  const view = viewOf(frame);
  const isArp =
    view.getUint16(12) === ETHERTYPE_ARP &&
    view.getUint16(ETHERNET) === ARPHRD_ETHER &&
    view.getUint16(16) === ETHERTYPE_IPV4 &&
    view.getUint16(18) === 0x0604 &&
    view.getUint16(20) === ARPOP_REQUEST;
  const address = ipFromBytes(frame.subarray(28, 32));
  if (!isArp || address !== ipFromBytes(frame.subarray(38, 42))) return undefined;
  return { mac: frame.slice(22, 28), address };
}
