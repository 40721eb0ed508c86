import { invariant } from '@keepalived-ts/base/invariant.js';
import { type Instant, instant } from '@keepalived-ts/base/time.js';
import { type Router, wakeUp } from './router.js';

/** Routers side by side, and when the first of them wants to be woken. */
interface Squad {
  routers: readonly Router[];
  next: number;
}

/** About the root of 1,000, so that squads and routers in a squad are equally few. */
const SQUAD = 32;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * All routers, as a value that is cheap to change.
 *
 * Changing one router copies its squad and the list of squads, not the fleet; the next deadline
 * is found by asking the squads. With 1,000 instances, as with one, a packet costs a few
 * microseconds.
 */
export class Fleet {
  readonly #squads: readonly Squad[];

  private constructor(squads: readonly Squad[]) {
    this.#squads = squads;
  }

  static of(routers: readonly Router[]): Fleet {
    const squads: Squad[] = [];
    for (let i = 0; i < routers.length; i += SQUAD)
      squads.push(squadOf(routers.slice(i, i + SQUAD)));
    return new Fleet(squads);
  }

  at(i: number): Router {
    const router = this.#squads[Math.floor(i / SQUAD)]?.routers[i % SQUAD];
    invariant(router, `no router ${i}`);
    return router;
  }

  with(i: number, router: Router): Fleet {
    const squads = this.#squads.slice();
    const at = Math.floor(i / SQUAD);
    const routers = squads[at]?.routers.slice();
    invariant(routers !== undefined && i % SQUAD < routers.length, `no router ${i}`);
    routers[i % SQUAD] = router;
    squads[at] = squadOf(routers);
    return new Fleet(squads);
  }

  /** When the first router wants to be woken. */
  get next(): Instant | null {
    let next = NEVER;
    for (const squad of this.#squads) if (squad.next < next) next = squad.next;
    return next === NEVER ? null : instant(next);
  }

  /** The places of the routers that wanted to be woken by now. */
  due(now: Instant): number[] {
    const due: number[] = [];
    this.#squads.forEach((squad, at) => {
      if (squad.next > now) return;
      squad.routers.forEach((router, i) => {
        if ((wakeUp(router) ?? NEVER) <= now) due.push(at * SQUAD + i);
      });
    });
    return due;
  }

  *[Symbol.iterator](): Iterator<Router> {
    for (const squad of this.#squads) yield* squad.routers;
  }
}

function squadOf(routers: readonly Router[]): Squad {
  let next = NEVER;
  for (const router of routers) {
    const at = wakeUp(router);
    if (at !== null && at < next) next = at;
  }
  return { routers, next };
}
