import { KernelError } from '@keepalived-ts/base/errors.js';
import type { EventOf } from '@keepalived-ts/base/events.js';
import type { Outcome } from '@keepalived-ts/netlink/client.js';
import type { Request } from '@keepalived-ts/netlink/message.js';
import {
  delLink,
  isRunning,
  type Link,
  newLink,
  setLink,
} from '@keepalived-ts/netlink/route/link.js';
import { IPVLAN_MODE_L2, MACVLAN_MODE_PRIVATE } from '@keepalived-ts/netlink/route/link-kind.js';
import { EEXIST } from '@keepalived-ts/raw-socket/constants.js';
import type { PlannedVmac } from '../core/planned.js';
import { vmacsOf } from '../core/ports.js';
import type { VrrpPlan } from '../core/types.js';
import { placedVmacs, vmacStep } from '../core/vmacs.js';
import type { vrrpEvents } from '../events.js';
import type { Firewall } from './firewall.js';
import type { VmacSettings } from './vmac-settings.js';

export interface VmacsParts {
  batch(requests: readonly Request[]): Promise<readonly Outcome[]>;
  kernelLink(name: string): Link | undefined;
  kernelLinks(): readonly Link[];
  settings: Pick<VmacSettings, 'follow' | 'setUp' | 'isReady' | 'restore'>;
  /** Makes rules for these interfaces, before they are there, and none for others any more. */
  silence: Firewall['silence'];
  log(event: EventOf<typeof vrrpEvents>): void;
  refused(instance: string, operation: string, error: KernelError): void;
}

/** How often an interface is tried again that the kernel refused. */
const RETRY_MS = 1_000;
/** How long a start or a reload waits for interfaces to come up. */
const PATIENCE_MS = 3_000;

interface Held {
  instance: string;
  vmac: PlannedVmac;
  /** The kernel made it because we asked. */
  made: boolean;
  /** The interface that was set up; undefined: none yet. */
  index: number | undefined;
  /** Why it was refused, so that the same is not said every second. */
  reason: string;
  /** What is being done about it, and whether something has changed meanwhile. */
  work: Promise<void> | undefined;
  again: boolean;
}

/**
 * The interfaces of virtual MACs: made before the routers on them begin, made again when somebody
 * deletes them, deleted when nobody wants them any more.
 *
 * Nothing here decides an election: an interface that can't be had is one that is missing.
 */
export class Vmacs {
  private readonly parts: VmacsParts;
  private held = new Map<string, Held>();
  /** Those that the last plan has no use for, until `prune`. */
  private left: Held[] = [];
  /** Those that a start or a reload waits for, and what it does when there are none left. */
  private awaited = new Set<Held>();
  private arrived: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(parts: VmacsParts) {
    this.parts = parts;
  }

  /** Makes what a plan needs, and gives the plan with the names that these interfaces have. */
  async follow(plan: VrrpPlan): Promise<VrrpPlan> {
    const former = this.held;
    const { kernelLinks, settings } = this.parts;
    const { plan: placed, news } = placedVmacs(plan, kernelLinks(), new Set(former.keys()));
    for (const event of news) this.parts.log(event);
    this.held = new Map();
    const wanted = placed.instances.flatMap((router) =>
      vmacsOf(router).map((vmac) => ({ instance: router.name, vmac })),
    );
    for (const { instance, vmac } of wanted) {
      const known = former.get(vmac.name);
      former.delete(vmac.name);
      const isSame = known !== undefined && JSON.stringify(known.vmac) === JSON.stringify(vmac);
      this.held.set(vmac.name, {
        instance,
        vmac,
        made: known !== undefined,
        index: isSame ? known.index : undefined,
        reason: '',
        work: undefined,
        again: false,
      });
    }
    this.left.push(...former.values());
    if (this.held.size + this.left.length === 0) return placed;
    await this.silence([...this.left, ...this.held.values()]);
    await settings.follow([...this.held.values()].map(({ vmac }) => vmac));
    for (const held of this.held.values()) this.make(held);
    await this.arrival();
    return placed;
  }

  /** An interface appeared, changed or vanished. */
  settle(name: string): void {
    for (const held of this.held.values()) {
      if (held.vmac.name !== name && held.vmac.base !== name) continue;
      this.make(held);
      this.check(held);
    }
  }

  /** Deletes those that the last plan has no use for. */
  async prune(): Promise<void> {
    await this.remove(this.left.splice(0));
    await this.silence([...this.held.values()]);
  }

  /** The end: deletes all of them, and puts back what was set for them. */
  async dismantle(): Promise<void> {
    this.close();
    const all = [...this.left, ...this.held.values()];
    await Promise.all(all.map(({ work }) => work));
    await this.remove(all);
    await this.silence([]);
    await this.parts.settings.restore();
  }

  close(): void {
    this.closed = true;
    this.arrived?.();
    clearTimeout(this.timer);
  }

