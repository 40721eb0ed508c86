import { after, type Instant } from '@keepalived-ts/base/time.js';
import type { Listening } from './lookup.js';
import type { Turn } from './turn.js';
import type { Effect, Link } from './types.js';

/** An interface that went up or down, which does not count yet. */
export interface Settling {
  readonly up: boolean;
  /** When it will count, if it lasts. */
  readonly at: Instant;
}

/**
 * The kernel told of an interface. With `interface_up_down_delays` going up or down counts when it
 * has lasted; all else, its end too, counts at once.
 */
export function hearLink(turn: Turn, name: string, link: Link | undefined): void {
  const counted = turn.world.links.get(name);
  const delays = turn.world.linkDelays.find((entry) => entry.interface === name);
  const settling = new Map(turn.world.settling);
  const pending = settling.get(name);
  settling.delete(name);
  const isSame = counted !== undefined && counted.index === link?.index;
  if (!link || !isSame || !delays || link.up === counted.up) {
    turn.put({ settling });
    changeLink(turn, name, link);
    return;
  }
  const delay = link.up ? delays.up : delays.down;
  settling.set(name, pending ?? { up: link.up, at: after(turn.now, delay) });
  turn.put({ settling });
  changeLink(turn, name, { ...link, up: counted.up });
  settleLinks(turn);
}

/** Lets interfaces be up or down that have been so for long enough. */
export function settleLinks(turn: Turn): void {
  for (const [name, { up, at }] of turn.world.settling) {
    const link = turn.world.links.get(name);
    if (at > turn.now || !link) continue;
    const settling = new Map(turn.world.settling);
    settling.delete(name);
    turn.put({ settling });
    changeLink(turn, name, { ...link, up });
  }
}

/** An interface appeared, changed or vanished. */
function changeLink(turn: Turn, name: string, link: Link | undefined): void {
  const before = turn.world.links.get(name);
  if (before && link && before.index !== link.index) {
    // Deleted and made anew between two looks: its groups and addresses are gone.
    changeLink(turn, name, undefined);
    changeLink(turn, name, link);
    return;
  }
  const links = new Map(turn.world.links);
  if (link) links.set(name, link);
  else links.delete(name);
  turn.put({ links });
  if (turn.world.stage !== 'running') return;
  const concerned = turn.world.lookup.byInterface.get(name) ?? [];
  if (concerned.length === 0) return;
  const news = newsOf(turn, name, before, link);
  // Our own VIPs come and go without concerning anybody.
  if (news.length === 0) return;
  turn.want(...news);
  if (!before && link) {
    for (const listening of turn.world.lookup.ports.values()) {
      if (listening.port.interface === name) join(turn, listening);
    }
  }
  for (const i of concerned) turn.settle(i);
}

/** Joins the groups of all routers at a port. */
export function join(turn: Turn, { port, groups, room }: Listening): void {
  for (const group of groups) turn.want({ do: 'join', port, group, room });
}

function newsOf(
  turn: Turn,
  name: string,
  before: Link | undefined,
  link: Link | undefined,
): Effect[] {
  const news: Effect[] = [];
  const tell = (event: Extract<Effect, { do: 'log' }>['event']): void => {
    news.push({ do: 'log', event });
  };
  if (!before && link) tell({ event: 'link-added', interface: name });
  if ((before?.up ?? false) !== (link?.up ?? false)) {
    tell({ event: link?.up ? 'link-up' : 'link-down', interface: name });
  }
  const own = (l: Link | undefined): string[] =>
    (l?.addresses ?? []).map((a) => a.address).filter((a) => !turn.world.lookup.vips.has(a));
  const [had, has] = [new Set(own(before)), new Set(own(link))];
  for (const address of had) {
    if (!has.has(address)) tell({ event: 'address-deassigned', interface: name, address });
  }
  for (const address of has) {
    if (!had.has(address)) tell({ event: 'address-assigned', interface: name, address });
  }
  if (before && !link) tell({ event: 'link-deleted', interface: name });
  return news;
}
