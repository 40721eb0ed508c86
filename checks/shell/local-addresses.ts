import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { NetlinkClient } from '@keepalived-ts/netlink/client.js';
import { RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR } from '@keepalived-ts/netlink/constants.js';
import type { Monitor, MonitorOptions } from '@keepalived-ts/netlink/monitor.js';
import { dumpAddresses, parseAddress } from '@keepalived-ts/netlink/route/address.js';
import { NETLINK_ROUTE } from '@keepalived-ts/raw-socket/constants.js';

type Client = Pick<NetlinkClient, 'list' | 'close'>;
type Local = ReadonlySet<IpAddress>;

export interface AddressParts {
  /** A client of NETLINK_ROUTE. */
  open(): Client;
  /** `openMonitor` of the netlink package. */
  listen(options: MonitorOptions): Pick<Monitor, 'close'>;
}

/**
 * The addresses of this machine, whoever has put them there: the vrrp thread, another daemon, an
 * administrator.
 *
 * An announcement is only the occasion to read all of them again, so none can be misunderstood
 * or missed; those that come while that is done are answered by one more reading.
 */
export class LocalAddresses {
  private readonly parts: AddressParts;
  private readonly tell: (local: Local) => void;
  private ear: Pick<Monitor, 'close'> | undefined;
  private client: Client | undefined;
  private local: Local = new Set();
  private isStale = false;
  private reading: Promise<void> | undefined;

  /** `tell` gets what is local after a change. */
  constructor(parts: AddressParts, tell: (local: Local) => void) {
    this.parts = parts;
    this.tell = tell;
  }

  /** Watches, if anybody wants that; gives what is local now. */
  async follow(isWanted: boolean): Promise<Local> {
    if (!isWanted) {
      this.close();
      return new Set();
    }
    if (!this.ear) this.listen();
    await this.read();
    return this.local;
  }

  close(): void {
    this.ear?.close();
    this.client?.close();
    this.ear = undefined;
    this.client = undefined;
  }

  private listen(): void {
    this.client = this.parts.open();
    this.ear = this.parts.listen({
      protocol: NETLINK_ROUTE,
      groups: [RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR],
      onMessage: () => this.hear(),
      onOverrun: () => this.hear(),
    });
  }

  private hear(): void {
    this.isStale = true;
    if (this.reading) return;
    void this.read().then(() => {
      if (this.ear) this.tell(this.local);
    });
  }

  private read(): Promise<void> {
    this.isStale = true;
    this.reading ??= this.readWhileStale().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async readWhileStale(): Promise<void> {
    while (this.client && this.isStale) {
      const { client } = this;
      this.isStale = false;
      try {
        const addresses = await client.list(dumpAddresses(), parseAddress);
        this.local = new Set(addresses.map(({ ip }) => ip));
      } catch (error) {
        // What was under way when it was closed is of no interest any more.
        if (client === this.client) throw error;
      }
    }
  }
}
