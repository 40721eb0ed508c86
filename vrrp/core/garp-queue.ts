import { after, type Duration, type Instant, sooner } from '@keepalived-ts/base/time.js';
import type { Effect, Vip } from './types.js';

type Announcement = Extract<Effect, { do: 'announce' }>;

/** Gratuitous ARPs that wait for their turn, and when each interface is free for the next. */
export interface GarpQueue {
  readonly interval: Duration;
  readonly lines: ReadonlyMap<string, Line>;
}

interface Line {
  free: Instant;
  waiting: readonly { instance: string; vip: Vip }[];
}

/** `vrrp_garp_interval`; zero: nothing ever waits. */
export const newGarpQueue = (interval: Duration): GarpQueue => ({ interval, lines: new Map() });

/** An announcement gets in line: the whole list, as often as it is to be repeated. */
export function enqueue(queue: GarpQueue, announcement: Announcement, now: Instant): GarpQueue {
  const lines = new Map(queue.lines);
  const { instance, addresses, repeat } = announcement;
  for (const name of new Set(addresses.map((vip) => vip.interface))) {
    const own = addresses.filter((vip) => vip.interface === name);
    const once = own.map((vip) => ({ instance, vip }));
    const { free, waiting } = lines.get(name) ?? { free: now, waiting: [] };
    const all = Array.from({ length: repeat }, () => once).flat();
    lines.set(name, { free, waiting: [...waiting, ...all] });
  }
  return { ...queue, lines };
}

/**
 * Lets one ARP of each interface go that is free, and keeps it busy for the interval.
 *
 * Without an interval all that still wait go: a reload has taken it away.
 */
export function release(
  queue: GarpQueue,
  now: Instant,
): readonly [GarpQueue, readonly Announcement[]] {
  const lines = new Map(queue.lines);
  const released: Announcement[] = [];
  for (const [name, { free, waiting }] of queue.lines) {
    if (waiting.length === 0 || free > now) continue;
    const going = queue.interval === 0 ? waiting.length : 1;
    for (const { instance, vip } of waiting.slice(0, going)) {
      released.push({ do: 'announce', instance, addresses: [vip], repeat: 1 });
    }
    lines.set(name, { free: after(now, queue.interval), waiting: waiting.slice(going) });
  }
  return released.length === 0 ? [queue, released] : [{ ...queue, lines }, released];
}

/** Who gives addresses back announces them no more. */
export function withdraw(queue: GarpQueue, instance: string, vips: readonly Vip[]): GarpQueue {
  const gone = new Set(vips.map((vip) => `${vip.interface} ${vip.address}`));
  const lines = new Map<string, Line>();
  for (const [name, { free, waiting }] of queue.lines) {
    const stays = waiting.filter(
      (w) => w.instance !== instance || !gone.has(`${name} ${w.vip.address}`),
    );
    lines.set(name, { free, waiting: stays });
  }
  return { ...queue, lines };
}

/** When the next ARP may go. */
export function nextRelease(queue: GarpQueue): Instant | null {
  let next: Instant | null = null;
  for (const { free, waiting } of queue.lines.values()) {
    if (waiting.length > 0) next = sooner(next, free);
  }
  return next;
}
