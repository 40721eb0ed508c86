import type { Diagnostic, Span } from '@keepalived-ts/base/diagnostics.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { milliseconds } from '@keepalived-ts/base/time.js';
import type { Target } from '#checks/core/define-checker.js';
import { type CheckPlan, examineChecks, planChecks } from '#checks/core/plan.js';
import { checkerBlocks, loadCheckers } from '#checks/shell/registry.js';
import { loadConfiguration } from '#src/daemon/load.js';
import { filesOf } from '#test/support/text-files.js';

export const nowhere: Span = { file: 'test', line: 1, column: 1, length: 1 };

/** A target on loopback, asked for at most `patience` milliseconds. */
export const loopback = (port: number, patience = 500): Target => ({
  address: ip('127.0.0.1'),
  port,
  bindTo: undefined,
  bindPort: undefined,
  bindIf: undefined,
  mark: 0,
  connectTimeout: milliseconds(patience),
});

export const checkers = await loadCheckers();

/** The plan of a configuration, and what there was to remark. */
export function planOf(text: string): { plan: CheckPlan; diagnostics: Diagnostic[] } {
  const files = filesOf({ 'test.conf': text });
  const blocks = checkerBlocks(checkers);
  const { config, diagnostics } = loadConfiguration('test.conf', { files, checkers: blocks });
  const plan = planChecks(config, (remark) => diagnostics.push(remark), checkers);
  return { plan, diagnostics };
}

/** What is said of a configuration where no plan is made of it, and the number of its services. */
export function examined(text: string): { services: number; diagnostics: Diagnostic[] } {
  const files = filesOf({ 'test.conf': text });
  const blocks = checkerBlocks(checkers);
  const { config, diagnostics } = loadConfiguration('test.conf', { files, checkers: blocks });
  const services = examineChecks(config, (remark) => diagnostics.push(remark), checkers);
  return { services, diagnostics };
}
