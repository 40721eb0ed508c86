import { after, type Instant, toSeconds } from '@keepalived-ts/base/time.js';
import { join } from './links.js';
import { identity, lookupOf } from './lookup.js';
import { step } from './machine.js';
import { allVips, newRouter, type Router, wakeUp } from './router.js';
import { newScript, replanned, type Script } from './script.js';
import { runScripts } from './scripts.js';
import { conditions } from './track.js';
import type { Turn } from './turn.js';
import type { Effect, Vip, VrrpPlan } from './types.js';
import { removeVips } from './vips.js';

/** The first plan: every router starts, after what a crash left behind has been cleared away. */
export function begin(turn: Turn, plan: VrrpPlan, keepAddresses: boolean): void {
  if (turn.world.stage !== 'idle') return;
  const scripts = new Map(plan.scripts.map((s) => [s.name, newScript(s, turn.now)]));
  const delayedUntil = plan.startupDelay > 0 ? after(turn.now, plan.startupDelay) : null;
  const lookup = lookupOf(plan.instances);
  turn.put({ stage: 'running', keepAddresses, delayedUntil, lookup, scripts });
  if (delayedUntil !== null) {
    const event = { event: 'start-delayed', seconds: toSeconds(plan.startupDelay) } as const;
    turn.want({ do: 'log', event });
  }
  putRouters(turn, plan.instances.map(newRouter));
  for (const [name, groups] of lookup.groups) {
    if (turn.world.links.has(name)) join(turn, name, groups);
    else turn.want({ do: 'log', event: { event: 'link-missing', interface: name } });
  }
  plan.instances.forEach((_, i) => {
    enter(turn, i);
  });
  runScripts(turn);
}

/**
 * Another plan. Routers that are the same by interface, VRID and group go on, the others leave or
 * start.
 *
 * Addresses are added after all have been removed: one may have moved from a router to another.
 */
export function reload(turn: Turn, plan: VrrpPlan): void {
  if (turn.world.stage !== 'running') return;
  const from = turn.effects.length;
  const { lookup: former, routers } = turn.world;
  const kept = new Set(plan.instances.map(identity));
  routers.forEach((router, i) => {
    if (kept.has(identity(router.plan))) return;
    const leave = { kind: 'stop', told: 'FAULT', keepAddresses: false } as const;
    turn.apply(i, (vr) => step(vr, leave, turn.now));
  });
  const known = new Map(turn.world.routers.map((vr) => [identity(vr.plan), vr]));
  const lookup = lookupOf(plan.instances);
  turn.put({ lookup, scripts: replan(turn.world.scripts, plan, turn.now) });
  putRouters(
    turn,
    plan.instances.map((p) => known.get(identity(p)) ?? newRouter(p)),
  );
  turn.want(...groupChanges(former.groups, lookup.groups, new Set(turn.world.links.keys())));
  plan.instances.forEach((p, i) => {
    if (!known.has(identity(p))) {
      enter(turn, i);
      return;
    }
    const { links, scripts } = turn.world;
    const { priority } = conditions(p, { links, scripts, vips: lookup.vips });
    turn.apply(i, (vr) => step(vr, { kind: 'reload', plan: p, priority }, turn.timersFrom));
    turn.settle(i);
  });
  runScripts(turn);
  const effects = turn.effects.splice(from);
  const isLast = (e: Effect): boolean => e.do === 'add-addresses' || e.do === 'announce';
  turn.want(...effects.filter((e) => !isLast(e)), ...effects.filter(isLast));
}

/** A router joins the game. */
function enter(turn: Turn, i: number): void {
  turn.settle(i);
  const left = leftOvers(turn, allVips(turn.router(i).plan));
  turn.apply(
    i,
    removeVips(() => left),
  );
  turn.apply(i, (vr) => step(vr, { kind: 'start' }, turn.timersFrom));
}

/** VIPs that a crashed run left in the kernel. */
const leftOvers = (turn: Turn, vips: readonly Vip[]): readonly Vip[] =>
  vips.filter((vip) =>
    turn.world.links
      .get(vip.interface)
      ?.addresses.some((a) => a.address === vip.address && a.prefix === vip.prefix),
  );

const replan = (
  scripts: ReadonlyMap<string, Script>,
  plan: VrrpPlan,
  now: Instant,
): ReadonlyMap<string, Script> =>
  new Map(plan.scripts.map((s) => [s.name, replanned(scripts.get(s.name), s, now)]));

function putRouters(turn: Turn, routers: readonly Router[]): void {
  const wakeUps = Float64Array.from(routers, (vr) => wakeUp(vr) ?? Number.POSITIVE_INFINITY);
  turn.put({ routers, wakeUps });
}

type Groups = Turn['world']['lookup']['groups'];

function groupChanges(before: Groups, after: Groups, links: ReadonlySet<string>): Effect[] {
  const missing = (all: Groups, from: Groups): { interface: string; group: Vip['address'] }[] =>
    [...all].flatMap(([name, groups]) =>
      [...groups]
        .filter((group) => links.has(name) && !from.get(name)?.has(group))
        .map((group) => ({ interface: name, group })),
    );
  return [
    ...missing(before, after).map((g) => ({ do: 'leave', ...g }) as const),
    ...missing(after, before).map((g) => ({ do: 'join', ...g }) as const),
  ];
}