  private silence(some: readonly Held[]): Promise<void> {
    return this.parts.silence(some.map(({ vmac }) => vmac).filter(({ ipvlan }) => !ipvlan));
  }

  /** It is there as far as it can be: what was refused is not waited for. */
  private isUp({ vmac, index, reason, work }: Held): boolean {
    const { kernelLink, settings } = this.parts;
    const [link, base] = [kernelLink(vmac.name), kernelLink(vmac.base)];
    if (base === undefined || reason !== '') return true;
    if (link === undefined || link.index !== index || work !== undefined) return false;
    return !isRunning(base) || (isRunning(link) && settings.isReady(vmac));
  }

  /** Looks whether one that is waited for is up. */
  private check(held: Held): void {
    if (this.awaited.has(held) && this.isUp(held)) this.awaited.delete(held);
    if (this.awaited.size === 0) this.arrived?.();
  }

  private async arrival(): Promise<void> {
    this.awaited = new Set([...this.held.values()].filter((held) => !this.isUp(held)));
    if (this.awaited.size === 0 || this.closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS);
      this.arrived = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.arrived = undefined;
    this.awaited.clear();
  }

  /** Makes an interface what it should be, one step at a time: each step is heard of as a change. */
  private make(held: Held): void {
    const { kernelLink } = this.parts;
    const [link, base] = [kernelLink(held.vmac.name), kernelLink(held.vmac.base)];
    held.again = held.work !== undefined;
    if (this.closed || held.again || !base) return;
    if (link === undefined) held.index = undefined;
    else if (link.index === held.index) return;
    held.work = this.step(held, link, base)
      .then(() => {
        held.reason = '';
      })
      .catch((error: unknown) => this.refuse(held, error))
      .finally(() => {
        held.work = undefined;
        if (held.again) this.make(held);
        this.check(held);
      });
  }

  private async step(held: Held, link: Link | undefined, base: Link): Promise<void> {
    const { vmac, instance } = held;
    const { name: interfaceName } = vmac;
    const mac = Buffer.from(vmac.mac, 'hex');
    const { ipvlan } = vmac;
    const tell = (event: 'vmac-created' | 'ipvlan-created' | 'vmac-found' | 'vmac-changed'): void =>
      this.parts.log({ event, instance, interface: interfaceName });
    const step = vmacStep(vmac, { link, base });
    if (link === undefined) {
      const kind = ipvlan
        ? { name: 'ipvlan', ipvlanMode: IPVLAN_MODE_L2, ipvlanFlags: ipvlan.flags }
        : { name: 'macvlan', macvlanMode: MACVLAN_MODE_PRIVATE };
      const group = vmac.group ?? base.group;
      // An interface upon one of a VRF belongs to it, too.
      const master = base.portOf === 'vrf' ? base.master : undefined;
      const wanted = { name: interfaceName, kind, base: base.index, ...(!ipvlan && { mac }) };
      await this.ask(newLink({ ...wanted, ...(group && { group }), ...(master && { master }) }));
      held.made = true;
      tell(ipvlan ? 'ipvlan-created' : 'vmac-created');
    } else if (step === 'taken') {
      throw new KernelError(
        `create interface ${interfaceName}`,
        EEXIST,
        'EEXIST',
        'it is not ours',
      );
    } else if (step === 'replace') {
      await this.ask(delLink(link.index));
    } else if (step === 'change-mac') {
      await this.ask(setLink(link.index, { mac }));
      tell('vmac-changed');
    } else {
      if (!held.made) tell('vmac-found');
      await this.parts.settings.setUp(vmac, link, base);
      await this.ask(setLink(link.index, { up: true }));
      held.made = true;
      held.index = link.index;
    }
  }

  private async ask(request: Request): Promise<void> {
    for (const outcome of await this.parts.batch([request])) if (!outcome.ok) throw outcome.error;
  }

  private refuse(held: Held, error: unknown): void {
    if (!(error instanceof KernelError)) throw error;
    const isNews = held.reason !== error.message;
    held.reason = error.message;
    if (isNews) this.parts.refused(held.instance, error.operation, error);
    if (!this.closed) this.timer ??= setTimeout(() => this.retry(), RETRY_MS);
  }

  private retry(): void {
    this.timer = undefined;
    for (const held of this.held.values()) if (held.reason !== '') this.make(held);
  }

  private async remove(some: readonly Held[]): Promise<void> {
    const there = some.flatMap(({ instance, vmac, index }) => {
      const link = this.parts.kernelLink(vmac.name);
      return link !== undefined && link.index === index ? [{ instance, link }] : [];
    });
    const outcomes = await this.parts.batch(there.map(({ link }) => delLink(link.index)));
    for (const [i, { instance, link }] of there.entries()) {
      const outcome = outcomes[i];
      if (outcome?.ok) {
        this.parts.log({ event: 'vmac-removed', instance, interface: link.name });
      } else if (outcome && outcome.error.code !== 'ENODEV') {
        this.parts.refused(instance, outcome.error.operation, outcome.error);
      }
    }
  }
}
