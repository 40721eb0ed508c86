import type { Instant } from '@keepalived-ts/base/time.js';
import { Fleet } from './fleet.js';
import { enqueue, lineOf, release, withdraw } from './garp-queue.js';
import { step } from './machine.js';
import { type Act, type Router, type Step, stay } from './router.js';
import type { Script } from './script.js';
import { follow, type Group, type Order } from './sync-group.js';
import { type Conditions, conditions } from './track.js';
import type { Effect, Link, RouterPlan, Vip } from './types.js';
import type { World } from './world.js';

/**
 * One turn of the world while it is being made: copies only what changes.
 *
 * The value it started from stays as it was; `finish` gives the next one.
 */
export class Turn {
  readonly effects: Effect[] = [];
  readonly now: Instant;
  #world: World;

  constructor(world: World, now: Instant) {
    this.#world = world;
    this.now = now;
  }

  get world(): World {
    return this.#world;
  }

  /** From when on timers count: now, or the end of the start-up delay. */
  get timersFrom(): Instant {
    const { delayedUntil } = this.#world;
    return delayedUntil !== null && delayedUntil > this.now ? delayedUntil : this.now;
  }

  finish(): readonly [World, readonly Effect[]] {
    return [this.#world, this.effects];
  }

  put(changes: Partial<World>): void {
    this.#world = { ...this.#world, ...changes };
  }

  want(...effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.do === 'announce') {
        this.#announce(effect);
        continue;
      }
      if (effect.do === 'remove-addresses' && this.#world.garps.lines.size > 0) {
        const { instance, addresses } = effect;
        this.put({ garps: withdraw(this.#world.garps, instance, addresses) });
      }
      this.effects.push(effect);
    }
  }

  /** Gratuitous ARP only where somebody could hear it. */
  #announce(effect: Extract<Effect, { do: 'announce' }>): void {
    const audible = (link: Link | undefined): boolean =>
      link?.up === true && !link.noArp && link.mac !== '';
    const addresses = effect.addresses.filter((vip) =>
      audible(this.#world.links.get(vip.interface)),
    );
    if (addresses.length === 0) return;
    const { instance } = effect;
    for (const { interface: name, address } of addresses) {
      const event = { event: 'announcing', instance, interface: name, address } as const;
      this.effects.push({ do: 'log', event });
    }
    const { garps } = this.#world;
    const isPaced = (vip: Vip): boolean => lineOf(garps.paces, vip).interval > 0;
    const unpaced = addresses.filter((vip) => !isPaced(vip));
    if (unpaced.length > 0) this.effects.push({ ...effect, addresses: unpaced });
    const paced = addresses.filter(isPaced);
    if (paced.length === 0) return;
    this.put({ garps: enqueue(garps, { ...effect, addresses: paced }, this.now) });
    this.releaseGarps();
  }

  /** Sends the gratuitous ARPs whose turn it is. */
  releaseGarps(): void {
    const [garps, released] = release(this.#world.garps, this.now);
    if (released.length === 0) return;
    this.put({ garps });
    this.effects.push(...released);
  }

  router(i: number): Router {
    return this.#world.routers.at(i);
  }

  /** Lets a router make a step, which its sync group may answer. */
  apply(i: number, act: Act): void {
    const before = this.router(i);
    const effects = this.#applyAlone(i, act);
    this.#synchronise(i, before, effects);
  }

  /** Lets a router make a step and all members of its sync group the same one, it first. */
  applyToGroup(i: number, act: Act): void {
    const before = this.router(i);
    const at = this.#world.lookup.byMember.get(i);
    const members = at === undefined ? [] : (this.#world.groups[at]?.plan.members ?? []);
    for (const member of new Set([i, ...members])) this.#applyAlone(member, act);
    this.#synchronise(i, before, []);
  }

  #applyAlone(i: number, act: Act): readonly Effect[] {
    const before = this.router(i);
    const [next, effects] = this.#step(before, act);
    this.want(...effects);
    if (next !== before) this.put({ routers: this.#world.routers.with(i, next) });
    return effects;
  }

  #synchronise(i: number, before: Router, effects: readonly Effect[]): void {
    const at = this.#world.lookup.byMember.get(i);
    const group = at === undefined ? undefined : this.#world.groups[at];
    if (at === undefined || group === undefined || this.router(i) === before) return;
    const wasClaimed = effects.some((e) => e.do === 'notify' && e.state === 'MASTER_RX_LOWER_PRI');
    const moved = { by: i, before, wasClaimed };
    const answer = follow(group, (place) => this.router(place), moved);
    if (answer) this.obey(at, answer.group, answer.orders);
  }

  /** Lets the members of a sync group do as it wants. */
  obey(at: number, group: Group, orders: readonly Order[]): void {
    this.put({ groups: this.#world.groups.with(at, group) });
    for (const order of orders) {
      if ('effect' in order) this.want(order.effect);
      else this.#applyAlone(order.member, (vr) => step(vr, order.input, this.timersFrom));
    }
  }

  /** A step of a router, which remembers since when it has been in its state. */
  #step(before: Router, act: Act): Step {
    const [next, effects] = act(before);
    return [next.state === before.state ? next : { ...next, since: this.now }, effects];
  }

  applyToAll(act: Act): void {
    const stepped = [...this.#world.routers].map((vr) => this.#step(vr, act));
    for (const [, effects] of stepped) this.want(...effects);
    this.put({ routers: Fleet.of(stepped.map(([next]) => next)) });
  }

  putScript(script: Script): void {
    this.put({ scripts: new Map(this.#world.scripts).set(script.plan.name, script) });
  }

  /** What surrounds a router means for it, under its plan or another. */
  conditionsOf(plan: RouterPlan): Conditions {
    const { links, scripts, files, processes, lookup } = this.#world;
    return conditions(plan, { links, scripts, files, processes, vips: lookup.vips });
  }

  /**
   * Lets a router feel what changed around it.
   *
   * New faults come before the new source, so that a last advert can still go out with the old
   * one, and before recoveries, so that one cause replacing another is no recovery.
   */
  settle(i: number): void {
    const found = this.conditionsOf(this.router(i).plan);
    const { source, priority } = found;
    this.fail(i, found);
    this.apply(i, (vr) => (vr.source === source ? stay(vr) : stay({ ...vr, source })));
    const now = this.timersFrom;
    const { priority: former, faults } = this.router(i);
    if (priority !== undefined && priority !== former) {
      this.apply(i, (vr) => step(vr, { kind: 'priority', priority }, now));
    }
    const over = faults.filter((cause) => !found.causes.includes(cause));
    for (const cause of over) this.apply(i, (vr) => step(vr, { kind: 'recover', cause }, now));
  }

  /**
   * Lets a router feel what became worse.
   *
   * Differs: only at the start does an unweighted script that has not run yet hold a router back;
   * a reload that adds one does not take a master down to find out.
   */
  fail(i: number, { causes, linkUp }: Conditions): void {
    this.apply(i, (vr) => (vr.linkUp === linkUp ? stay(vr) : stay({ ...vr, linkUp })));
    const { faults, state } = this.router(i);
    const news = causes.filter(
      (cause) => !faults.includes(cause) && (state === 'INIT' || !cause.startsWith('awaiting ')),
    );
    for (const cause of news) {
      this.apply(i, (vr) => step(vr, { kind: 'fault', cause }, this.timersFrom));
    }
  }
}
