import { KernelError } from '@keepalived-ts/base/errors.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { sockaddrIn } from '@keepalived-ts/raw-socket/address.js';
import { ENODEV } from '@keepalived-ts/raw-socket/constants.js';
import type { Link } from '../core/types.js';
import { AdvertSocket } from './advert-socket.js';
import type { Parcel } from './outbox.js';

export interface AdvertSocketsParts {
  linkOf(name: string): Link | undefined;
  onPacket(name: string, bytes: Uint8Array): void;
  /** The kernel did not take an advert. */
  refused(parcel: Parcel, error: KernelError): void;
  /** An interface can't be heard or spoken on for now. */
  trouble(name: string, error: KernelError): void;
}

/** How often an interface is tried again whose socket could not be made. */
const RETRY_MS = 1_000;

/**
 * A VRRP socket for each interface that somebody wants to hear a group on.
 *
 * What is wanted is kept apart from what is open, so that an interface that comes back, or a
 * join that failed, is only a matter of making the second like the first again.
 */
export class AdvertSockets {
  private readonly parts: AdvertSocketsParts;
  private readonly wanted = new Map<string, Set<IpAddress>>();
  private readonly open = new Map<string, AdvertSocket>();
  private readonly troubles = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(parts: AdvertSocketsParts) {
    this.parts = parts;
  }

  join(name: string, group: IpAddress): void {
    const groups = this.wanted.get(name) ?? new Set();
    this.wanted.set(name, groups.add(group));
    this.settle(name);
  }

  leave(name: string, group: IpAddress): void {
    const groups = this.wanted.get(name);
    groups?.delete(group);
    if (groups?.size === 0) this.wanted.delete(name);
    this.settle(name);
  }

  /** Queues an advert, given as a whole datagram. */
  send(name: string, owner: string, datagram: Uint8Array, group: IpAddress): void {
    const what = `send advert on ${name}`;
    const parcel = { owner, what, data: datagram, to: sockaddrIn(group) };
    const socket = this.open.get(name);
    if (socket) socket.outbox.push(parcel);
    else this.parts.refused(parcel, new KernelError(what, ENODEV, 'ENODEV', 'no socket'));
  }

  flush(): void {
    for (const socket of this.open.values()) socket.outbox.flush();
  }

  get empty(): boolean {
    return [...this.open.values()].every((socket) => socket.outbox.empty);
  }

  /** Makes the socket of an interface what it should be, after any change. */
  settle(name: string): void {
    const link = this.parts.linkOf(name);
    const groups = this.wanted.get(name);
    const socket = this.open.get(name);
    if (socket && (!groups || socket.link.index !== link?.index)) {
      socket.close();
      this.open.delete(name);
    }
    if (!link || !groups) return void this.troubles.delete(name);
    try {
      (this.open.get(name) ?? this.make(link)).setGroups(groups);
      this.troubles.delete(name);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.complain(name, error);
    }
  }

  private make(link: Link): AdvertSocket {
    const socket = new AdvertSocket(link, this.parts.refused);
    this.open.set(link.name, socket);
    socket.listen(
      (bytes) => this.parts.onPacket(link.name, bytes),
      (error) => this.complain(link.name, error),
    );
    return socket;
  }

  /** Tells a trouble once, and tries again until it is over. */
  private complain(name: string, error: KernelError): void {
    if (this.troubles.get(name) !== error.message) this.parts.trouble(name, error);
    this.troubles.set(name, error.message);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      for (const troubled of [...this.troubles.keys()]) this.settle(troubled);
    }, RETRY_MS);
  }

  close(): void {
    clearTimeout(this.timer);
    for (const socket of this.open.values()) socket.close();
    this.open.clear();
  }
}
