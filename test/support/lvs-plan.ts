import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { planServices, type ServicePlan } from '#lvs/core/plan.js';
import { loadText } from './config.js';

/** The settled services of a configuration, and the remarks made while reading and settling. */
export function planned(text: string): {
  plans: ServicePlan[];
  remarks: string[];
  diagnostics: Diagnostic[];
} {
  const { config, diagnostics } = loadText(text);
  const remarks: Diagnostic[] = [...diagnostics];
  const plans = planServices(config, (remark) => remarks.push(remark));
  return { plans, remarks: remarks.map(({ message }) => message), diagnostics: remarks };
}

/** The one service of a configuration that gives no cause for remarks. */
export function planOf(text: string): ServicePlan {
  const { plans, remarks } = planned(text);
  const [plan, second] = plans;
  if (plan === undefined || second !== undefined || remarks.length > 0) {
    throw new Error(`${plans.length} services, remarks: ${remarks.join('\n')}`);
  }
  return plan;
}
