import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { loadConfiguration } from '#src/daemon/load.js';
import { planVrrp } from '#vrrp/core/plan.js';
import type { VrrpPlan } from '#vrrp/core/types.js';
import { filesOf } from './text-files.js';

export interface Planned {
  plan: VrrpPlan;
  diagnostics: readonly Diagnostic[];
}

/** The vrrp thread's plan from the text of a configuration, through all real stages. */
export function planOf(text: string): Planned {
  const files = filesOf({ 'keepalived.conf': text });
  const { config, diagnostics } = loadConfiguration('keepalived.conf', { files, checkers: [] });
  const all = [...diagnostics];
  const plan = planVrrp(config, (diagnostic) => void all.push(diagnostic));
  return { plan, diagnostics: all };
}
