import type { IpvsPlan } from '#lvs/core/ipvs-plan.js';
import { type Ipvs, openIpvs } from '#lvs/shell/director.js';
import { workerPort } from '#src/ipc/worker-port.js';
import type { CheckPlan } from '../core/plan.js';
import { NoIpvs, startChecks, type ThreadParts } from './thread.js';

/** Exit codes of the daemon: without IPVS, and without the right to use it. */
const FATAL = 1;
const NO_PERMISSION = 4;

/**
 * Entry of the check thread: takes its plan from the parent and speaks `src/ipc/messages.ts`.
 * What needs no plan is done while the parent still reads the configuration.
 *
 * A kernel without IPVS ends the daemon, as it ends keepalived (reference §3); any other failure
 * ends the thread, which the parent starts again.
 */
async function main(): Promise<void> {
  const early = openIpvs();
  // Whether that failed matters once there is a plan, and is told then.
  early.catch(() => undefined);
  const { start, post, serve, close } = await workerPort<CheckPlan>();
  try {
    const ipvs = wanted(start.plan.ipvs, early);
    serve(await startChecks(start, { post, ended: close, loadProbing, ipvs }));
    post({ type: 'ready' });
  } catch (error) {
    if (!(error instanceof NoIpvs)) throw error;
    const exitCode = error.code === 'EPERM' ? NO_PERMISSION : FATAL;
    post({ type: 'hopeless', reason: error.message, exitCode });
  }
}

/** The one that was opened, unless the plan is about another namespace or receive buffer. */
async function wanted(plan: IpvsPlan, early: Promise<Ipvs>): Promise<Ipvs> {
  if (plan.namespace === undefined && plan.buffer === undefined) return early;
  early.then((ipvs) => ipvs.close()).catch(() => undefined);
  return openIpvs(plan);
}

/** The checkers bring their keywords along, and protocols: the table is in the kernel before. */
const loadProbing: ThreadParts['loadProbing'] = async (runProgram) => {
  const { Probing } = await import('./probing.js');
  return Probing.load(runProgram);
};

void main();
