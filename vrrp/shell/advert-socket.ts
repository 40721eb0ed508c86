import type { KernelError } from '@keepalived-ts/base/errors.js';
import { type IpAddress, ipBytes } from '@keepalived-ts/base/ip.js';
import {
  AF_INET,
  IP_ADD_MEMBERSHIP,
  IP_DROP_MEMBERSHIP,
  IP_HDRINCL,
  IP_MULTICAST_ALL,
  IP_MULTICAST_IF,
  IP_MULTICAST_LOOP,
  IPPROTO_IP,
  SO_BINDTODEVICE,
  SO_DONTROUTE,
  SO_PRIORITY,
  SO_RCVBUFFORCE,
  SOCK_RAW,
  SOL_SOCKET,
} from '@keepalived-ts/raw-socket/constants.js';
import { type Incoming, RawSocket } from '@keepalived-ts/raw-socket/index.js';
import type { Link } from '../core/types.js';
import { IPPROTO_VRRP } from '../wire/ip-header.js';
import { Outbox, type Parcel } from './outbox.js';

/** TC_PRIO_CONTROL of <linux/pkt_sched.h>: adverts go before bulk traffic. */
const TC_PRIO_CONTROL = 7;
/** Room for a second of 20,000 adverts, so that a flood of garbage crowds out no good one. */
const RECEIVE_BUFFER = 16 << 20;
/** The longest advert: 20 + 8 + 4 * 255 + 8 octets, and some to see that one is too long. */
const LONGEST_ADVERT = 1536;
const BATCH = 64;

/** struct ip_mreqn of <linux/in.h>: group, local address, interface. */
function membership(group: IpAddress | undefined, ifindex: number): Uint8Array {
  const bytes = new Uint8Array(12);
  if (group !== undefined) bytes.set(ipBytes(group), 0);
  bytes.set(new Uint8Array(Int32Array.of(ifindex).buffer), 8);
  return bytes;
}

/**
 * The VRRP socket of an interface: sends complete IPv4 datagrams, hears the groups it has joined.
 *
 * Bound to the interface as it is now: when that is deleted and created again, so must this be.
 */
export class AdvertSocket {
  readonly link: Link;
  readonly outbox: Outbox;
  private readonly socket: RawSocket;
  private readonly groups = new Set<IpAddress>();

  constructor(link: Link, refused: (parcel: Parcel, error: KernelError) => void) {
    this.link = link;
    this.socket = RawSocket.open(AF_INET, SOCK_RAW, IPPROTO_VRRP);
    try {
      this.prepare();
    } catch (error) {
      this.socket.close();
      throw error;
    }
    this.outbox = new Outbox(this.socket, refused, { replaces: true });
  }

  private prepare(): void {
    const { name, index } = this.link;
    this.socket.setOption(SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(`${name}\0`));
    this.socket.setOption(SOL_SOCKET, SO_PRIORITY, TC_PRIO_CONTROL);
    this.socket.setOption(SOL_SOCKET, SO_DONTROUTE, 1);
    this.socket.setOption(SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER);
    this.socket.setOption(IPPROTO_IP, IP_HDRINCL, 1);
    this.socket.setOption(IPPROTO_IP, IP_MULTICAST_LOOP, 0);
    this.socket.setOption(IPPROTO_IP, IP_MULTICAST_ALL, 0);
    this.socket.setOption(IPPROTO_IP, IP_MULTICAST_IF, membership(undefined, index));
  }

  /** Every datagram heard, with its IPv4 header. */
  listen(onPacket: (bytes: Uint8Array) => void, onError: (error: KernelError) => void): void {
    const take = (batch: Incoming[]): void => {
      for (const { data } of batch) onPacket(data);
    };
    this.socket.onMessages(take, onError, { buffer: LONGEST_ADVERT, most: BATCH });
  }

  /** Joins what is missing of `wanted` and leaves what is not in it. Throws KernelError. */
  setGroups(wanted: ReadonlySet<IpAddress>): void {
    for (const group of this.groups) {
      if (wanted.has(group)) continue;
      this.membership(IP_DROP_MEMBERSHIP, group);
      this.groups.delete(group);
    }
    for (const group of wanted) {
      if (this.groups.has(group)) continue;
      this.membership(IP_ADD_MEMBERSHIP, group);
      this.groups.add(group);
    }
  }

  private membership(option: number, group: IpAddress): void {
    this.socket.setOption(IPPROTO_IP, option, membership(group, this.link.index));
  }

  close(): void {
    this.outbox.close();
    this.socket.close();
  }
}
