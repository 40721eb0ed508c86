import { Malformed } from '@keepalived-ts/netlink/attributes.js';
import type { NetlinkClient } from '@keepalived-ts/netlink/client.js';
import {
  RTNLGRP_IPV4_IFADDR,
  RTNLGRP_IPV6_IFADDR,
  RTNLGRP_LINK,
} from '@keepalived-ts/netlink/constants.js';
import type { Message } from '@keepalived-ts/netlink/message.js';
import type { Monitor, MonitorOptions } from '@keepalived-ts/netlink/monitor.js';
import { type Address, dumpAddresses, parseAddress } from '@keepalived-ts/netlink/route/address.js';
import {
  dumpLinks,
  type Link as KernelLink,
  parseLink,
} from '@keepalived-ts/netlink/route/link.js';
import { NETLINK_ROUTE } from '@keepalived-ts/raw-socket/constants.js';
import type { Input, Link } from '../core/types.js';
import { type Change, LinkTable, sameLink } from './link-table.js';

export interface NetworkParts {
  client: Pick<NetlinkClient, 'dump' | 'list'>;
  /** `openMonitor` of the netlink package. */
  listen(options: MonitorOptions): Pick<Monitor, 'close'>;
  feed(input: Input): void;
  /** An address went from an interface; true when we had asked for exactly that. */
  isOurs(address: Address, name: string, byUs: boolean): boolean;
  /** The picture was lost and could not be taken again. */
  failed(error: Error): void;
}

/**
 * Watches interfaces and addresses and tells the core of every change.
 *
 * Changes that arrive together are told once, an interface as a whole. When the kernel had more
 * to tell than the socket could hold, everything is read anew and the differences are told.
 */
export class Network {
  private readonly parts: NetworkParts;
  private readonly table = new LinkTable();
  private readonly told = new Map<string, Link>();
  private readonly dirty = new Set<string>();
  private monitor: Pick<Monitor, 'close'> | undefined;
  /** Notifications that arrived while a dump is read; undefined while none is. */
  private held: Message[] | undefined;
  private stale = false;
  private closed = false;
  private port = -1;

  constructor(parts: NetworkParts) {
    this.parts = parts;
  }

  /** Begins to watch; resolves when every existing interface has been told. */
  async start(): Promise<void> {
    this.monitor = this.parts.listen({
      protocol: NETLINK_ROUTE,
      groups: [RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR],
      onMessage: (message) => this.take(message),
      onOverrun: () =>
        void this.read().catch((error: Error) => {
          if (!this.closed) this.parts.failed(error);
        }),
    });
    await this.read();
  }

  linkOf(name: string): Link | undefined {
    return this.table.get(name);
  }

  /** Whether an interface forwards IPv6: neighbour advertisements tell. */
  forwards6(name: string): boolean {
    return this.table.forwards6(name);
  }

  tableOf(vrf: string): number | undefined {
    return this.table.tableOf(vrf);
  }

  kernelLink(name: string): KernelLink | undefined {
    return this.table.kernelLink(name);
  }

  kernelLinks(): readonly KernelLink[] {
    return this.table.kernelLinks();
  }

  close(): void {
    this.closed = true;
    this.monitor?.close();
  }

  /** Reads everything; what is notified meanwhile is worked in afterwards, in order. */
  private async read(): Promise<void> {
    this.stale = true;
    if (this.held !== undefined) return;
    this.held = [];
    try {
      while (this.stale) await this.readOnce();
    } finally {
      const held = this.held;
      this.held = undefined;
      for (const message of held) this.take(message);
      this.tell();
    }
  }

  private async readOnce(): Promise<void> {
    this.stale = false;
    this.held = [];
    const { client } = this.parts;
    const replies = await client.dump(dumpLinks());
    // Replies of a dump carry the port of whom they are for: ours, by which the notifications
    // of changes that we made ourselves are known again (rtmsg_ifa in net/ipv4/devinet.c).
    this.port = replies[0]?.port ?? this.port;
    const links = replies.map(parseLink).filter(isValue);
    const addresses = await client.list(dumpAddresses(), parseAddress);
    if (!this.stale) this.work(this.table.reset(links, addresses));
  }

  private take(message: Message): void {
    if (this.held !== undefined) this.held.push(message);
    else this.work(this.table.learn(message));
  }

  private work(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.of === 'removed') this.removed(change.address, change.interface, change.port);
      else this.touch(change.name);
    }
  }

  /** Tells an interface at the end of the turn, or before a later removal. */
  private touch(name: string): void {
    if (this.dirty.size === 0) queueMicrotask(() => this.tell());
    this.dirty.add(name);
  }

  private removed(address: Address, name: string, port: number): void {
    if (this.parts.isOurs(address, name, port === this.port)) return;
    this.tell();
    const { ip, prefixLength: prefix } = address;
    this.parts.feed({ kind: 'address-lost', interface: name, address: ip, prefix });
  }

  private tell(): void {
    const names = [...this.dirty];
    this.dirty.clear();
    for (const name of names) {
      const link = this.table.get(name);
      const told = this.told.get(name);
      if (link === told || (link && told && sameLink(link, told))) continue;
      if (link) this.told.set(name, link);
      else this.told.delete(name);
      this.parts.feed({ kind: 'link', name, link });
    }
  }
}

const isValue = <T>(value: T | Malformed | undefined): value is T =>
  value !== undefined && !(value instanceof Malformed);
