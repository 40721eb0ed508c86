import type { Adjustment } from '#src/ipc/messages.js';
import { OWNER } from './router.js';
import type { VrrpPlan } from './types.js';

/**
 * The plan with a change from outside (SNMP).
 *
 * Compat: it counts until the next reload, and no owner is made or unmade that way.
 */
export function adjusted(plan: VrrpPlan, change: Adjustment): VrrpPlan {
  if (change.of !== 'instance') return plan;
  const { instance, priority, preempt } = change;
  return {
    ...plan,
    instances: plan.instances.map((router) => {
      if (router.name !== instance) return router;
      const isOwner = router.priority === OWNER;
      const keepsPriority = priority === undefined || isOwner || priority === OWNER;
      return {
        ...router,
        priority: keepsPriority ? router.priority : priority,
        nopreempt: preempt === undefined || isOwner ? router.nopreempt : !preempt,
      };
    }),
  };
}
