import type { KernelError } from '@keepalived-ts/base/errors.js';
import type { Route } from '@keepalived-ts/netlink/route/route.js';
import type { Rule } from '@keepalived-ts/netlink/route/rule.js';
import type { PlannedRoute, PlannedRule } from '../core/planned.js';
import type { Effect, Input, Link, Vip } from '../core/types.js';
import { encodeDatagram } from '../wire/datagram.js';
import type { Addresses } from './addresses.js';
import type { ArpSocket } from './arp-socket.js';
import type { Entries } from './entries.js';
import type { Firewall } from './firewall.js';
import type { LinkSettings } from './link-settings.js';
import type { Performer } from './loop.js';
import type { Parcel } from './outbox.js';
import type { Reports } from './report.js';
import type { Requests } from './requests.js';
import type { AdvertSockets } from './sockets.js';

export interface KernelParts {
  sockets: Pick<AdvertSockets, 'join' | 'leave' | 'send' | 'flush' | 'empty'>;
  arp: Pick<ArpSocket, 'announcement' | 'outbox'>;
  addresses: Pick<Addresses, 'add' | 'remove' | 'announceable' | 'isThere'>;
  firewall: Pick<Firewall, 'block' | 'unblock'>;
  routes: Pick<Entries<PlannedRoute, Route>, 'add' | 'remove'>;
  rules: Pick<Entries<PlannedRule, Rule>, 'add' | 'remove'>;
  promotion: Pick<LinkSettings, 'want'>;
  /** Where those put what the kernel is to be asked. */
  requests: Pick<Requests, 'flush' | 'settled'>;
  reports: Pick<Reports, 'perform' | 'flush'>;
  linkOf(name: string): Link | undefined;
  /** `stopped` was performed, and everything before it. */
  stopped(): void;
}

/** How long the last adverts and removals may take before the thread ends all the same. */
const PATIENCE_MS = 1_000;
const POLL_MS = 5;

type Announcement = Extract<Effect, { do: 'announce' }>;

/** An announcement that was made, and how often it is to be repeated. */
interface Repetition {
  vip: Vip;
  parcel: Parcel;
  left: number;
}

/** What a refused effect becomes. */
export const refusal = (instance: string, operation: string, error: KernelError): Input => ({
  kind: 'refused',
  instance,
  operation,
  reason: error.detail ?? error.code,
});

/**
 * Performs effects, in batches: `perform` only collects, and what a turn of the event loop
 * produced goes out at its end, in the order that matters on the wire.
 *
 * First the adverts, for they decide the election; then all addresses, routes and rules in one netlink
 * batch, behind the firewall of those who need it; last gratuitous ARP, which is of no use before the
 * kernel answers for the address, and its repetitions, which let everything else go first.
 */
export class Kernel implements Performer {
  private readonly parts: KernelParts;
  private announcements: Announcement[] = [];
  private repetitions: Repetition[] = [];
  private repeating = false;
  private scheduled = false;
  private stopping = false;
  private finishing = false;

  constructor(parts: KernelParts) {
    this.parts = parts;
  }

  perform(effects: readonly Effect[]): void {
    for (const effect of effects) this.collect(effect);
    if (effects.length > 0) this.schedule();
  }

