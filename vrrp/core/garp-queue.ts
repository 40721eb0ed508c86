import { familyOf } from '@keepalived-ts/base/ip.js';
import { after, type Duration, type Instant, seconds, sooner } from '@keepalived-ts/base/time.js';
import type { Effect, Vip } from './types.js';

type Announcement = Extract<Effect, { do: 'announce' }>;

/** Least times between two gratuitous ARPs, or two neighbour advertisements; zero for no limit. */
export interface GarpPace {
  arp: Duration;
  ndp: Duration;
}

/** The pace of each interface by itself, and of those that share one (`garp_group`). */
export interface GarpPaces extends GarpPace {
  groups: readonly (GarpPace & { interfaces: readonly string[] })[];
}

/** Announcements that wait for their turn, and when each line is free for the next. */
export interface GarpQueue {
  readonly paces: GarpPaces;
  readonly lines: ReadonlyMap<string, Line>;
}

interface Waiting {
  instance: string;
  vip: Vip;
}

interface Line {
  interval: Duration;
  free: Instant;
  waiting: readonly Waiting[];
}

export const UNPACED: GarpPaces = { arp: seconds(0), ndp: seconds(0), groups: [] };

export const newGarpQueue = (paces: GarpPaces): GarpQueue => ({ paces, lines: new Map() });

/**
 * The line that an address waits in: ARP and neighbour advertisements keep apart. What a virtual
 * MAC announces leaves by the interface below.
 */
export function lineOf(paces: GarpPaces, vip: Vip): { key: string; interval: Duration } {
  const kind = familyOf(vip.address) === 4 ? 'arp' : 'ndp';
  const device = vip.base ?? vip.interface;
  const group = paces.groups.find(({ interfaces }) => interfaces.includes(device));
  const name = group?.interfaces.join(' ') ?? device;
  return { key: `${kind} ${name}`, interval: (group ?? paces)[kind] };
}

/**
 * An announcement gets in line: the whole list, as often as it is to be repeated.
 *
 * What still waits of it counts, so that refreshes faster than the pace do not make the line grow.
 * Differs: keepalived forgets repetitions of what waits already.
 */
export function enqueue(queue: GarpQueue, announcement: Announcement, now: Instant): GarpQueue {
  const { instance, addresses, repeat } = announcement;
  const joining = new Map<string, { interval: Duration; vips: Vip[] }>();
  for (const vip of addresses) {
    const { key, interval } = lineOf(queue.paces, vip);
    const own = joining.get(key) ?? { interval, vips: [] };
    own.vips.push(vip);
    joining.set(key, own);
  }
  const lines = new Map(queue.lines);
  for (const [key, { interval, vips }] of joining) {
    const { free, waiting } = lines.get(key) ?? { free: now, waiting: [] };
    const known = new Map<Vip['address'], number>();
    for (const { instance: by, vip } of waiting) {
      if (by === instance) known.set(vip.address, (known.get(vip.address) ?? 0) + 1);
    }
    const rounds = Array.from({ length: repeat }, (_, round) =>
      vips.filter(({ address }) => (known.get(address) ?? 0) <= round),
    );
    const added = rounds.flat().map((vip) => ({ instance, vip }));
    lines.set(key, { interval, free, waiting: [...waiting, ...added] });
  }
  return { ...queue, lines };
}

/**
 * Lets one announcement of each line go that is free, and keeps it busy for the interval.
 *
 * Without an interval all that still wait go: a reload has taken it away.
 */
export function release(
  queue: GarpQueue,
  now: Instant,
): readonly [GarpQueue, readonly Announcement[]] {
  const lines = new Map(queue.lines);
  const released: Announcement[] = [];
  for (const [key, { interval, free, waiting }] of queue.lines) {
    if (waiting.length === 0 || free > now) continue;
    const going = interval === 0 ? waiting.length : 1;
    for (const { instance, vip } of waiting.slice(0, going)) {
      released.push({ do: 'announce', instance, addresses: [vip], repeat: 1 });
    }
    lines.set(key, { interval, free: after(now, interval), waiting: waiting.slice(going) });
  }
  return released.length === 0 ? [queue, released] : [{ ...queue, lines }, released];
}

/** Those that wait get in line anew, by other paces. */
export function repaced({ lines: former }: GarpQueue, paces: GarpPaces): GarpQueue {
  const lines = new Map<string, Line & { waiting: Waiting[] }>();
  for (const { free, waiting } of former.values()) {
    for (const one of waiting) {
      const { key, interval } = lineOf(paces, one.vip);
      const line = lines.get(key) ?? { interval, free, waiting: [] };
      line.waiting.push(one);
      lines.set(key, line);
    }
  }
  return { paces, lines };
}

/** Who gives addresses back announces them no more. */
export function withdraw(queue: GarpQueue, instance: string, vips: readonly Vip[]): GarpQueue {
  const gone = new Set(vips.map((vip) => `${vip.interface} ${vip.address}`));
  const lines = new Map<string, Line>();
  for (const [key, line] of queue.lines) {
    const stays = line.waiting.filter(
      ({ instance: by, vip }) => by !== instance || !gone.has(`${vip.interface} ${vip.address}`),
    );
    lines.set(key, { ...line, waiting: stays });
  }
  return { ...queue, lines };
}

/** When the next announcement may go. */
export function nextRelease(queue: GarpQueue): Instant | null {
  let next: Instant | null = null;
  for (const { free, waiting } of queue.lines.values()) {
    if (waiting.length > 0) next = sooner(next, free);
  }
  return next;
}
