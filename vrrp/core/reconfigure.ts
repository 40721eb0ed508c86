import { after, type Instant, microseconds } from '@keepalived-ts/base/time.js';
import {
  type Act,
  advertise,
  allVips,
  inOrder,
  leadsAtOnce,
  log,
  OWNER,
  passwordOf,
  put,
  type Router,
  restart,
  type Step,
  stay,
} from './router.js';
import type { RouterPlan, Vip } from './types.js';
import { addVips, announce, removeVips } from './vips.js';

/** A router goes on under a new plan: state carried over, VIPs compared (reference §13). */
export function reconfigure(vr: Router, plan: RouterPlan, now: Instant): Step {
  const wasOwner = vr.plan.priority === OWNER;
  const next: Router = {
    ...vr,
    plan,
    password: passwordOf(plan),
    priority: wasOwner === (plan.priority === OWNER) ? vr.priority : plan.priority,
    complaints: [],
  };
  switch (vr.state) {
    case 'INIT':
    case 'FAULT':
      return stay(next);
    case 'BACKUP':
      return leadsAtOnce(next)
        ? stay({ ...next, deadline: after(now, microseconds(1)) })
        : restart(now)(next);
    case 'MASTER':
      return changeVips(vr, next, now);
  }
}

function changeVips(old: Router, next: Router, now: Instant): Step {
  const [had, has] = [byKey(old.plan), byKey(next.plan)];
  const gone = [...had].filter(([key]) => !has.has(key)).map(([, vip]) => vip);
  const added = [...has].filter(([key]) => !had.has(key)).map(([, vip]) => vip);
  const [, removal] = inOrder(
    ...gone.map(dropped),
    removeVips(() => gone),
  )(old);
  const { advertInterval, garp } = next.plan;
  const [changed, rest] = inOrder(
    advertise,
    addVips(() => added),
    announce(garp.repeat, () => added),
    put({
      deadline: after(now, advertInterval),
      refresh: garp.refresh > 0 ? after(now, garp.refresh) : null,
    }),
  )(next);
  return [changed, [...removal, ...rest]];
}

const dropped = ({ address, prefix, interface: dev }: Vip): Act =>
  log((_, instance) => ({ event: 'dropped-vip', instance, address, prefix, interface: dev }));

/** VIPs by what the kernel knows of them; only a difference in that makes another address. */
const byKey = (plan: RouterPlan): Map<string, Vip> =>
  new Map(
    allVips(plan).map(({ tracked: _, ...vip }) => [JSON.stringify(vip), { ...vip, tracked: _ }]),
  );