  /** Asks for a flush at the end of the turn. */
  schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => this.flush());
  }

  /** Announces one address at once, as soon as it has arrived late. */
  announce(owner: string, vip: Vip, repeat: number): void {
    this.announceFirst(owner, vip, repeat);
    this.endRound();
  }

  private announceFirst(owner: string, vip: Vip, repeat: number): void {
    const link = this.parts.linkOf(vip.interface);
    const parcel = link && this.parts.arp.announcement(owner, link, vip.address);
    if (!parcel) return;
    this.send(parcel, vip);
    if (repeat > 1) this.repetitions.push({ vip, parcel, left: repeat - 1 });
  }

  private send(
    parcel: Parcel,
    { interface: name, address }: Pick<Vip, 'interface' | 'address'>,
  ): void {
    this.parts.arp.outbox.push(parcel);
    const event = { event: 'sent-garp', interface: name, address } as const;
    this.parts.reports.perform({ do: 'log', event });
  }

  private collect(effect: Effect): void {
    const { sockets, addresses, firewall, routes, rules, promotion, arp, reports } = this.parts;
    switch (effect.do) {
      case 'join':
        sockets.join(effect.port, effect.group, effect.room);
        break;
      case 'leave':
        sockets.leave(effect.port, effect.group);
        break;
      case 'send-advert':
        sockets.send(effect.port, {
          owner: effect.instance,
          datagram: encodeDatagram(effect),
          destination: effect.destination,
        });
        break;
      case 'add-addresses':
        addresses.add(effect.instance, effect.addresses);
        break;
      case 'remove-addresses':
        arp.outbox.drop(effect.instance);
        addresses.remove(effect.instance, effect.addresses);
        break;
      case 'block-addresses':
        firewall.block(effect.instance, effect.addresses);
        break;
      case 'unblock-addresses':
        firewall.unblock(effect.instance, effect.addresses);
        break;
      case 'add-routes':
        routes.add(effect.instance, effect.routes);
        break;
      case 'remove-routes':
        routes.remove(effect.instance, effect.routes);
        break;
      case 'add-rules':
        rules.add(effect.instance, effect.rules);
        break;
      case 'remove-rules':
        rules.remove(effect.instance, effect.rules);
        break;
      case 'promote-secondaries':
        promotion.want(effect.interfaces);
        break;
      case 'announce':
        this.announcements.push(effect);
        break;
      case 'announce-source': {
        const link = this.parts.linkOf(effect.interface);
        const parcel = link && arp.announcement(effect.instance, link, effect.address);
        if (parcel) this.send(parcel, effect);
        break;
      }
      case 'stopped':
        this.stopping = true;
        break;
      default:
        reports.perform(effect);
        break;
    }
  }

  private flush(): void {
    this.scheduled = false;
    const { sockets, requests, reports } = this.parts;
    sockets.flush();
    const due = this.announcements;
    this.announcements = [];
    const answered = requests.flush();
    if (answered) void answered.then(() => this.announceAll(due));
    else this.announceAll(due);
    // The kernel is asked at the end of this turn, before anybody is told why.
    queueMicrotask(() => reports.flush());
    if (this.stopping && !this.finishing) {
      this.finishing = true;
      this.finish(performance.now() + PATIENCE_MS);
    }
  }

  /** Each address once; what is not ours (any more) is left out. */
  private announceAll(due: readonly Announcement[]): void {
    for (const { instance, addresses: vips, repeat } of due) {
      const present = vips.filter((vip) => this.parts.addresses.announceable(vip, repeat));
      for (const vip of present) this.announceFirst(instance, vip, repeat);
    }
    this.endRound();
  }

  /** Sends a round of announcements; the next one comes when nothing is asked of the kernel. */
  private endRound(): void {
    this.parts.arp.outbox.flush();
    this.parts.reports.flush();
    if (this.repetitions.length === 0 || this.repeating) return;
    this.repeating = true;
    setImmediate(() => this.repeat());
  }

  private repeat(): void {
    if (!this.parts.requests.settled) {
      setTimeout(() => this.repeat(), POLL_MS);
      return;
    }
    this.repeating = false;
    const due = this.repetitions.filter(({ vip }) => this.parts.addresses.isThere(vip));
    this.repetitions = [];
    for (const { vip, parcel, left } of due) {
      this.send(parcel, vip);
      if (left > 1) this.repetitions.push({ vip, parcel, left: left - 1 });
    }
    this.endRound();
  }

  /** Waits for the last datagram to be taken and the last removal to be answered. */
  private finish(latest: number): void {
    const { sockets, arp, requests } = this.parts;
    const done = sockets.empty && arp.outbox.empty && requests.settled;
    if (done || performance.now() >= latest) this.parts.stopped();
    else setTimeout(() => this.finish(latest), POLL_MS);
  }
}
