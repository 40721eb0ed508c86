import { KernelError } from '@keepalived-ts/base/errors.js';
import { familyOf } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import type { Outcome } from '@keepalived-ts/netlink/client.js';
import type { Request } from '@keepalived-ts/netlink/message.js';
import {
  type Address,
  delAddress,
  IFA_F_NODAD,
  newAddress,
} from '@keepalived-ts/netlink/route/address.js';
import { ENODEV } from '@keepalived-ts/raw-socket/constants.js';
import type { Link, Vip } from '../core/types.js';

/** IFAPROT_* of our own: keepalived's RTPROT_KEEPALIVED (<linux/rtnetlink.h>), used for both. */
const PROTOCOL_KEEPALIVED = 18;
/** How often an address is tried again that the kernel refused. */
const RETRY_MS = 1_000;
/** Answers to a removal that say that there was nothing to remove. */
const GONE: readonly string[] = ['EADDRNOTAVAIL', 'ENODEV'];

export interface AddressesParts {
  /** All requests at once, answered in their order: NetlinkClient's `batch`. */
  batch(requests: readonly Request[]): Promise<readonly Outcome[]>;
  linkOf(name: string): Link | undefined;
  /** The kernel refused an address of an instance, or its removal. */
  refused(instance: string, operation: string, error: KernelError): void;
  /** An address that was refused at first is there now; so many announcements are due. */
  arrived(instance: string, vip: Vip, announcements: number): void;
}

interface Held {
  instance: string;
  vip: Vip;
  state: 'asked' | 'there' | 'refused' | 'taken';
  /** The interface it was put on; that of the name may be another by now. */
  index: number;
  /** Why it was refused, so that the same is not said every second. */
  reason: string;
  /** Announcements that wait for it, and how many it had last. */
  due: number;
  announced: number;
}

interface Job {
  instance: string;
  operation: string;
  request: Request;
  /** Of a removal: undefined. */
  held: Held | undefined;
  key: string;
}

const keyOf = (index: number, ip: string, prefix: number): string => `${index} ${ip}/${prefix}`;
const vipKey = (vip: Vip): string => `${vip.interface} ${vip.address}/${vip.prefix}`;

/** A VIP as the kernel is to have it (reference §9). */
export function addressOf(vip: Vip, index: number): Address {
  const six = familyOf(vip.address) === 6;
  return {
    index,
    ip: vip.address,
    prefixLength: vip.prefix,
    scope: vip.scope,
    flags: six ? IFA_F_NODAD : 0,
    protocol: PROTOCOL_KEEPALIVED,
    ...(vip.broadcast !== undefined && { broadcast: vip.broadcast }),
    ...(vip.label !== undefined && { label: vip.label }),
    // Deprecated: reachable, but not chosen as the source of new connections.
    ...(six && vip.prefix === 128 && { preferredFor: seconds(0) }),
  };
}

/**
 * Puts addresses on interfaces and takes them off, a turn's in one pipelined batch.
 *
 * What the kernel refuses is told once and tried again every second while it is wanted. A removal
 * of what is not there is no refusal: after a crash and at start nobody knows what is left.
 */
export class Addresses {
  private readonly parts: AddressesParts;
  private readonly held = new Map<string, Held>();
  /** Removals under way, so that their notifications are not taken for somebody else's doing. */
  private readonly leaving = new Map<string, number>();
  private jobs: Job[] = [];
  private batches = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(parts: AddressesParts) {
    this.parts = parts;
  }

  /** All that was asked for has been answered. */
  get settled(): boolean {
    return this.batches === 0 && this.jobs.length === 0;
  }

  add(instance: string, vips: readonly Vip[]): void {
    for (const vip of vips) {
      const unknown = { state: 'asked', index: 0, reason: '', due: 0, announced: 0 } as const;
      const held: Held = { instance, vip, ...unknown };
      this.held.set(vipKey(vip), held);
      this.ask(held);
    }
  }

