import { ProbeFailure, type ProbeIo } from '#checks/core/probe-io.js';
import { probeIo } from '#checks/shell/probe-io.js';
import { Tls } from '#checks/shell/tls.js';
import { start } from '#src/notify/program.js';

const tls = new Tls(undefined);

/** All that a probe may do, done for real; programs run as we do. */
export const io: ProbeIo = probeIo({
  tls: () => tls,
  runProgram: async ({ argv, timeout }, signal) => {
    const account = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const run = start({ argv, account, timeout }, process.env);
    signal.addEventListener('abort', run.end, { once: true });
    const outcome = await run.ended;
    if (outcome.result === 'failed') throw new ProbeFailure('not-run', outcome.reason);
    return outcome;
  },
});
