import { after, type Instant, microseconds } from '@keepalived-ts/base/time.js';
import { authenticationOf } from './authentication.js';
import { missingFrom } from './entries.js';
import { addRoutes, addRules, removeRoutes, removeRules } from './possessions.js';
import {
  type Act,
  advertise,
  allVips,
  inOrder,
  isOwner,
  leadsAtOnce,
  log,
  OWNER,
  put,
  type Router,
  restart,
  type Step,
  stay,
  when,
} from './router.js';
import { changePriority, timer } from './transitions.js';
import type { RouterPlan, Vip } from './types.js';
import { addVips, announce, block, removeVips, unblock } from './vips.js';

/**
 * A router goes on under a new plan: state carried over, VIPs compared (reference §13).
 *
 * `priority` is what the new plan makes it; undefined for an owner, which keeps its own.
 */
export function reconfigure(
  vr: Router,
  { plan, priority }: { plan: RouterPlan; priority: number | undefined },
  now: Instant,
): Step {
  const settled = priority ?? (isOwner(vr) ? vr.priority : OWNER);
  const adopt = inOrder(
    put({
      plan,
      authentication: authenticationOf(plan.authentication),
      complaints: [],
      ...intervalUnder(vr, plan),
    }),
    changePriority(settled),
  );
  switch (vr.state) {
    case 'INIT':
    case 'FAULT':
      return adopt(vr);
    case 'BACKUP':
      return inOrder(adopt, wait(now))(vr);
    case 'MASTER':
      return inOrder(
        advertise(now),
        changePossessions(plan, adopt),
        advertise(now),
        keepOn(now),
      )(vr);
  }
}

/** What was learned from the master stays true unless the version is another. */
const intervalUnder = (vr: Router, { version, advertInterval }: RouterPlan): Partial<Router> =>
  version === 3 && vr.plan.version === 3 && vr.state === 'BACKUP' && vr.master !== undefined
    ? {}
    : { masterInterval: advertInterval };

const wait = (now: Instant): Act => {
  const soon = after(now, microseconds(1));
  return (vr) => (leadsAtOnce(vr) ? stay({ ...vr, deadline: soon }) : restart(now)(vr));
};

const keepOn = (now: Instant): Act =>
  put(({ plan: { advertInterval, garp } }) => ({
    deadline: after(now, advertInterval),
    refresh: timer(now, garp.refresh),
    extraGarp: timer(now, garp.extra.interval),
  }));

/**
 * Removes under the old plan, then adopts the new one, then adds and announces.
 *
 * Routes are set again even if they have not changed: with an address go the routes that need it,
 * and the kernel says nothing of that.
 */
const changePossessions = (plan: RouterPlan, adopt: Act): Act => {
  return (vr) => {
    const gone = missingFrom(allVips(plan), allVips(vr.plan));
    const added = missingFrom(allVips(vr.plan), allVips(plan));
    const kept = missingFrom(added, allVips(plan));
    const changesMind = vr.plan.accept !== plan.accept;
    return inOrder(
      removeRules(({ rules }) => missingFrom(plan.rules, rules)),
      removeRoutes(({ routes }) => missingFrom(plan.routes, routes)),
      ...gone.map(dropped),
      removeVips(() => gone),
      when(
        changesMind,
        unblock(() => kept),
      ),
      adopt,
      when(
        changesMind,
        block(() => kept),
      ),
      addVips(() => added),
      addRoutes(),
      addRules(({ rules }) => missingFrom(vr.plan.rules, rules)),
      // Of another virtual MAC the switches and neighbours must hear.
      announce(plan.garp.repeat, plan.vmac?.mac === vr.plan.vmac?.mac ? () => added : allVips),
    )(vr);
  };
};

const dropped = ({ address, prefix, interface: dev }: Vip): Act =>
  log((_, instance) => ({ event: 'dropped-vip', instance, address, prefix, interface: dev }));
