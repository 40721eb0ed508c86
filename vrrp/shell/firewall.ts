import { isDeepStrictEqual } from 'node:util';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { isLinkLocal6 } from '@keepalived-ts/base/ip.js';
import type { Request } from '@keepalived-ts/netlink/message.js';
import type { NftablesClient } from '@keepalived-ts/netlink/nftables/client.js';
import { addElements, delElements } from '@keepalived-ts/netlink/nftables/objects.js';
import type { FirewallPlan, PlannedVmac } from '../core/planned.js';
import type { Link, Vip } from '../core/types.js';
import { changeElements, type Element, vipElements, vmacElements } from './firewall-sets.js';
import { delTables, newTables } from './ruleset.js';

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
  readonly owners: Set<string>;
  /** The interface whose index the elements depend on. */
  readonly device: string;
  index: number | undefined;
  elementsNow(plan: FirewallPlan, index: number | undefined): readonly Element[];
  /** What the kernel has for it. */
  elements: readonly Element[];
}

/** Link-local addresses are one for each interface, others one for the machine. */
const keyOf = ({ interface: name, address }: Vip): string =>
  isLinkLocal6(address) ? `${address} ${name}` : address;
const vmacKey = ({ name }: PlannedVmac): string => `vmac ${name}`;
/** Who holds what virtual MACs need: no instance has this name. */
const VMACS = '';

/**
 * Keeps packets from the virtual addresses of masters that do not accept them, and interfaces with
 * virtual MACs from telling of themselves.
 *
 * By netlink rather than by `nft` or `iptables`: the kernel carries a transaction out inside
 * sendmsg, so a rule is there before the address is asked for, and nothing is spawned and waited
 * for at a takeover. `Requests` calls `raise` before it asks for addresses and `lower` when those
 * to be removed are gone, so no packet ever finds the address without its rule.
 *
 * Should the kernel not have what we put there (somebody has flushed the rule set), everything is
 * made anew in one transaction. What it refuses is told once and tried again every second; the
 * addresses come all the same, for a router that anybody may ping is better than none.
 */
