import {
  after,
  type Duration,
  elapsed,
  type Instant,
  microseconds,
  plus,
  seconds,
  times,
  toSeconds,
} from '@keepalived-ts/base/time.js';
import { removeAll, setAll } from './possessions.js';
import {
  type Act,
  advertise,
  atRest,
  type Cause,
  count,
  inOrder,
  isOwner,
  leadsAtOnce,
  log,
  notify,
  OWNER,
  put,
  type Router,
  resign,
  restart,
  type Step,
  type Succession,
  stay,
  when,
} from './router.js';
import type { State } from './types.js';
import { announce } from './vips.js';

/** Nothing is wrong yet, only not known: nobody is told of such a FAULT. */
export const isSilent = (faults: readonly Cause[]): boolean =>
  faults.length > 0 && faults.every((cause) => cause.startsWith('awaiting '));

/** How a router starts that can't take part, by itself or with its sync group. */
export type StartingFault = 'told' | 'hushed' | undefined;

/** Why routers that start together can't; awaiting what decides is no news. */
export function faultOf(members: readonly Router[]): StartingFault {
  const broken = members.filter((vr) => vr.faults.length > 0);
  if (broken.length === 0) return undefined;
  return broken.every((vr) => isSilent(vr.faults)) ? 'hushed' : 'told';
}

export function start(vr: Router, shared: StartingFault, now: Instant): Step {
  const fault = shared ?? faultOf([vr]);
  if (fault !== undefined) {
    const told = [
      ...vr.faults.map(explain),
      log((_, instance) => ({ event: 'started-fault', instance })),
      notify('FAULT'),
    ];
    return inOrder(
      rest('FAULT'),
      put({ hushed: fault === 'hushed' }),
      when(fault === 'told', ...told),
    )(vr);
  }
  // Compat: an owner becomes MASTER by way of a BACKUP that nobody hears of.
  if (leadsAtOnce(vr)) {
    const soon = after(now, microseconds(1));
    return inOrder(rest('BACKUP'), put({ deadline: soon }))(vr);
  }
  return inOrder(
    rest('BACKUP'),
    restart(now),
    log((_, instance) => ({ event: 'started-backup', instance })),
    notify('BACKUP'),
  )(vr);
}

/** The master has been silent for too long. A sync group decides when its members lead. */
export const takeOver = (vr: Router, now: Instant): Step =>
  inOrder(
    log((_, instance) => ({ event: 'master-timeout', instance })),
    when(isOwner(vr) && vr.priority !== OWNER, restoreOwner),
    vr.plan.grouped ? inOrder(put({ ready: true }), restart(now)) : lead(now),
  )(vr);

/** Entering MASTER, in the order of reference §6. */
export const lead = (now: Instant): Act =>
  inOrder(
    put((vr) => ({ becameMaster: succession(vr) })),
    rest('MASTER'),
    put((vr) => ({
      deadline: after(now, vr.plan.advertInterval),
      secondBatch: timer(now, vr.plan.garp.delay),
      refresh:
        vr.plan.garp.refresh > 0
          ? after(after(now, vr.plan.garp.delay), vr.plan.garp.refresh)
          : null,
      extraGarp: timer(now, vr.plan.garp.extra.interval),
    })),
    count('become_master'),
    advertise(now),
    sayEntered('MASTER'),
    setAll,
    (vr) => announce(vr.plan.garp.repeat)(vr),
    notify('MASTER'),
  );

function succession(vr: Router): Succession {
  if (vr.resigned) return 'priority-zero';
  const isWeaker = vr.master !== undefined && vr.masterPriority < vr.priority;
  return leadsAtOnce(vr) || (isWeaker && !vr.plan.nopreempt) ? 'preempted' : 'no-response';
}

/** Leaving MASTER, in the order of reference §6; the caller sets the next deadline. */
export const leave = (state: 'BACKUP' | 'FAULT', resigning: boolean, now: Instant): Act =>
  inOrder(
    count('release_master'),
    sayEntered(state),
    // Compat: a FAULT is told twice, so that one lost packet does not cost a whole timeout.
    when(state === 'FAULT', resign(now)),
    when(resigning, resign(now), sayResigned),
    removeAll,
    rest(state),
    notify(state),
  );

export const fail = (vr: Router, cause: Cause, now: Instant): Step => {
  const blamed = { ...vr, faults: [...vr.faults, cause] };
  const go =
    vr.state === 'MASTER'
      ? leave('FAULT', true, now)
      : inOrder(sayEntered('FAULT'), rest('FAULT'), notify('FAULT'));
  return inOrder(explain(cause), go)(blamed);
};

