import { viewOf } from '@keepalived-ts/base/bytes.js';
import { type IpAddress, ipBytes, ipFromBytes } from '@keepalived-ts/base/ip.js';
import { AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_UNIX } from './constants.js';
import { littleEndian } from './host.js';

/** A socket address, decoded. */
export type Sockaddr =
  | { kind: 'inet'; ip: IpAddress; port: number }
  | { kind: 'inet6'; ip: IpAddress; port: number; scopeId: number }
  | {
      kind: 'packet';
      ifindex: number;
      /** An EtherType. */
      protocol: number;
      /** ARPHRD_* of <linux/if_arp.h>. */
      hardware: number;
      /** PACKET_HOST, PACKET_OUTGOING... */
      packetType: number;
      address: Uint8Array;
    }
  | { kind: 'netlink'; pid: number; groups: number }
  /** A path, '@name' for an abstract name, '' for none. */
  | { kind: 'unix'; path: string }
  | { kind: 'other'; bytes: Uint8Array };

function blank(size: number, family: number): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(size);
  const view = viewOf(bytes);
  view.setUint16(0, family, littleEndian);
  return { bytes, view };
}

/** struct sockaddr_in of <netinet/in.h>. */
export function sockaddrIn(ip: IpAddress, port = 0): Uint8Array {
  const { bytes, view } = blank(16, AF_INET);
  view.setUint16(2, port);
  bytes.set(ipBytes(ip), 4);
  return bytes;
}

/** struct sockaddr_in6 of <netinet/in.h>; the scope of a link-local address is its interface. */
export function sockaddrIn6(ip: IpAddress, port = 0, scopeId = 0): Uint8Array {
  const { bytes, view } = blank(28, AF_INET6);
  view.setUint16(2, port);
  bytes.set(ipBytes(ip), 8);
  view.setUint32(24, scopeId, littleEndian);
  return bytes;
}

/** struct sockaddr_ll of <linux/if_packet.h>; `protocol` is an EtherType. */
export function sockaddrLl({
  ifindex,
  protocol = 0,
  address = new Uint8Array(0),
}: {
  ifindex: number;
  protocol?: number;
  address?: Uint8Array;
}): Uint8Array {
  const { bytes, view } = blank(Math.max(20, 12 + address.length), AF_PACKET);
  view.setUint16(2, protocol);
  view.setInt32(4, ifindex, littleEndian);
  view.setUint8(11, address.length);
  bytes.set(address, 12);
  return bytes;
}

/** struct sockaddr_nl of <linux/netlink.h>; port id 0 is the kernel, or ours to be chosen by it. */
export function sockaddrNl({ pid = 0, groups = 0 }: { pid?: number; groups?: number }): Uint8Array {
  const { bytes, view } = blank(12, AF_NETLINK);
  view.setUint32(4, pid, littleEndian);
  view.setUint32(8, groups, littleEndian);
  return bytes;
}

/** struct sockaddr_un of <linux/un.h>; '@name' is a name outside of the file system. */
export function sockaddrUn(path: string): Uint8Array {
  const name = Buffer.from(path);
  const abstract = path.startsWith('@');
  if (abstract) name[0] = 0;
  const room = abstract ? 108 : 107;
  if (name.length > room) throw new RangeError(`a Unix socket's path has ${room} bytes at most`);
  const { bytes } = blank(2 + name.length + (abstract ? 0 : 1), AF_UNIX);
  bytes.set(name, 2);
  return bytes;
}

/** Never throws: what is unknown or too short comes back as `other`. */
export function parseSockaddr(bytes: Uint8Array): Sockaddr {
  const view = viewOf(bytes);
  const family = bytes.length < 2 ? -1 : view.getUint16(0, littleEndian);
  if (family === AF_INET && bytes.length >= 8) {
    return { kind: 'inet', ip: ipFromBytes(bytes.subarray(4, 8)), port: view.getUint16(2) };
  }
  if (family === AF_INET6 && bytes.length >= 24) {
    return {
      kind: 'inet6',
      ip: ipFromBytes(bytes.subarray(8, 24)),
      port: view.getUint16(2),
      scopeId: bytes.length >= 28 ? view.getUint32(24, littleEndian) : 0,
    };
  }
  if (family === AF_PACKET && bytes.length >= 12) {
    return {
      kind: 'packet',
      ifindex: view.getInt32(4, littleEndian),
      protocol: view.getUint16(2),
      hardware: view.getUint16(8, littleEndian),
      packetType: view.getUint8(10),
      address: bytes.slice(12, 12 + view.getUint8(11)),
    };
  }
  if (family === AF_NETLINK && bytes.length >= 12) {
    const pid = view.getUint32(4, littleEndian);
    return { kind: 'netlink', pid, groups: view.getUint32(8, littleEndian) };
  }
  if (family === AF_UNIX) return { kind: 'unix', path: unixPath(bytes.subarray(2)) };
  return { kind: 'other', bytes };
}

function unixPath(name: Uint8Array): string {
  const text = Buffer.from(name);
  if (text.length > 0 && text[0] === 0) return `@${text.toString('utf8', 1)}`;
  const end = text.indexOf(0);
  return text.toString('utf8', 0, end < 0 ? text.length : end);
}
