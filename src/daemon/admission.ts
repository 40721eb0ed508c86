import type { Log } from '@keepalived-ts/base/events.js';
import type { Prepared } from './configuration.js';
import type { daemonEvents } from './events.js';
import type { Claimed, PidFiles } from './pid-files.js';
import type { ProcessHost } from './process-host.js';
import type { Plans } from './supervisor.js';
import { startStatus } from './verdict.js';

/** Who is asked whether a daemon may run. */
export interface Admission {
  log: Log<typeof daemonEvents>;
  pidFiles: PidFiles;
  configFile: string;
  host: ProcessHost;
}

/** The status to end with instead of running by a first configuration; undefined to go ahead. */
export function statusOf<V, C>(
  { diagnostics, plans }: Prepared<V, C>,
  admission: Admission,
): number | undefined {
  const { log, pidFiles, configFile, host } = admission;
  if (host.isLost) return 1;
  const status = startStatus(diagnostics);
  if (status !== undefined) {
    log({ event: 'config-unusable', file: configFile });
    return status;
  }
  return refusal(pidFiles.claim('parent'), log) ?? claimStatus(plans, admission);
}

/** Takes the pid files of the parts that are to run. */
export function claimStatus<V, C>(
  plans: Plans<V, C>,
  { log, pidFiles }: Admission,
): number | undefined {
  for (const part of ['vrrp', 'check'] as const) {
    if (plans[part] === undefined) continue;
    const status = refusal(pidFiles.claim(part), log);
    if (status !== undefined) return status;
  }
  return undefined;
}

/** Compat: to find the daemon running already is no failure. */
function refusal(claimed: Claimed, log: Log<typeof daemonEvents>): number | undefined {
  if (claimed.claimed) return undefined;
  const { file, reason } = claimed;
  if (reason === undefined) {
    log({ event: 'already-running', file });
    return 0;
  }
  log({ event: 'pid-file', file, reason });
  return 1;
}