/** The sync group goes to FAULT: with it, and without a reason of its own. */
export const suspend = (vr: Router, now: Instant): Step =>
  (vr.state === 'MASTER'
    ? leave('FAULT', false, now)
    : inOrder(sayEntered('FAULT'), rest('FAULT'), notify('FAULT')))(vr);

export const comeBack = (vr: Router, now: Instant): Step =>
  leadsAtOnce(vr)
    ? lead(now)(vr)
    : inOrder(
        rest('BACKUP'),
        put({ masterInterval: vr.plan.advertInterval }),
        restart(now),
        sayEntered('BACKUP'),
        announceSource,
        notify('BACKUP'),
      )(vr);

/** Peers behind routers learn where we are now that the interface is back (reference §6). */
const announceSource: Act = (vr) => {
  const { name: instance, interface: device, unicast } = vr.plan;
  const address = vr.source;
  if (!unicast || device === undefined || address === undefined) return stay(vr);
  return [vr, [{ do: 'announce-source', instance, interface: device, address }]];
};

/** Into a state with all timers off and nothing remembered of the former one. */
export const rest = (state: State): Act => put({ state, ...atRest });

/** The other owner is no rival any more. */
export const restoreOwner: Act = inOrder(
  log((_, instance) => ({ event: 'owner-restored', instance })),
  put({ priority: OWNER }),
);

/** The advert that is due; the rhythm stays even if the wake-up came late. */
export const advertiseDue = (now: Instant): Act => {
  return (vr) => {
    if (vr.deadline === null || vr.deadline > now) return stay(vr);
    const interval = vr.plan.advertInterval;
    const inTime = after(vr.deadline, interval);
    return inOrder(
      advertise(now),
      put({ deadline: inTime > now ? inTime : after(now, interval) }),
    )(vr);
  };
};

/** Compat: whoever is not MASTER is told of as BACKUP. */
const tellPriority: Act = (vr) =>
  notify(vr.state === 'MASTER' ? 'MASTER_PRIORITY' : 'BACKUP_PRIORITY')(vr);

/**
 * Whether a master was woken so late that another one must have taken over meanwhile: had it three
 * intervals and its skew to miss our adverts (reference §6)?
 */
export const isTooLate = ({ plan, deadline }: Router, now: Instant): boolean => {
  if (plan.latePriority === undefined || deadline === null) return false;
  const unit = plan.version === 2 ? seconds(1) : plan.advertInterval;
  const skew = times(unit, (256 - plan.latePriority) / 256);
  return now > after(deadline, plus(times(plan.advertInterval, 2), skew));
};

/** Gives way without a word: the other one leads by now. */
export const giveWayLate = (vr: Router, now: Instant): Step => {
  const late = toSeconds(elapsed(vr.deadline ?? now, now));
  return inOrder(
    log((_, instance) => ({ event: 'woken-late', instance, seconds: late })),
    leave('BACKUP', false, now),
    restart(now),
  )(vr);
};

export const changePriority = (to: number): Act => {
  return (vr) => {
    const from = vr.priority;
    if (from === to) return stay(vr);
    const told = log((_, instance) => ({ event: 'priority-changed', instance, from, to }));
    return inOrder(told, put({ priority: to }), when(vr.plan.tellsPriority, tellPriority))(vr);
  };
};

export const timer = (now: Instant, delay: Duration): Instant | null =>
  delay > 0 ? after(now, delay) : null;

/** Differs: keepalived says so even where the interface is down and nothing was sent. */
export const sayResigned: Act = (vr) =>
  vr.linkUp ? log((_, instance) => ({ event: 'sent-zero', instance }))(vr) : stay(vr);

export const sayEntered = (state: State): Act =>
  log((_, instance) => ({ event: 'entered-state', instance, state }));

/** Tells why a router is in FAULT; a script that has not run yet is no reason to speak. */
export function explain(cause: Cause): Act {
  const [kind = '', ...rest] = cause.split(' ');
  const name = rest.join(' ');
  if (kind === 'awaiting') return stay;
  return log(({ plan: { family } }, instance) => {
    if (kind === 'interface') return { event: 'fault-interface', instance, interface: name };
    if (kind === 'script') return { event: 'fault-script', instance, script: name };
    if (kind === 'file') return { event: 'fault-file', instance, file: name };
    if (kind === 'key') return { event: 'fault-no-key', instance, key: Number(name) };
    if (kind === 'process') return { event: 'fault-process', instance, process: name };
    if (cause === 'no peers') return { event: 'fault-no-peers', instance };
    return { event: 'fault-no-address', instance, family };
  });
}
