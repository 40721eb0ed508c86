import { viewOf } from '@keepalived-ts/base/bytes.js';
import type { KernelError } from '@keepalived-ts/base/errors.js';
import { type IpAddress, ipBytes, ipFromBytes } from '@keepalived-ts/base/ip.js';
import { parseSockaddr, sockaddrIn, sockaddrIn6 } from '@keepalived-ts/raw-socket/address.js';
import {
  AF_INET,
  AF_INET6,
  IP_ADD_MEMBERSHIP,
  IP_DROP_MEMBERSHIP,
  IP_FREEBIND,
  IP_HDRINCL,
  IP_MULTICAST_ALL,
  IP_MULTICAST_IF,
  IP_MULTICAST_LOOP,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_FREEBIND,
  IPV6_HDRINCL,
  IPV6_HOPLIMIT,
  IPV6_JOIN_GROUP,
  IPV6_LEAVE_GROUP,
  IPV6_MULTICAST_ALL,
  IPV6_MULTICAST_IF,
  IPV6_MULTICAST_LOOP,
  IPV6_PKTINFO,
  IPV6_RECVHOPLIMIT,
  IPV6_RECVPKTINFO,
  SO_BINDTODEVICE,
  SO_DONTROUTE,
  SO_PRIORITY,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SOCK_RAW,
  SOL_SOCKET,
} from '@keepalived-ts/raw-socket/constants.js';
import { decodeControl } from '@keepalived-ts/raw-socket/control.js';
import { littleEndian } from '@keepalived-ts/raw-socket/host.js';
import { type Incoming, RawSocket } from '@keepalived-ts/raw-socket/index.js';
import { MOST_INT } from '#src/config/global-defs/buffers.js';
import type { Port } from '../core/ports.js';
import type { ReceiveRoom } from '../core/receive-room.js';
import type { Link } from '../core/types.js';
import { IPPROTO_VRRP } from '../wire/advert.js';
import { IPPROTO_AH } from '../wire/ah.js';
import { encodeIpv6 } from '../wire/ip-header.js';
import { Outbox, type Parcel } from './outbox.js';

/** TC_PRIO_CONTROL of <linux/pkt_sched.h>: adverts go before bulk traffic. */
const TC_PRIO_CONTROL = 7;
/** Room for a second of 20,000 adverts, so that a flood of garbage crowds out no good one. */
const RECEIVE_BUFFER = 16 << 20;
/** The longest advert over IPv6: 8 + 16 * 255 octets, and some to see that one is too long. */
const LONGEST_ADVERT = 4608;
const BATCH = 64;
/** That of Ethernet, for a port without an interface. */
const USUAL_MTU = 1500;

/** struct ip_mreqn of <linux/in.h>: group, local address, interface. */
function membership(group: IpAddress | undefined, ifindex: number): Uint8Array {
  const bytes = new Uint8Array(12);
  if (group !== undefined) bytes.set(ipBytes(group), 0);
  bytes.set(new Uint8Array(Int32Array.of(ifindex).buffer), 8);
  return bytes;
}

/** struct ipv6_mreq of <linux/in6.h>: group, interface. */
function membership6(group: IpAddress, ifindex: number): Uint8Array {
  const bytes = new Uint8Array(20);
  bytes.set(ipBytes(group), 0);
  bytes.set(new Uint8Array(Int32Array.of(ifindex).buffer), 16);
  return bytes;
}

/**
 * The socket of a port: sends complete datagrams, hears the groups it has joined or what is sent
 * to its address.
 *
 * Bound to the interface as it is now: when that is deleted and created again, so must this be.
 */
export class AdvertSocket {
  readonly port: Port;
  readonly link: Link | undefined;
  readonly outbox: Outbox;
  private readonly socket: RawSocket;
  private readonly groups = new Set<IpAddress>();

  /** `link`: the interface of the port; undefined for a port without one. */
  constructor(
    port: Port,
    link: Link | undefined,
    refused: (parcel: Parcel, error: KernelError) => void,
  ) {
    this.port = port;
    this.link = link;
    const domain = port.family === 4 ? AF_INET : AF_INET6;
    this.socket = RawSocket.open(domain, SOCK_RAW, port.ah ? IPPROTO_AH : IPPROTO_VRRP);
    try {
      this.prepare();
      if (port.family === 4) this.prepare4();
      else this.prepare6();
      if (port.address !== undefined) this.socket.bind(this.addressOf(port.address));
    } catch (error) {
      this.socket.close();
      throw error;
    }
    this.outbox = new Outbox(this.socket, refused, { replaces: true });
  }

