import { compareIp, type IpAddress } from '@keepalived-ts/base/ip.js';
import {
  after,
  type Instant,
  longer,
  milliseconds,
  times,
  toMilliseconds,
  toSeconds,
} from '@keepalived-ts/base/time.js';
import type { Advert } from '../wire/advert.js';
import {
  type Act,
  advertise,
  inOrder,
  isOwner,
  log,
  notify,
  OWNER,
  put,
  type Router,
  restart,
  type Step,
  sendAdvert,
  skewTime,
  stay,
  when,
} from './router.js';
import { leave, restoreOwner } from './transitions.js';
import { answerClaim } from './vips.js';

/** An honest rival advertises once a second at most (VRRPv2); a tenth leaves room for several. */
const CALM = milliseconds(100);

/**
 * What a rival that changes nothing makes us say and send, but not more often than ten times a
 * second: a flood of its adverts is not to become a flood of ours, of gratuitous ARPs and of lines.
 *
 * Differs: keepalived answers each, though only one per wake-up.
 */
const calmly = (now: Instant, ...acts: readonly Act[]): Act => {
  return (vr) => {
    if (vr.calmUntil !== null && now < vr.calmUntil) return stay(vr);
    return inOrder(put({ calmUntil: after(now, CALM) }), ...acts)(vr);
  };
};

/** BACKUP, and an advert was heard. */
export function watch(vr: Router, advert: Advert, from: IpAddress, now: Instant): Step {
  if (advert.priority === 0) {
    return inOrder(
      calmly(
        now,
        log((_, instance) => ({ event: 'master-resigned', instance })),
      ),
      put({ deadline: after(now, skewTime(vr)), resigned: true }),
    )(vr);
  }
  if (isOwner(vr) && vr.priority !== OWNER && advert.priority !== OWNER) {
    return inOrder(restoreOwner, (v) => watch(v, advert, from, now))(vr);
  }
  const weaker = advert.priority < vr.priority;
  const bears = vr.plan.preemptDelay > 0 && (vr.preemptAt === null || vr.preemptAt > now);
  if (weaker && !vr.plan.nopreempt && !bears) {
    return calmly(
      now,
      log((_, instance) => ({
        event: 'discarded-lower',
        instance,
        priority: advert.priority,
        from,
      })),
      put({ master: from, masterPriority: advert.priority, resigned: false }),
    )(vr);
  }
  return inOrder(
    follow(from, advert.priority),
    put({ ready: false }),
    learnInterval(advert),
    restart(now),
    delayPreemption(weaker, now),
  )(vr);
}

const delayPreemption = (weaker: boolean, now: Instant): Act => {
  return (vr) => {
    const delay = vr.plan.preemptDelay;
    if (delay === 0 || weaker === (vr.preemptAt !== null)) return stay(vr);
    return inOrder(
      log((_, instance) =>
        weaker
          ? { event: 'preempt-delay-started', instance, seconds: toSeconds(delay) }
          : { event: 'preempt-delay-stopped', instance },
      ),
      put({ preemptAt: weaker ? after(now, delay) : null }),
    )(vr);
  };
};

const follow = (from: IpAddress, priority: number): Act => {
  return (vr) => {
    const { master } = vr;
    if (master === from) {
      const isSame = vr.masterPriority === priority && !vr.resigned;
      return stay(isSame ? vr : { ...vr, masterPriority: priority, resigned: false });
    }
    return inOrder(
      log((_, instance) =>
        master === undefined
          ? { event: 'master-known', instance, master: from }
          : { event: 'master-changed', instance, from: master, to: from },
      ),
      put({ master: from, masterPriority: priority, resigned: false, complaints: [] }),
    )(vr);
  };
};

/** RFC 9568 §6.4.2: a backup waits by the interval that its master says. */
const learnInterval = ({ interval }: Advert): Act => {
  return (vr) => {
    const former = vr.masterInterval;
    if (vr.plan.version === 2 || former === interval) return stay(vr);
    const [from, to] = [toMilliseconds(former), toMilliseconds(interval)];
    return inOrder(
      log((_, instance) => ({ event: 'interval-learned', instance, from, to })),
      put({ masterInterval: interval }),
    )(vr);
  };
};

/** MASTER, and another one advertises too. */
export function defend(vr: Router, advert: Advert, from: IpAddress, now: Instant): Step {
  const { plan } = vr;
  const again = put({ deadline: after(now, plan.advertInterval) });
  if (advert.priority === 0) {
    const heard = log((_, instance) => ({ event: 'heard-resignation', instance }));
    return calmly(now, heard, advertise(now), again)(vr);
  }
  const rank = advert.priority - vr.priority || compareIp(from, vr.source ?? from);
  if (rank > 0) {
    return inOrder(
      when(plan.higherPrioSendAdvert, advertise(now)),
      log((v, instance) =>
        advert.priority > v.priority
          ? {
              event: 'yielded-to-higher',
              instance,
              from,
              priority: advert.priority,
              ours: v.priority,
            }
          : { event: 'yielded-to-address', instance, from, priority: advert.priority },
      ),
      leave('BACKUP', false, now),
      put({ master: from, masterPriority: advert.priority }),
      learnInterval(advert),
      restart(now),
    )(vr);
  }
  if (rank === 0) {
    return calmly(
      now,
      log((_, instance) => ({ event: 'same-address', instance })),
      again,
    )(vr);
  }
  if (advert.priority === OWNER) return contend(vr, advert, from, now);
  return calmly(
    now,
    log((v, instance) => ({
      event: 'answered-lower',
      instance,
      from,
      priority: advert.priority,
      ours: v.priority,
      electing: !plan.lowerPrioNoAdvert,
    })),
    when(!plan.lowerPrioNoAdvert, advertise(now), again),
    answerClaim(now),
    notify('MASTER_RX_LOWER_PRI'),
  )(vr);
}

/**
 * Two owners, and the other has the lower address: it should back off when it hears us.
 *
 * It gets two adverts and a little more than an interval for that; if it is still there then, we
 * lower ourselves to 254 and give way (reference §6).
 */
function contend(vr: Router, advert: Advert, from: IpAddress, now: Instant): Step {
  const again = put({ deadline: after(now, vr.plan.advertInterval) });
  if (vr.conflictUntil === null) {
    const patience = times(longer(vr.plan.advertInterval, advert.interval), 1.2);
    return inOrder(
      log((_, instance) => ({ event: 'two-owners', instance, from })),
      sendAdvert(now, () => OWNER),
      sendAdvert(now, () => OWNER),
      put({ conflictUntil: after(now, patience) }),
      again,
    )(vr);
  }
  if (now < vr.conflictUntil) return stay(vr);
  const priority = OWNER - 1;
  const lower = log((_, instance) => ({ event: 'owner-lowered', instance, priority }));
  return inOrder(lower, put({ priority }), (v) => defend(v, advert, from, now))(vr);
}
