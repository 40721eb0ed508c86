import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { after, type Instant, microseconds } from '@keepalived-ts/base/time.js';
import type { Advert } from '../wire/advert.js';
import { defend, watch } from './election.js';
import { removeAll } from './possessions.js';
import { reconfigure } from './reconfigure.js';
import {
  type Cause,
  inOrder,
  masterDownInterval,
  notify,
  put,
  type Router,
  resign,
  restart,
  type Step,
  skewTime,
  stay,
  when,
} from './router.js';
import {
  advertiseDue,
  changePriority,
  comeBack,
  explain,
  fail,
  giveWayLate,
  isSilent,
  isTooLate,
  lead,
  leave,
  rest,
  type StartingFault,
  sayResigned,
  start,
  suspend,
  takeOver,
} from './transitions.js';
import type { RouterPlan, State } from './types.js';
import { announceDue, answerClaim } from './vips.js';

/** What can happen to one router. */
export type RouterInput =
  /** `fault`: that of its sync group. */
  | { kind: 'start'; fault?: StartingFault }
  /** The deadlines have to be looked at; early or repeated calls do no harm. */
  | { kind: 'deadline' }
  /** A valid advert of another router with our VRID. */
  | { kind: 'advert'; advert: Advert; from: IpAddress }
  /** The effective priority changed: a tracker's doing. */
  | { kind: 'priority'; priority: number }
  | { kind: 'fault'; cause: Cause }
  | { kind: 'recover'; cause: Cause }
  /** A VIP, route or rule of ours was taken from the kernel. */
  | { kind: 'address-lost' }
  /** Its sync group becomes MASTER, BACKUP or FAULT: it does so, too. */
  | { kind: 'lead' }
  | { kind: 'yield' }
  | { kind: 'suspend' }
  /** A weaker router claims the addresses of another member: switches may have learned those. */
  | { kind: 'reannounce' }
  /** `priority`: what trackers make of it under the new plan; undefined for owners. */
  | { kind: 'reload'; plan: RouterPlan; priority: number | undefined }
  /**
   * Leave the network; `told` is the state that notify scripts get to see. `keepAddresses`: leave
   * without a word, somebody will come back for them.
   */
  | { kind: 'stop'; told: 'STOP' | 'DELETED' | 'FAULT'; keepAddresses: boolean };

type Handlers = {
  [K in RouterInput['kind']]: (
    vr: Router,
    input: Extract<RouterInput, { kind: K }>,
    now: Instant,
  ) => Step;
};

const ignore = (vr: Router): Step => stay(vr);
const move = (vr: Router, { priority }: { priority: number }): Step => changePriority(priority)(vr);
const blame = (vr: Router, { cause }: { cause: Cause }): Step =>
  stay({ ...vr, faults: [...vr.faults, cause] });
const forgive = (vr: Router, { cause }: { cause: Cause }): Step =>
  stay({ ...vr, faults: vr.faults.filter((f) => f !== cause) });

const comeBackNow = (vr: Router, _: RouterInput, now: Instant): Step => comeBack(vr, now);
/** Tells of the FAULT, unless that has been told. */
const tellFault = (vr: Router): Step =>
  when(vr.hushed, put({ hushed: false }), notify('FAULT'))(vr);

const table: Record<State, Handlers> = {
  // RFC 3768 §6.4.1: not taking part yet, or no longer.
  INIT: {
    start: (vr, { fault }, now) => start(vr, fault, now),
    deadline: ignore,
    advert: ignore,
    priority: move,
    fault: blame,
    recover: forgive,
    'address-lost': ignore,
    lead: ignore,
    yield: ignore,
    suspend: ignore,
    reannounce: ignore,
    reload: reconfigure,
    stop: ignore,
  },
  // RFC 3768 §6.4.2: watch the master, be ready to replace it.
  BACKUP: {
    start: ignore,
    deadline: (vr, _, now) =>
      vr.deadline !== null && vr.deadline <= now ? takeOver(vr, now) : stay(vr),
    advert: (vr, { advert, from }, now) => watch(vr, advert, from, now),
    priority: (vr, { priority }) => {
      const [next, effects] = move(vr, { priority });
      const shift = masterDownInterval(next) - masterDownInterval(vr);
      const deadline = vr.deadline && after(vr.deadline, microseconds(shift));
      return [{ ...next, deadline }, effects];
    },
    fault: (vr, { cause }, now) => fail(vr, cause, now),
    recover: forgive,
    'address-lost': ignore,
    lead: (vr, _, now) => lead(now)(vr),
    yield: (vr) => stay({ ...vr, ready: false }),
    suspend: (vr, _, now) => suspend(vr, now),
    reannounce: ignore,
    reload: reconfigure,
    stop: (vr, { told }) => inOrder(notify(told), rest('INIT'))(vr),
  },
  // RFC 3768 §6.4.3: own the addresses and say so.
  MASTER: {
    start: ignore,
    deadline: (vr, _, now) =>
      isTooLate(vr, now) ? giveWayLate(vr, now) : inOrder(advertiseDue(now), announceDue(now))(vr),
    advert: (vr, { advert, from }, now) => defend(vr, advert, from, now),
    priority: move,
    fault: (vr, { cause }, now) => fail(vr, cause, now),
    recover: forgive,
    'address-lost': (vr, _, now) =>
      inOrder(
        leave('BACKUP', true, now),
        put((v) => ({ deadline: after(now, skewTime(v)) })),
      )(vr),
    lead: ignore,
    yield: (vr, _, now) => inOrder(leave('BACKUP', false, now), restart(now))(vr),
    suspend: (vr, _, now) => suspend(vr, now),
    reannounce: (vr, _, now) => answerClaim(now)(vr),
    reload: reconfigure,
    stop: (vr, { told, keepAddresses }, now) =>
      inOrder(
        when(!keepAddresses, resign(now), sayResigned, removeAll),
        notify(told),
        rest('INIT'),
      )(vr),
  },
  // keepalived's own: out of the game until every cause is gone.
  FAULT: {
    start: ignore,
    deadline: ignore,
    advert: ignore,
    priority: move,
    fault: (vr, { cause }) => {
      const [next] = blame(vr, { cause });
      return inOrder(explain(cause), when(!isSilent(next.faults), tellFault))(next);
    },
    recover: (vr, { cause }, now) => {
      const [next] = forgive(vr, { cause });
      return next.faults.length > 0 || next.plan.grouped ? stay(next) : comeBack(next, now);
    },
    'address-lost': ignore,
    lead: comeBackNow,
    yield: comeBackNow,
    suspend: tellFault,
    reannounce: ignore,
    reload: reconfigure,
    stop: (vr, { told }) => inOrder(when(told !== 'FAULT', notify(told)), rest('INIT'))(vr),
  },
};

/** One router, one input: the next router and what it wants done. */
export function step(vr: Router, input: RouterInput, now: Instant): Step {
  const handle = table[vr.state][input.kind] as (
    vr: Router,
    input: RouterInput,
    now: Instant,
  ) => Step;
  return handle(vr, input, now);
}

/** All cells of the table, for the report on those that no timeline visits. */
export const cells: readonly string[] = Object.entries(table).flatMap(([state, handlers]) =>
  Object.keys(handlers).map((kind) => `${state} ${kind}`),
);
