import { viewOf } from '@keepalived-ts/base/bytes.js';
import type { IpFamily } from '@keepalived-ts/base/ip.js';

/**
 * ICMP echo, of IPv4 and IPv6 (RFC 792, RFC 4443 §4.1):
 *
 *   0  1  type    1  1  code    2  2  checksum    4  2  identifier    6  2  sequence    8  data
 */
const types = { 4: { request: 8, reply: 0 }, 6: { request: 128, reply: 129 } } as const;
const HEADER = 8;
/** Compat: as many bytes as keepalived's pings have behind the header. */
const DATA = 128;

/** A request; in IPv6 the kernel puts the checksum in (RFC 3542 §3.1). */
export function echoRequest(family: IpFamily, id: number, sequence: number): Uint8Array {
  const bytes = new Uint8Array(HEADER + DATA);
  const view = viewOf(bytes);
  view.setUint8(0, types[family].request);
  view.setUint16(4, id);
  view.setUint16(6, sequence);
  for (let i = 0; i < DATA; i++) bytes[HEADER + i] = i;
  if (family === 4) view.setUint16(2, checksum(bytes));
  return bytes;
}

/** Whether a datagram is the reply to such a request. One of IPv4 begins with its IP header. */
export function isEchoReply(
  family: IpFamily,
  datagram: Uint8Array,
  id: number,
  sequence: number,
): boolean {
  const start = family === 4 ? ((datagram[0] ?? 0) & 0x0f) * 4 : 0;
  if (datagram.length < start + HEADER) return false;
  const view = viewOf(datagram);
  return (
    view.getUint8(start) === types[family].reply &&
    view.getUint16(start + 4) === id &&
    view.getUint16(start + 6) === sequence
  );
}

/** RFC 1071, of an even number of bytes. */
function checksum(bytes: Uint8Array): number {
  const view = viewOf(bytes);
  let sum = 0;
  for (let i = 0; i + 1 < bytes.length; i += 2) sum += view.getUint16(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
