import type { KernelError } from '@keepalived-ts/base/errors.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { sockaddrLl } from '@keepalived-ts/raw-socket/address.js';
import { AF_PACKET, ETH_P_ARP, SOCK_RAW } from '@keepalived-ts/raw-socket/constants.js';
import { RawSocket } from '@keepalived-ts/raw-socket/index.js';
import type { Link } from '../core/types.js';
import { encodeGratuitousArp } from '../wire/arp.js';
import { Outbox, type Parcel } from './outbox.js';

const BROADCAST = new Uint8Array(6).fill(0xff);
/** A packet socket of protocol 0 receives nothing (packet(7)). */
const NO_PROTOCOL = 0;

/** The socket that gratuitous ARP goes out by, on whatever interface. It hears nothing. */
export class ArpSocket {
  readonly outbox: Outbox;
  private readonly socket: RawSocket;

  constructor(refused: (parcel: Parcel, error: KernelError) => void) {
    this.socket = RawSocket.open(AF_PACKET, SOCK_RAW, NO_PROTOCOL);
    this.outbox = new Outbox(this.socket, refused, { replaces: false });
  }

  /** Queues one announcement; false: an interface without ARP or Ethernet address has none. */
  announce(owner: string, link: Link, address: IpAddress): boolean {
    const mac = Buffer.from(link.mac, 'hex');
    if (link.noArp || mac.length !== BROADCAST.length) return false;
    this.outbox.push({
      owner,
      what: `send gratuitous ARP for ${address} on ${link.name}`,
      data: encodeGratuitousArp({ mac, address }),
      to: sockaddrLl({ ifindex: link.index, protocol: ETH_P_ARP, address: BROADCAST }),
    });
    return true;
  }

  close(): void {
    this.outbox.close();
    this.socket.close();
  }
}
