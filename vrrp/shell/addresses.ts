import { KernelError } from '@keepalived-ts/base/errors.js';
import { familyOf } from '@keepalived-ts/base/ip.js';
import type { Outcome } from '@keepalived-ts/netlink/client.js';
import { type Address, delAddress, newAddress } from '@keepalived-ts/netlink/route/address.js';
import { ENODEV } from '@keepalived-ts/raw-socket/constants.js';
import type { Link, Vip } from '../core/types.js';
import type { Requests } from './requests.js';

/** IFAPROT_* of our own: keepalived's RTPROT_KEEPALIVED (<linux/rtnetlink.h>), used for both. */
const PROTOCOL_KEEPALIVED = 18;
/** How often an address is tried again that the kernel refused. */
const RETRY_MS = 1_000;
/** Answers to a removal that say that there was nothing to remove. */
const GONE: readonly string[] = ['EADDRNOTAVAIL', 'ENODEV'];

export interface AddressesParts {
  requests: Pick<Requests, 'add' | 'flush'>;
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

const keyOf = (index: number, ip: string, prefix: number): string => `${index} ${ip}/${prefix}`;
const vipKey = (vip: Vip): string => `${vip.interface} ${vip.address}/${vip.prefix}`;

/** A VIP as the kernel is to have it (reference §9). */
export function addressOf(vip: Vip, index: number): Address {
  return {
    index,
    ip: vip.address,
    prefixLength: vip.prefix,
    scope: vip.scope,
    flags: vip.flags ?? 0,
    protocol: PROTOCOL_KEEPALIVED,
    ...(vip.broadcast !== undefined && { broadcast: vip.broadcast }),
    ...(vip.label !== undefined && { label: vip.label }),
    ...(vip.peer !== undefined && { peer: vip.peer }),
    ...(vip.preferredFor !== undefined && { preferredFor: vip.preferredFor }),
  };
}

/**
 * Puts addresses on interfaces and takes them off, a turn's in one batch of `Requests`.
 *
 * What the kernel refuses is told once and tried again every second while it is wanted. A removal
 * of what is not there is no refusal: after a crash and at start nobody knows what is left.
 */
export class Addresses {
  private readonly parts: AddressesParts;
  private readonly held = new Map<string, Held>();
  /** Removals under way, so that their notifications are not taken for somebody else's doing. */
  private readonly leaving = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(parts: AddressesParts) {
    this.parts = parts;
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
      const put = this.held.get(vipKey(vip))?.index;
      this.held.delete(vipKey(vip));
      const index = put || this.parts.linkOf(vip.interface)?.index;
      if (index !== undefined) this.takeOff(instance, vip, index);
    }
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

  isThere(vip: Vip): boolean {
    return this.held.get(vipKey(vip))?.state === 'there';
  }

  /** An interface changed: what is wanted on it is put there again if it is a new one. */
  settle(name: string): void {
    const link = this.parts.linkOf(name);
    if (!link) return;
    for (const held of this.held.values()) {
      if (held.vip.interface !== name || held.index === link.index) continue;
      if (held.index !== 0) this.takeOff(held.instance, held.vip, held.index);
      held.due = Math.max(held.due, held.announced);
      this.ask(held);
    }
  }

  /**
   * A removal was notified: true if we asked for it. Else whoever did it took it from us.
   *
   * Differs: what the kernel removes together with the first address of its subnet, which we have
   * removed, is put back. keepalived loses it at a reload, and becomes backup otherwise.
   */
  notedRemoval(address: Address, interfaceName: string, byUs: boolean): boolean {
    const key = keyOf(address.index, address.ip, address.prefixLength);
    // Of IPv6 the kernel does not tell who asked for it (inet6_ifa_notify in net/ipv6/addrconf.c).
    const mayBeOurs = byUs || familyOf(address.ip) === 6;
    if (mayBeOurs && this.leave(key)) return true;
    const held = this.held.get(`${interfaceName} ${address.ip}/${address.prefixLength}`);
    if (!held) return false;
    if (byUs) {
      this.ask(held);
      void this.parts.requests.flush();
      return true;
    }
    held.state = 'taken';
    return false;
  }

  close(): void {
    clearTimeout(this.timer);
    this.held.clear();
  }

  /** By index: an interface that was renamed still has it. */
  private takeOff(instance: string, vip: Vip, index: number): void {
    const { address: ip, prefix: prefixLength, peer } = vip;
    const key = keyOf(index, ip, prefixLength);
    this.leaving.set(key, (this.leaving.get(key) ?? 0) + 1);
    const operation = `remove ${ip}/${prefixLength} from ${vip.interface}`;
    const request = delAddress({ index, ip, prefixLength, ...(peer && { peer }) });
    this.parts.requests.add(request, (outcome) => {
      if (outcome.ok) return;
      this.leave(key);
      if (GONE.includes(outcome.error.code)) return;
      this.parts.refused(instance, operation, outcome.error);
    });
  }

  private ask(held: Held): void {
    const { vip } = held;
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
    this.parts.requests.add(request, (outcome) => this.answer(held, operation, outcome));
  }

  private answer(held: Held, operation: string, outcome: Outcome): void {
    if (this.held.get(vipKey(held.vip)) !== held) return;
    if (!outcome.ok) {
      this.refuse(held, operation, outcome.error);
      return;
    }
    held.state = 'there';
    if (held.due > 0) this.parts.arrived(held.instance, held.vip, held.due);
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
    void this.parts.requests.flush();
  }

  /** Counts one expected notification off; false if none was expected. */
  private leave(key: string): boolean {
    const left = this.leaving.get(key) ?? 0;
    if (left <= 1) this.leaving.delete(key);
    else this.leaving.set(key, left - 1);
    return left > 0;
  }
}