  remove(instance: string, vips: readonly Vip[]): void {
    for (const vip of vips) {
      this.held.delete(vipKey(vip));
      const link = this.parts.linkOf(vip.interface);
      if (!link) continue;
      const { address: ip, prefix: prefixLength } = vip;
      const key = keyOf(link.index, ip, prefixLength);
      this.leaving.set(key, (this.leaving.get(key) ?? 0) + 1);
      const operation = `remove ${ip}/${prefixLength} from ${vip.interface}`;
      const request = delAddress({ index: link.index, ip, prefixLength });
      this.jobs.push({ instance, operation, request, held: undefined, key });
    }
  }

  /** Sends what was asked for since; undefined when there is nothing, else when it is answered. */
  flush(): Promise<void> | undefined {
    if (this.jobs.length === 0) return undefined;
    const jobs = this.jobs;
    this.jobs = [];
    this.batches++;
    return this.parts.batch(jobs.map(({ request }) => request)).then((outcomes) => {
      this.batches--;
      for (const [i, outcome] of outcomes.entries()) {
        const job = jobs[i];
        if (job) this.answer(job, outcome);
      }
    });
  }

  /** Whether announcing makes sense: the address is there. If it is not yet, it will be later. */
  announceable(vip: Vip, announcements: number): boolean {
    const held = this.held.get(vipKey(vip));
    if (!held) return false;
    held.announced = announcements;
    if (held.state === 'there') return true;
    held.due = Math.max(held.due, announcements);
    return false;
  }

  /** An interface changed: what is wanted on it is put there again if it is a new one. */
  settle(name: string): void {
    const link = this.parts.linkOf(name);
    if (!link) return;
    for (const held of this.held.values()) {
      if (held.vip.interface !== name || held.index === link.index) continue;
      held.due = Math.max(held.due, held.announced);
      this.ask(held);
    }
  }

  /** A removal was notified: true if we asked for it. Else whoever did it took it from us. */
  notedRemoval(address: Address, interfaceName: string, byUs: boolean): boolean {
    const key = keyOf(address.index, address.ip, address.prefixLength);
    if (byUs && this.leave(key)) return true;
    const held = this.held.get(`${interfaceName} ${address.ip}/${address.prefixLength}`);
    if (held) held.state = 'taken';
    return false;
  }

  close(): void {
    clearTimeout(this.timer);
    this.held.clear();
  }

  private ask(held: Held): void {
    const { vip, instance } = held;
    const operation = `add ${vip.address}/${vip.prefix} to ${vip.interface}`;
    const link = this.parts.linkOf(vip.interface);
    if (!link) {
      const error = new KernelError(operation, ENODEV, 'ENODEV', 'no such interface');
      this.refuse(held, operation, error);
      return;
    }
    held.state = 'asked';
    held.index = link.index;
    const request = newAddress(addressOf(vip, link.index), { replace: true });
    this.jobs.push({ instance, operation, request, held, key: vipKey(vip) });
  }

  private answer({ held, instance, operation, key }: Job, outcome: Outcome): void {
    if (held === undefined) {
      if (outcome.ok) return;
      this.leave(key);
      if (!GONE.includes(outcome.error.code))
        this.parts.refused(instance, operation, outcome.error);
      return;
    }
    if (this.held.get(key) !== held) return;
    if (!outcome.ok) {
      this.refuse(held, operation, outcome.error);
      return;
    }
    held.state = 'there';
    if (held.due > 0) this.parts.arrived(instance, held.vip, held.due);
    held.due = 0;
  }

  private refuse(held: Held, operation: string, error: KernelError): void {
    const news = held.reason !== error.message;
    held.state = 'refused';
    held.reason = error.message;
    this.timer ??= setTimeout(() => this.retry(), RETRY_MS);
    if (news) this.parts.refused(held.instance, operation, error);
  }

  private retry(): void {
    this.timer = undefined;
    for (const held of this.held.values()) if (held.state === 'refused') this.ask(held);
    void this.flush();
  }

  /** Counts one expected notification off; false if none was expected. */
  private leave(key: string): boolean {
    const left = this.leaving.get(key) ?? 0;
    if (left <= 1) this.leaving.delete(key);
    else this.leaving.set(key, left - 1);
    return left > 0;
  }
}
