import { parentPort, workerData } from 'node:worker_threads';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { invariant } from '@keepalived-ts/base/invariant.js';
import {
  type FromWorker,
  PROTOCOL_VERSION,
  type ToWorker,
  type WorkerStart,
} from '#src/ipc/messages.js';
import type { VrrpPlan } from '../core/types.js';
import { startVrrp } from './thread.js';

/** Exit code of a daemon without the capabilities it needs (cli-and-signals reference §3). */
const NO_PERMISSION = 4;

/**
 * Entry of the vrrp thread: takes its plan from the parent and speaks `src/ipc/messages.ts`.
 *
 * What the kernel forbids for good ends the daemon; any other failure ends the thread, which the
 * parent starts again.
 */
async function main(): Promise<void> {
  const start = workerData as WorkerStart<VrrpPlan>;
  invariant(start.protocol === PROTOCOL_VERSION, `protocol ${start.protocol} of the parent`);
  const port = parentPort;
  invariant(port, 'the vrrp worker runs in a thread of its own');
  const post = (message: FromWorker): void => port.postMessage(message);
  try {
    const hear = await startVrrp(start, {
      post,
      ended: () => port.close(),
    });
    port.on('message', (message: ToWorker<VrrpPlan>) => hear(message));
    post({ type: 'ready' });
  } catch (error) {
    if (!(error instanceof KernelError && error.code === 'EPERM')) throw error;
    post({ type: 'hopeless', reason: error.message, exitCode: NO_PERMISSION });
  }
}

await main();