export class Firewall {
  private readonly parts: FirewallParts;
  private client: ReturnType<FirewallParts['open']> | undefined;
  private plan: FirewallPlan | undefined;
  /** By which plan the tables that exist were made. */
  private made: FirewallPlan | undefined;
  private readonly held = new Map<string, Held>();
  /** What may differ from what the kernel has, by key. */
  private readonly changed = new Map<string, Held>();
  /** Whether the kernel can send copies of packets, as far as we know. */
  private duplicates = true;
  /** What the kernel has still to do. */
  private queue: Promise<void> = Promise.resolve();
  private closed = false;
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
      this.hold(instance, keyOf(vip), {
        device: vip.interface,
        elementsNow: (plan, index) => vipElements(vip, plan, index),
      });
    }
  }

  unblock(instance: string, vips: readonly Vip[]): void {
    for (const vip of vips) this.release(instance, keyOf(vip));
  }

  /** The interfaces with virtual MACs that there are to be, and no others. */
  async silence(vmacs: readonly PlannedVmac[]): Promise<void> {
    const keys = new Set(vmacs.map(vmacKey));
    for (const [key, { owners }] of this.held) {
      if (owners.has(VMACS) && !keys.has(key)) this.release(VMACS, key);
    }
    for (const vmac of vmacs) {
      this.hold(VMACS, vmacKey(vmac), {
        device: vmac.base,
        elementsNow: (plan, index) => vmacElements(vmac, plan, index),
      });
    }
    await this.raise();
  }

  /** An interface changed: it may have another index. */
  settle(name: string): void {
    const index = this.parts.linkOf(name)?.index;
    for (const [key, held] of this.held) {
      if (held.device === name && held.index !== index) this.changed.set(key, held);
    }
  }

  /** Adds what is missing; undefined when nothing is, else when the kernel has answered. */
  raise(): Promise<void> | undefined {
    const { plan } = this;
    if (plan === undefined) return undefined;
    const wanted = [...this.changed.values()].filter(({ owners }) => owners.size > 0);
    if (this.made !== plan) {
      return wanted.length > 0 && !this.timer ? this.remake(plan) : undefined;
    }
    const stale: Element[] = [];
    const missing: Element[] = [];
    for (const held of wanted) {
      const elements = this.elementsOf(held, plan);
      if (isDeepStrictEqual(held.elements, elements)) continue;
      stale.push(...held.elements);
      missing.push(...elements);
      held.elements = elements;
    }
    if (stale.length + missing.length === 0) return undefined;
    return this.change([
      ...changeElements(delElements, plan, stale),
      ...changeElements(addElements, plan, missing),
    ]);
  }

  /** Takes away what is not wanted any more, and makes tables that nothing has asked for yet. */
  lower(): void {
    const { plan } = this;
    const surplus: Element[] = [];
    for (const [key, held] of this.changed) {
      if (held.owners.size > 0) continue;
      surplus.push(...held.elements);
      this.held.delete(key);
    }
    this.changed.clear();
    if (plan === undefined) this.remove();
    else if (this.made === plan && surplus.length > 0) {
      void this.change(changeElements(delElements, plan, surplus));
    } else if (this.made !== plan && !this.timer) void this.remake(plan);
  }

  /** Removes the tables, but for rules of what stays. */
  close(): void {
    clearTimeout(this.timer);
    const { made } = this;
    const isFree = [...this.held.values()].every(({ owners }) => owners.size === 0);
    // The kernel is done with it before the socket is closed.
    if (made && isFree) this.send(delTables(made)).catch((error: unknown) => this.tell(error));
    this.closed = true;
    this.plan = undefined;
    this.client?.close();
  }

  private hold(owner: string, key: string, what: Pick<Held, 'device' | 'elementsNow'>): void {
    const former = this.held.get(key);
    const unknown = { owners: new Set<string>(), index: undefined, elements: [] };
    const held: Held = { ...(former ?? unknown), ...what };
    held.owners.add(owner);
    this.held.set(key, held);
    this.changed.set(key, held);
  }

  private release(owner: string, key: string): void {
    const held = this.held.get(key);
    if (held?.owners.delete(owner)) this.changed.set(key, held);
  }

  private elementsOf(held: Held, plan: FirewallPlan): readonly Element[] {
    held.index = this.parts.linkOf(held.device)?.index;
    return held.elementsNow(plan, held.index);
  }

  /** Everything anew: old tables go and new ones come, addresses and all, at one moment. */
  private remake(plan: FirewallPlan): Promise<void> {
    const former = this.made;
    this.made = plan;
    const elements = [...this.held.values()].flatMap((held) => {
      held.elements = held.owners.size > 0 ? this.elementsOf(held, plan) : [];
      return held.elements;
    });
    const requests = [
      ...(former ? delTables(former) : []),
      ...newTables(plan, this.duplicates),
      ...changeElements(addElements, plan, elements),
    ];
    return this.commit(requests).then(
      () => {
        this.reason = '';
      },
      (error: unknown) => this.refused(error, plan),
    );
  }

  /** Changes that the tables should be ready for; if they are not, they are made anew. */
  private async change(requests: readonly Request[]): Promise<void> {
    try {
      await Promise.all(requests.map((request) => this.commit([request])));
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      if (this.plan) await this.remake(this.plan);
    }
  }

  private remove(): void {
    const { made } = this;
    this.made = undefined;
    if (made) this.commit(delTables(made)).catch((error: unknown) => this.tell(error));
  }

  /** One after the other: other things of the thread get their turn in between. */
  private commit(requests: readonly Request[]): Promise<void> {
    const done = this.queue.then(() => this.send(requests));
    this.queue = done.catch(() => {});
    return done;
  }

  /** Opening the socket is a part of it: it fails where the kernel has no netfilter. */
  private async send(requests: readonly Request[]): Promise<void> {
    if (this.closed) return;
    this.client ??= this.parts.open();
    await this.client.transaction(requests);
  }

  /** May it be the copies that the kernel can't make? Without those nothing else is lost. */
  private refused(error: unknown, plan: FirewallPlan): Promise<void> | undefined {
    this.made = undefined;
    if (this.duplicates && plan.vmacs.length > 0 && this.plan === plan) {
      this.duplicates = false;
      return this.remake(plan);
    }
    this.duplicates = true;
    this.tell(error);
    if (this.plan === undefined) return undefined;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.plan && this.made !== this.plan) void this.remake(this.plan);
    }, RETRY_MS);
    return undefined;
  }

  private tell(error: unknown): void {
    if (!(error instanceof KernelError)) throw error;
    if (error.code === 'ECANCELED' || this.reason === error.message) return;
    this.reason = error.message;
    this.parts.refused(error.operation, error);
  }
}
