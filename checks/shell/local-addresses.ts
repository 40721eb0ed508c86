import { KernelError } from '@keepalived-ts/base/errors.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { type Alarm, after, type Clock, seconds } from '@keepalived-ts/base/time.js';
import type { NetlinkClient } from '@keepalived-ts/netlink/client.js';
import { RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR } from '@keepalived-ts/netlink/constants.js';
import type { Monitor, MonitorOptions } from '@keepalived-ts/netlink/monitor.js';
import { dumpAddresses, parseAddress } from '@keepalived-ts/netlink/route/address.js';
import { NETLINK_ROUTE } from '@keepalived-ts/raw-socket/constants.js';

type Client = Pick<NetlinkClient, 'list' | 'close'>;
type Local = ReadonlySet<IpAddress>;

/** How often they are asked for again that the kernel did not tell. */
const RETRY = seconds(1);

export interface AddressParts {
  /** A client of NETLINK_ROUTE. */
  open(): Client;
  /** `openMonitor` of the netlink package. */
  listen(options: MonitorOptions): Pick<Monitor, 'close'>;
  clock: Clock;
  alarm: Alarm;
  /** Gets what is local after a change. */
  tell(local: Local): void;
  /** What the kernel has refused, in its own words. */
  refused(words: string): void;
}

/**
 * The addresses of this machine, whoever has put them there: the vrrp thread, another daemon, an
 * administrator.
 *
 * An announcement is only the occasion to read all of them again, so none can be misunderstood
 * or missed; those that come while that is done are answered by one more reading. Where the kernel
 * does not answer, what was known last counts until it does.
 */
export class LocalAddresses {
  private readonly parts: AddressParts;
  private isWanted = false;
  private ear: Pick<Monitor, 'close'> | undefined;
  private client: Client | undefined;
  private local: Local = new Set();
  private isStale = false;
  private isRefused = false;
  private reading: Promise<void> | undefined;

  constructor(parts: AddressParts) {
    this.parts = parts;
  }

  /** Watches, if anybody wants that; gives what is local now. */
  async follow(isWanted: boolean): Promise<Local> {
    if (!isWanted) {
      this.close();
      return new Set();
    }
    this.isWanted = true;
    await this.read();
    return this.local;
  }

  close(): void {
    this.isWanted = false;
    this.isRefused = false;
    this.parts.alarm.set(null, () => undefined);
    this.ear?.close();
    this.client?.close();
    this.ear = undefined;
    this.client = undefined;
  }

  private hear(): void {
    this.isStale = true;
    if (this.reading) return;
    void this.read().then(() => {
      if (this.isWanted) this.parts.tell(this.local);
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
    while (this.isWanted && this.isStale) {
      this.isStale = false;
      let client: Client | undefined;
      try {
        client = this.listening();
        const addresses = await client.list(dumpAddresses(), parseAddress);
        this.local = new Set(addresses.map(({ ip }) => ip));
        this.isRefused = false;
      } catch (error) {
        // What was under way when it was closed is of no interest any more.
        if (client !== this.client) continue;
        if (!(error instanceof KernelError)) throw error;
        this.askLater(error);
        return;
      }
    }
  }

  /** The client, once announcements are heard: what comes between them would be missed. */
  private listening(): Client {
    const { parts } = this;
    this.ear ??= parts.listen({
      protocol: NETLINK_ROUTE,
      groups: [RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR],
      onMessage: () => this.hear(),
      onOverrun: () => this.hear(),
    });
    this.client ??= parts.open();
    return this.client;
  }

  private askLater({ message }: KernelError): void {
    const { clock, alarm, refused } = this.parts;
    if (!this.isRefused) refused(message);
    this.isRefused = true;
    alarm.set(after(clock.now(), RETRY), () => this.hear());
  }
}
