import { KernelError } from '@keepalived-ts/base/errors.js';
import { workerPort } from '#src/ipc/worker-port.js';
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
  const { start, post, serve, close } = await workerPort<VrrpPlan>();
  try {
    serve(await startVrrp(start, { post, ended: close }));
    post({ type: 'ready' });
  } catch (error) {
    if (!(error instanceof KernelError && error.code === 'EPERM')) throw error;
    post({ type: 'hopeless', reason: error.message, exitCode: NO_PERMISSION });
  }
}

void main();