  private get ifindex(): number {
    return this.link?.index ?? 0;
  }

  private prepare(): void {
    const { socket, link } = this;
    if (link) socket.setOption(SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(`${link.name}\0`));
    socket.setOption(SOL_SOCKET, SO_PRIORITY, TC_PRIO_CONTROL);
  }

  /** The receive buffer; what is asked for stays within net.core.rmem_max. Throws KernelError. */
  setRoom(room: ReceiveRoom | undefined, mtu = USUAL_MTU): void {
    const bytes = room && Math.min(room.bytes + room.frames * mtu, MOST_INT);
    if (bytes === undefined) this.socket.setOption(SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER);
    else this.socket.setOption(SOL_SOCKET, SO_RCVBUF, bytes);
  }

  private prepare4(): void {
    const { socket, ifindex } = this;
    socket.setOption(IPPROTO_IP, IP_HDRINCL, 1);
    socket.setOption(IPPROTO_IP, IP_MULTICAST_ALL, 0);
    socket.setOption(IPPROTO_IP, IP_FREEBIND, 1);
    if (this.port.unicast) return;
    socket.setOption(SOL_SOCKET, SO_DONTROUTE, 1);
    socket.setOption(IPPROTO_IP, IP_MULTICAST_LOOP, 0);
    socket.setOption(IPPROTO_IP, IP_MULTICAST_IF, membership(undefined, ifindex));
  }

  /** A raw socket of IPv6 gives the payload alone; the header is made again from control data. */
  private prepare6(): void {
    const { socket, ifindex } = this;
    socket.setOption(IPPROTO_IPV6, IPV6_HDRINCL, 1);
    socket.setOption(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    socket.setOption(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
    socket.setOption(IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0);
    socket.setOption(IPPROTO_IPV6, IPV6_FREEBIND, 1);
    if (this.port.unicast) return;
    socket.setOption(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
    socket.setOption(IPPROTO_IPV6, IPV6_MULTICAST_IF, ifindex);
  }

  /** The socket address of one we send to, or of our own. */
  addressOf(ip: IpAddress): Uint8Array {
    return this.port.family === 4 ? sockaddrIn(ip) : sockaddrIn6(ip, 0, this.ifindex);
  }

  /** Every datagram heard, with its IP header. */
  listen(onPacket: (bytes: Uint8Array) => void, onError: (error: KernelError) => void): void {
    const take = (batch: Incoming[]): void => {
      for (const incoming of batch) {
        const bytes = this.port.family === 4 ? incoming.data : withHeader(incoming);
        if (bytes) onPacket(bytes);
      }
    };
    this.socket.onMessages(take, onError, { buffer: LONGEST_ADVERT, most: BATCH });
  }

  /** Joins what is missing of `wanted` and leaves what is not in it. Throws KernelError. */
  setGroups(wanted: ReadonlySet<IpAddress | undefined>): void {
    for (const group of this.groups) {
      if (wanted.has(group)) continue;
      this.member(group, false);
      this.groups.delete(group);
    }
    for (const group of wanted) {
      if (group === undefined || this.groups.has(group)) continue;
      this.member(group, true);
      this.groups.add(group);
    }
  }

  private member(group: IpAddress, joins: boolean): void {
    const { socket, ifindex } = this;
    if (this.port.family === 4) {
      const option = joins ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP;
      socket.setOption(IPPROTO_IP, option, membership(group, ifindex));
    } else {
      const option = joins ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP;
      socket.setOption(IPPROTO_IPV6, option, membership6(group, ifindex));
    }
  }

  close(): void {
    this.outbox.close();
    this.socket.close();
  }
}

/** The datagram as it was on the wire, as far as VRRP is concerned (RFC 3542 §6). */
function withHeader({ data, from, control }: Incoming): Uint8Array | undefined {
  const sender = parseSockaddr(from);
  const messages = decodeControl(control).filter(({ level }) => level === IPPROTO_IPV6);
  const destination = messages.find(({ type }) => type === IPV6_PKTINFO)?.data.subarray(0, 16);
  const hops = messages.find(({ type }) => type === IPV6_HOPLIMIT)?.data;
  if (sender.kind !== 'inet6' || destination?.length !== 16 || hops?.length !== 4) return undefined;
  const ttl = viewOf(hops).getInt32(0, littleEndian);
  const header = { source: sender.ip, destination: ipFromBytes(destination), ttl };
  return encodeIpv6({ ...header, protocol: IPPROTO_VRRP }, data);
}
