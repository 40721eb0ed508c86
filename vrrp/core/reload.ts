import { isDeepStrictEqual } from 'node:util';
import { familyOf } from '@keepalived-ts/base/ip.js';
import { after, elapsed, type Instant, instant, toSeconds } from '@keepalived-ts/base/time.js';
import { Fleet } from './fleet.js';
import { newGarpQueue, repaced } from './garp-queue.js';
import { join } from './links.js';
import { identities, type Lookup, lookupOf } from './lookup.js';
import { step } from './machine.js';
import { removeRoutes, removeRules } from './possessions.js';
import { newProcess, processAfterReload } from './process.js';
import { allVips, inOrder, newRouter, type Router, stay } from './router.js';
import { newScript, replanned, type Script } from './script.js';
import { runScripts } from './scripts.js';
import { changeStatics, promote, setStatics } from './statics.js';
import { newGroup, reloaded, starting, startTold } from './sync-group.js';
import type { Turn } from './turn.js';
import type { Effect, RouterPlan, Vip, VrrpPlan } from './types.js';
import { removeVips } from './vips.js';

/** The first plan: every router starts, after what a crash left behind has been cleared away. */
export function begin(turn: Turn, plan: VrrpPlan, keepAddresses: boolean): void {
  if (turn.world.stage !== 'idle') return;
  const scripts = new Map(plan.scripts.map((s) => [s.name, newScript(s, turn.now)]));
  const delayedUntil = delayOf(plan, turn.now);
  const copies = turn.world.counts;
  const processes = new Map(
    plan.processes.map((p) => [p.name, newProcess(p, copies.get(p.name) ?? 0)]),
  );
  const lookup = lookupOf(plan);
  const garps = newGarpQueue(plan.garpPaces);
  turn.put({
    stage: 'running',
    ...settingsOf(plan),
    keepAddresses,
    delayedUntil,
    lookup,
    scripts,
    processes,
    garps,
  });
  if (delayedUntil !== null) {
    const delay = toSeconds(elapsed(turn.now, delayedUntil));
    const event = { event: 'start-delayed', seconds: delay } as const;
    turn.want({ do: 'log', event });
  }
  turn.put({
    routers: Fleet.of(plan.instances.map((router) => newRouter(router, turn.world.epoch))),
  });
  const missing = new Set<string>();
  for (const listening of lookup.ports.values()) {
    const { interface: name } = listening.port;
    if (name === undefined || turn.world.links.has(name)) join(turn, listening);
    else missing.add(name);
  }
  for (const name of missing) {
    turn.want({ do: 'log', event: { event: 'link-missing', interface: name } });
  }
  promote(turn, plan.promoted);
  setStatics(turn, plan.statics);
  const places = plan.instances.map((_, i) => i);
  for (const i of places) turn.settle(i);
  const routers = (i: number): Router => turn.router(i);
  turn.put({ groups: plan.groups.map((group) => starting(group, routers)) });
  for (const i of places) enter(turn, i);
  for (const group of turn.world.groups) turn.want(...startTold(group, routers));
  runScripts(turn);
}

/** What the world itself goes by. */
const settingsOf = ({ logUnknownVrids, linkDelays }: VrrpPlan) => ({ logUnknownVrids, linkDelays });

/**
 * The end of the start-up delay. CLOCK_MONOTONIC of Linux, by which the thread lives, began when
 * the machine was booted.
 */
function delayOf({ startupDelay, delayAfterBoot }: VrrpPlan, now: Instant): Instant | null {
  const until = Math.max(after(now, startupDelay), delayAfterBoot);
  return until > now ? instant(until) : null;
}

/**
 * Another plan. Routers that are the same by port, VRID and group go on, the others leave or
 * start. One whose own plan has not changed notices nothing. Differs: keepalived's masters send two
 * adverts at every reload, and its backups begin to wait anew.
 *
 * Addresses are added after all have been removed: one may have moved from a router to another.
 */
