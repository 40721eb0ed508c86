import { exitCode } from '#src/config/exit-code.js';
import { planned, planOf } from '#test/support/lvs-plan.js';

export const COMMON = 'protocol TCP\nlvs_sched rr\nlvs_method NAT\n';
export const RS = 'real_server 192.168.0.1 80 {\n}\n';
export const service = (header: string, lines: string): string =>
  `virtual_server ${header} {\n${lines}}\n`;
/** The settled first service and the remarks about it. */
export const settle = (header: string, lines: string) => {
  const { plans, remarks, diagnostics } = planned(service(header, lines));
  return { plan: plans[0], remarks, code: exitCode(diagnostics) };
};
export const settled = (header: string, lines: string) => planOf(service(header, lines));
