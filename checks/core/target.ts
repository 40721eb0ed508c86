import type { RealServerPlan } from '#lvs/core/plan.js';
import type { Target } from './define-checker.js';
import type { CheckerPlan } from './plan.js';

/** Where a checker of that real server asks. */
export const targetOf = (
  { connect, rules }: CheckerPlan,
  { destination }: Pick<RealServerPlan, 'destination'>,
): Target => ({
  address: connect.address ?? destination.address,
  port: connect.port ?? destination.port,
  bindTo: connect.bindTo,
  bindPort: connect.bindPort,
  bindIf: connect.bindIf,
  mark: connect.mark,
  connectTimeout: rules.connectTimeout,
});
