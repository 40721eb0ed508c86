import { invariant } from '@keepalived-ts/base/invariant.js';
import type { Instant } from '@keepalived-ts/base/time.js';
import { step } from './machine.js';
import { type Act, type Router, wakeUp } from './router.js';
import type { Script } from './script.js';
import { conditions } from './track.js';
import type { Effect, Link } from './types.js';
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
  #ownsRouters = false;

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
    if (changes.routers) this.#ownsRouters = false;
  }

  want(...effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.do !== 'announce') this.effects.push(effect);
      else this.#announce(effect);
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
    this.effects.push({ ...effect, addresses });
  }

  router(i: number): Router {
    const vr = this.#world.routers[i];
    invariant(vr, `no router ${i}`);
    return vr;
  }

  /** Lets a router make a step. */
  apply(i: number, act: Act): void {
    const before = this.router(i);
    const [next, effects] = act(before);
    this.want(...effects);
    if (next === before) return;
    if (!this.#ownsRouters) {
      const { routers, wakeUps } = this.#world;
      this.#world = { ...this.#world, routers: routers.slice(), wakeUps: wakeUps.slice() };
      this.#ownsRouters = true;
    }
    (this.#world.routers as Router[])[i] = next;
    this.#world.wakeUps[i] = wakeUp(next) ?? Number.POSITIVE_INFINITY;
  }

  putScript(script: Script): void {
    this.put({ scripts: new Map(this.#world.scripts).set(script.plan.name, script) });
  }

  /**
   * Lets a router feel what changed around it.
   *
   * New faults come before the new source, so that a last advert can still go out with the old
   * one, and before recoveries, so that one cause replacing another is no recovery.
   *
   * Differs: only at the start does an unweighted script that has not run yet hold a router back;
   * a reload that adds one does not take a master down to find out.
   */
  settle(i: number): void {
    const { links, scripts, lookup } = this.#world;
    const now = this.timersFrom;
    const plan = this.router(i).plan;
    const found = conditions(plan, { links, scripts, vips: lookup.vips });
    const { linkUp, source, priority } = found;
    this.apply(i, (vr) => (vr.linkUp === linkUp ? [vr, []] : [{ ...vr, linkUp }, []]));
    const known = this.router(i);
    const news = found.causes.filter(
      (cause) =>
        !known.faults.includes(cause) && (known.state === 'INIT' || !cause.startsWith('awaiting ')),
    );
    for (const cause of news) this.apply(i, (vr) => step(vr, { kind: 'fault', cause }, now));
    this.apply(i, (vr) => (vr.source === source ? [vr, []] : [{ ...vr, source }, []]));
    if (priority !== undefined && priority !== known.priority) {
      this.apply(i, (vr) => step(vr, { kind: 'priority', priority }, now));
    }
    const over = known.faults.filter((cause) => !found.causes.includes(cause));
    for (const cause of over) this.apply(i, (vr) => step(vr, { kind: 'recover', cause }, now));
  }
}