export function reload(turn: Turn, plan: VrrpPlan): void {
  if (turn.world.stage !== 'running') return;
  const from = turn.effects.length;
  const { lookup: former } = turn.world;
  const wanted = identities(plan.instances);
  const plans = [...turn.world.routers].map((vr) => vr.plan);
  const has = identities(plans);
  const kept = new Set<string | undefined>(wanted);
  const leaving = new Set(plans.filter((_, i) => !kept.has(has[i])));
  turn.applyToAll((vr) => {
    if (!leaving.has(vr.plan)) return stay(vr);
    return step(vr, { kind: 'stop', told: vr.plan.farewell, keepAddresses: false }, turn.now);
  });
  const known = new Map([...turn.world.routers].map((vr, i) => [has[i], vr]));
  const lookup = lookupOf(plan);
  const { epoch } = turn.world;
  const routers = Fleet.of(
    plan.instances.map((p, i) => known.get(wanted[i]) ?? newRouter(p, epoch)),
  );
  const scripts = replan(turn.world.scripts, plan, turn.now);
  const garps = repaced(turn.world.garps, plan.garpPaces);
  const groups = plan.groups.map((group) => {
    const known = turn.world.groups.find(({ plan: { name } }) => name === group.name);
    return known ? { ...known, plan: group } : newGroup(group);
  });
  const processes = new Map(
    plan.processes.map((p) => {
      const [former, count] = [turn.world.processes.get(p.name), turn.world.counts.get(p.name)];
      return [p.name, processAfterReload(former, p, count ?? 0, turn.now)];
    }),
  );
  turn.put({ lookup, routers, scripts, processes, garps, groups, ...settingsOf(plan) });
  promote(turn, plan.promoted);
  changeStatics(turn, plan.statics);
  turn.want(...portChanges(former.ports, lookup.ports, new Set(turn.world.links.keys())));
  const isNew = (i: number): boolean => !known.has(wanted[i]);
  const isChanged = (p: RouterPlan, i: number): boolean =>
    !isNew(i) && !isDeepStrictEqual(turn.router(i).plan, p);
  // A router that the new plan makes fail, or its new group makes yield, gives back what it has
  // and never adds the rest.
  plan.instances.forEach((p, i) => {
    if (isNew(i)) turn.settle(i);
    else if (isChanged(p, i)) turn.fail(i, turn.conditionsOf(p));
  });
  regroup(turn);
  plan.instances.forEach((p, i) => {
    if (isNew(i)) enter(turn, i);
    if (!isChanged(p, i)) return;
    const { priority } = turn.conditionsOf(p);
    turn.apply(i, (vr) => step(vr, { kind: 'reload', plan: p, priority }, turn.timersFrom));
  });
  addLast(turn.effects, from);
  plan.instances.forEach((p, i) => {
    turn.settle(i);
    const { state, faults } = turn.router(i);
    const isFree = !p.grouped && state === 'FAULT' && faults.length === 0;
    if (isFree) turn.apply(i, (vr) => step(vr, { kind: 'yield' }, turn.timersFrom));
  });
  runScripts(turn);
}

/** Brings the members of each sync group together. */
function regroup(turn: Turn): void {
  turn.world.groups.forEach((group, at) => {
    const next = reloaded(group, (i) => turn.router(i));
    turn.obey(at, next.group, next.orders);
  });
}

/** Puts additions behind removals; what makes a router leave comes only after this. */
function addLast(effects: Effect[], from: number): void {
  const these = effects.splice(from);
  const last = new Set<Effect['do']>([
    'block-addresses',
    'add-addresses',
    'add-routes',
    'add-rules',
    'announce',
  ]);
  const isLast = (e: Effect): boolean => last.has(e.do);
  effects.push(...these.filter((e) => !isLast(e)), ...these.filter(isLast));
}

/** A router joins the game, once it is known what is wrong with it and its sync group. */
function enter(turn: Turn, i: number): void {
  const left = leftOvers(turn, allVips(turn.router(i).plan));
  const clear = inOrder(
    removeRules(),
    removeRoutes(),
    removeVips(() => left),
  );
  turn.apply(i, clear);
  const at = turn.world.lookup.byMember.get(i);
  const group = at === undefined ? undefined : turn.world.groups[at];
  const fault = group?.state === 'FAULT' ? (group.hushed ? 'hushed' : 'told') : undefined;
  turn.apply(i, (vr) => step(vr, { kind: 'start', fault }, turn.timersFrom));
}

/**
 * VIPs that a crashed run left in the kernel, and every IPv6 address on an interface that exists:
 * links do not tell of those not usable yet, and removing what is not there does no harm.
 */
const leftOvers = (turn: Turn, vips: readonly Vip[]): readonly Vip[] =>
  vips.filter(({ address, prefix, interface: name }) => {
    const link = turn.world.links.get(name);
    if (familyOf(address) === 6) return link !== undefined;
    return link?.addresses.some((a) => a.address === address && a.prefix === prefix);
  });

const replan = (
  scripts: ReadonlyMap<string, Script>,
  plan: VrrpPlan,
  now: Instant,
): ReadonlyMap<string, Script> =>
  new Map(plan.scripts.map((s) => [s.name, replanned(scripts.get(s.name), s, now)]));

type Ports = Lookup['ports'];
type Listened = Omit<Extract<Effect, { do: 'join' }>, 'do'>;

/**
 * What is listened at from now on, or with another buffer. An interface that vanished is left too:
 * it must not be heard when it comes back.
 */
function portChanges(before: Ports, after: Ports, links: ReadonlySet<string>): Effect[] {
  const changed = (
    all: Ports,
    isSame: (key: string, listened: Listened) => boolean | undefined,
  ): Listened[] =>
    [...all].flatMap(([key, { port, groups, room }]) =>
      [...groups].map((group) => ({ port, group, room })).filter((l) => !isSame(key, l)),
    );
  const exists = ({ interface: name }: Listened['port']): boolean =>
    name === undefined || links.has(name);
  const left = changed(before, (key, { group }) => after.get(key)?.groups.has(group));
  const joined = changed(after, (key, { group, room }) => {
    const was = before.get(key);
    return was?.groups.has(group) && isDeepStrictEqual(was.room, room);
  }).filter(({ port }) => exists(port));
  return [
    ...left.map(({ port, group }) => ({ do: 'leave', port, group }) as const),
    ...joined.map((l) => ({ do: 'join', ...l }) as const),
  ];
}
