import { isDeepStrictEqual } from 'node:util';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { isLinkLocal6 } from '@keepalived-ts/base/ip.js';
import type { Request } from '@keepalived-ts/netlink/message.js';
import type { NftablesClient } from '@keepalived-ts/netlink/nftables/client.js';
import { addElements, delElements } from '@keepalived-ts/netlink/nftables/objects.js';
import type { FirewallPlan } from '../core/planned.js';
import type { Link, Vip } from '../core/types.js';
import { changeElements, delTables, type Element, elementOf, newTables } from './ruleset.js';

/** How often rules are tried again that the kernel refused. */
const RETRY_MS = 1_000;

export interface FirewallParts {
  /** `NftablesClient.open`: called only once rules are needed. */
  open(): Pick<NftablesClient, 'transaction' | 'close'>;
  linkOf(name: string): Link | undefined;
  /** The kernel refused the rules. */
  refused(operation: string, error: KernelError): void;
}

interface Held {
  readonly vip: Vip;
  readonly owners: Set<string>;
  /** What the kernel has for it. */
  element: Element | undefined;
}

/** Link-local addresses are one for each interface, others one for the machine. */
const keyOf = ({ interface: name, address }: Vip): string =>
  isLinkLocal6(address) ? `${address} ${name}` : address;
const isSame = (a: Element | undefined, b: Element): boolean =>
  a !== undefined && Buffer.compare(a.key, b.key) === 0;

/**
 * Keeps packets from the virtual addresses of masters that do not accept them.
 *
 * By netlink rather than by `nft` or `iptables`: the kernel carries a transaction out inside
 * sendmsg, so a rule is there before the address is asked for, and nothing is spawned and waited
 * for at a takeover. `Requests` calls `raise` before it asks for addresses and `lower` when those
 * to be removed are gone, so no packet ever finds the address without its rule.
 *
 * Should the kernel not have what we put there (somebody has flushed the rule set), everything is
 * made anew in one transaction. What it refuses is told once and tried again every second; the
 * addresses come all the same, for a router that nobody may ping is better than none.
 */
export class Firewall {
  private readonly parts: FirewallParts;
  private client: ReturnType<FirewallParts['open']> | undefined;
  private plan: FirewallPlan | undefined;
  /** By which plan the tables that exist were made. */
  private made: FirewallPlan | undefined;
  private readonly held = new Map<string, Held>();
  /** What may differ from what the kernel has. */
  private readonly changed = new Set<Held>();
  /** Elements of interfaces that have another index now. */
  private stale: Element[] = [];
  private reason = '';
  /** Runs while the kernel refuses the tables. */
  private timer: NodeJS.Timeout | undefined;

  constructor(parts: FirewallParts) {
    this.parts = parts;
  }

  /** Another plan: its tables replace the former ones. */
  follow(plan: FirewallPlan | undefined): void {
    if (!isDeepStrictEqual(this.plan, plan)) this.plan = plan;
  }

  block(instance: string, vips: readonly Vip[]): void {
    for (const vip of vips) {
      const key = keyOf(vip);
      const held = this.held.get(key) ?? { vip, owners: new Set(), element: undefined };
      held.owners.add(instance);
      this.held.set(key, held);
      this.changed.add(held);
    }
  }

  unblock(instance: string, vips: readonly Vip[]): void {
    for (const vip of vips) {
      const held = this.held.get(keyOf(vip));
      if (!held?.owners.delete(instance)) continue;
      this.changed.add(held);
    }
  }

  /** An interface changed: it may have another index. */
  settle(name: string): void {
    if (!this.plan?.byIndex) return;
    for (const held of this.held.values()) if (held.vip.interface === name) this.changed.add(held);
  }

  /** Adds what is missing; undefined when nothing is, else when the kernel has answered. */
  raise(): Promise<void> | undefined {
    const { plan } = this;
    if (plan === undefined) return undefined;
    const wanted = [...this.changed].filter(({ owners }) => owners.size > 0);
    if (this.made !== plan) {
      return wanted.length > 0 && !this.timer ? this.remake(plan) : undefined;
    }
    const missing = wanted.flatMap((held) => {
      const element = this.elementOf(held, plan);
      if (element === undefined || isSame(held.element, element)) return [];
      if (held.element) this.stale.push(held.element);
      held.element = element;
      return [element];
    });
    if (missing.length === 0) return undefined;
    return this.change(changeElements(addElements, plan, missing));
  }

  /** Takes away what is not wanted any more, and makes tables that nothing has asked for yet. */
  lower(): void {
    const { plan } = this;
    const surplus = this.stale;
    this.stale = [];
    for (const held of this.changed) {
      if (held.owners.size > 0) continue;
      if (held.element) surplus.push(held.element);
      this.held.delete(keyOf(held.vip));
    }
    this.changed.clear();
    if (plan === undefined) this.remove();
    else if (this.made === plan && surplus.length > 0) {
      void this.change(changeElements(delElements, plan, surplus));
    } else if (this.made !== plan && !this.timer) void this.remake(plan);
  }

  /** Removes the tables, but for rules of addresses that stay. */
  close(): void {
    clearTimeout(this.timer);
    if ([...this.held.values()].every(({ owners }) => owners.size === 0)) this.remove();
    this.plan = undefined;
    this.client?.close();
  }

  private elementOf({ vip }: Held, plan: FirewallPlan): Element | undefined {
    return elementOf(vip, plan, this.parts.linkOf(vip.interface)?.index);
  }

  /** Everything anew: old tables go and new ones come, addresses and all, at one moment. */
  private remake(plan: FirewallPlan): Promise<void> {
    const former = this.made;
    this.made = plan;
    this.stale = [];
    const elements = [...this.held.values()].flatMap((held) => {
      held.element = held.owners.size > 0 ? this.elementOf(held, plan) : undefined;
      return held.element ?? [];
    });
    const requests = [
      ...(former ? delTables(former) : []),
      ...newTables(plan),
      ...changeElements(addElements, plan, elements),
    ];
    return this.commit(requests).then(
      () => {
        this.reason = '';
      },
      (error: unknown) => this.refused(error),
    );
  }

  /** A change that the tables should be ready for; if they are not, they are made anew. */
  private change(requests: readonly Request[]): Promise<void> {
    return this.commit(requests).catch((error: unknown) => {
      if (!(error instanceof KernelError)) throw error;
      return this.plan && this.remake(this.plan);
    });
  }

  private remove(): void {
    const { made } = this;
    this.made = undefined;
    if (made) this.commit(delTables(made)).catch((error: unknown) => this.tell(error));
  }

  /** Opening the socket is a part of it: it fails where the kernel has no netfilter. */
  private async commit(requests: readonly Request[]): Promise<void> {
    this.client ??= this.parts.open();
    await this.client.transaction(requests);
  }

  private refused(error: unknown): void {
    this.made = undefined;
    this.tell(error);
    if (this.plan === undefined) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.plan && this.made !== this.plan) void this.remake(this.plan);
    }, RETRY_MS);
  }

  private tell(error: unknown): void {
    if (!(error instanceof KernelError)) throw error;
    if (error.code === 'ECANCELED' || this.reason === error.message) return;
    this.reason = error.message;
    this.parts.refused(error.operation, error);
  }
}
