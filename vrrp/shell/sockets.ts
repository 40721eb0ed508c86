import { KernelError } from '@keepalived-ts/base/errors.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { ENODEV } from '@keepalived-ts/raw-socket/constants.js';
import type { Listening } from '../core/lookup.js';
import type { Port } from '../core/ports.js';
import type { ReceiveRoom } from '../core/receive-room.js';
import type { Link } from '../core/types.js';
import { AdvertSocket } from './advert-socket.js';
import type { Parcel } from './outbox.js';

export interface AdvertSocketsParts {
  linkOf(name: string): Link | undefined;
  onPacket(port: string, bytes: Uint8Array): void;
  /** The kernel did not take an advert. */
  refused(parcel: Parcel, error: KernelError): void;
  /** A port can't be heard at or spoken from for now. */
  trouble(port: Port, error: KernelError): void;
}

/** An advert on its way: the whole datagram, and whom it is for. */
export interface Dispatch {
  owner: string;
  datagram: Uint8Array;
  destination: IpAddress;
}

/** How often a port is tried again whose socket could not be made. */
const RETRY_MS = 1_000;

/**
 * A VRRP socket for each port that somebody wants to listen at.
 *
 * What is wanted is kept apart from what is open, so that an interface that comes back, or a
 * join that failed, is only a matter of making the second like the first again.
 */
export class AdvertSockets {
  private readonly parts: AdvertSocketsParts;
  private readonly wanted = new Map<string, Listening & { groups: Set<IpAddress | undefined> }>();
  private readonly open = new Map<string, AdvertSocket>();
  private readonly troubles = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(parts: AdvertSocketsParts) {
    this.parts = parts;
  }

  join(port: Port, group: IpAddress | undefined, room: ReceiveRoom | undefined): void {
    const { groups } = this.wanted.get(port.key) ?? { groups: new Set() };
    groups.add(group);
    this.wanted.set(port.key, { port, groups, room });
    this.settlePort(port);
  }

  leave(port: Port, group: IpAddress | undefined): void {
    // The last advert of a router that leaves would go with the socket.
    this.open.get(port.key)?.outbox.flush();
    const groups = this.wanted.get(port.key)?.groups;
    groups?.delete(group);
    if (groups?.size === 0) this.wanted.delete(port.key);
    this.settlePort(port);
  }

  /** Queues an advert. */
  send(port: Port, { owner, datagram, destination }: Dispatch): void {
    const way = port.unicast ? `to ${destination}` : `on ${port.interface}`;
    const parcel = { owner, what: `send advert ${way}`, data: datagram };
    const socket = this.open.get(port.key);
    if (socket) socket.outbox.push({ ...parcel, to: socket.addressOf(destination) });
    else this.parts.refused(parcel, new KernelError(parcel.what, ENODEV, 'ENODEV', 'no socket'));
  }

  flush(): void {
    for (const socket of this.open.values()) socket.outbox.flush();
  }

  get empty(): boolean {
    return [...this.open.values()].every((socket) => socket.outbox.empty);
  }

  /** Makes the sockets of an interface what they should be, after any change. */
  settle(name: string): void {
    const ports = [...this.wanted.values(), ...this.open.values()].map(({ port }) => port);
    for (const port of ports) if (port.interface === name) this.settlePort(port);
  }

  private settlePort(port: Port): void {
    const { key, interface: name } = port;
    const link = name === undefined ? undefined : this.parts.linkOf(name);
    const wanted = this.wanted.get(key);
    const socket = this.open.get(key);
    if (socket && (!wanted || socket.link?.index !== link?.index)) {
      socket.close();
      this.open.delete(key);
    }
    const missing = name !== undefined && !link;
    if (missing || !wanted) return void this.troubles.delete(key);
    try {
      const settled = this.open.get(key) ?? this.make(port, link);
      settled.setRoom(wanted.room, link?.mtu);
      settled.setGroups(wanted.groups);
      this.troubles.delete(key);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.complain(port, error);
    }
  }

  private make(port: Port, link: Link | undefined): AdvertSocket {
    const socket = new AdvertSocket(port, link, this.parts.refused);
    this.open.set(port.key, socket);
    socket.listen(
      (bytes) => this.parts.onPacket(port.key, bytes),
      (error) => this.complain(port, error),
    );
    return socket;
  }

  /** Tells a trouble once, and tries again until it is over. */
  private complain(port: Port, error: KernelError): void {
    if (this.troubles.get(port.key) !== error.message) this.parts.trouble(port, error);
    this.troubles.set(port.key, error.message);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      for (const key of [...this.troubles.keys()]) {
        const listening = this.wanted.get(key);
        if (listening) this.settlePort(listening.port);
      }
    }, RETRY_MS);
  }

  close(): void {
    clearTimeout(this.timer);
    for (const socket of this.open.values()) socket.close();
    this.open.clear();
  }
}
