import type { KernelError } from '@keepalived-ts/base/errors.js';
import { familyOf, type IpAddress } from '@keepalived-ts/base/ip.js';
import { sockaddrLl } from '@keepalived-ts/raw-socket/address.js';
import { AF_PACKET, ETH_P_ARP, ETH_P_IPV6, SOCK_RAW } from '@keepalived-ts/raw-socket/constants.js';
import { RawSocket } from '@keepalived-ts/raw-socket/index.js';
import type { Link } from '../core/types.js';
import { encodeGratuitousArp } from '../wire/arp.js';
import { encodeNeighbourAdvertisement } from '../wire/ndp.js';
import { Outbox, type Parcel } from './outbox.js';

const BROADCAST = new Uint8Array(6).fill(0xff);
/** A packet socket of protocol 0 receives nothing (packet(7)). */
const NO_PROTOCOL = 0;

/**
 * The socket that announcements go out by, on whatever interface: gratuitous ARP for IPv4,
 * neighbour advertisements for IPv6. It hears nothing.
 */
export class ArpSocket {
  readonly outbox: Outbox;
  private readonly socket: RawSocket;
  private readonly forwards6: (name: string) => boolean;

  /** `forwards6`: whether an interface forwards IPv6, which advertisements tell. */
  constructor(
    refused: (parcel: Parcel, error: KernelError) => void,
    forwards6: (name: string) => boolean,
  ) {
    this.socket = RawSocket.open(AF_PACKET, SOCK_RAW, NO_PROTOCOL);
    this.outbox = new Outbox(this.socket, refused, { replaces: false });
    this.forwards6 = forwards6;
  }

  /** An announcement for the outbox; an interface without ARP or Ethernet address has none. */
  announcement(owner: string, link: Link, address: IpAddress): Parcel | undefined {
    const mac = Buffer.from(link.mac, 'hex');
    if (link.noArp || mac.length !== BROADCAST.length) return undefined;
    const four = familyOf(address) === 4;
    const router = this.forwards6(link.name);
    const data = four
      ? encodeGratuitousArp({ mac, address })
      : encodeNeighbourAdvertisement({ mac, address, router });
    const protocol = four ? ETH_P_ARP : ETH_P_IPV6;
    const destination = data.subarray(0, BROADCAST.length);
    return {
      owner,
      what: `announce ${address} on ${link.name}`,
      data,
      to: sockaddrLl({ ifindex: link.index, protocol, address: destination }),
    };
  }

  close(): void {
    this.outbox.close();
    this.socket.close();
  }
}
