import { parentPort, workerData } from 'node:worker_threads';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { invariant } from '@keepalived-ts/base/invariant.js';
import {
  type FromWorker,
  PROTOCOL_VERSION,
  type ToWorker,
  type WorkerStart,
} from '#src/ipc/messages.js';
import type { CheckPlan } from '../core/plan.js';
import { loadCheckers } from './registry.js';
import { startChecks } from './thread.js';

/** Exit codes of the daemon: without IPVS, and without the right to use it. */
const FATAL = 1;
const NO_PERMISSION = 4;

/**
 * Entry of the check thread: takes its plan from the parent and speaks `src/ipc/messages.ts`.
 *
 * A kernel without IPVS ends the daemon, as it ends keepalived (reference §3); any other failure
 * ends the thread, which the parent starts again.
 */
async function main(): Promise<void> {
  const start = workerData as WorkerStart<CheckPlan>;
  invariant(start.protocol === PROTOCOL_VERSION, `protocol ${start.protocol} of the parent`);
  const port = parentPort;
  invariant(port, 'the check worker runs in a thread of its own');
  const post = (message: FromWorker): void => port.postMessage(message);
  const checkers = await loadCheckers();
  try {
    const hear = await startChecks(start, { post, ended: () => port.close(), checkers });
    port.on('message', (message: ToWorker<CheckPlan>) => hear(message));
    post({ type: 'ready' });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const exitCode = error.code === 'EPERM' ? NO_PERMISSION : FATAL;
    post({ type: 'hopeless', reason: error.message, exitCode });
  }
}

await main();
