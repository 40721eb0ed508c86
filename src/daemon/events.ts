import { event } from '@keepalived-ts/base/events.js';

const permanent: Readonly<Record<number, string>> = {
  1: 'FATAL',
  2: 'CONFIG',
  4: 'missing permission',
};

/** A change of an object, and what was to be run for it. */
interface ToldChange {
  object: string;
  state: string;
  programs: readonly string[];
}

/** Every line the parent can log. The texts are those that operators grep for. */
export const daemonEvents = {
  starting: event<{ version: string }>('info', (e) => `Starting ${e.version}`),
  platform: event<{ kernel: string; runtime: string }>(
    'info',
    (e) => `Running on ${e.kernel} (${e.runtime})`,
  ),
  'command-line': event<{ words: string[] }>(
    'info',
    (e) => `Command line: ${e.words.map((word) => `'${word}'`).join(' ')}`,
  ),
  remark: event<{ text: string }>('warning', (e) => e.text),
  'config-file': event<{ file: string }>('info', (e) => `Configuration file ${e.file}`),
  'config-error': event<{ message: string }>('error', (e) => e.message),
  'config-warning': event<{ message: string }>('warning', (e) => e.message),
  'config-unusable': event<{ file: string }>(
    'error',
    (e) => `Unable to use configuration ${e.file}`,
  ),
  'nothing-to-run': event('warning', 'Warning - keepalived has no configuration to run'),
  'already-running': event<{ file: string }>(
    'warning',
    (e) => `daemon is already running (pid file ${e.file})`,
  ),
  'pid-file': event<{ file: string; reason: string }>(
    'error',
    (e) => `Unable to write pid file ${e.file}: ${e.reason}`,
  ),
  'sync-started': event<{ state: string; interface: string; syncId: number }>(
    'info',
    (e) => `IPVS: ${e.state} sync daemon started on ${e.interface}, sync id ${e.syncId}`,
  ),
  'sync-stopped': event<{ state: string }>('info', (e) => `IPVS: ${e.state} sync daemon stopped`),
  'sync-refused': event<{ words: string }>('error', (e) => `IPVS cmd refused: ${e.words}`),
  'worker-starting': event<{ part: string; pid: number }>(
    'info',
    (e) => `Starting ${e.part} child process, pid=${e.pid}`,
  ),
  ready: event('info', 'Startup complete'),
  'worker-error': event<{ part: string; reason: string }>(
    'error',
    (e) => `${e.part} child process failed: ${e.reason}`,
  ),
  'worker-output': event<{ part: string; text: string }>('warning', (e) => `${e.part}: ${e.text}`),
  'snmp-starting': event('info', 'Starting SNMP subagent'),
  'snmp-connected': event('info', 'SNMP subagent: connected to the master agent'),
  'snmp-lost': event('warning', 'SNMP subagent: the master agent is gone; trying again'),
  'snmp-no-master': event<{ socket: string; reason: string }>(
    'warning',
    (e) => `SNMP subagent: no master agent at ${e.socket}: ${e.reason}; trying again`,
  ),
  'snmp-address': event<{ socket: string }>(
    'error',
    (e) =>
      `SNMP subagent: '${e.socket}' is no address of a master agent (unix:PATH, tcp:HOST:PORT)`,
  ),
  respawning: event<{ part: string; pid: number }>(
    'error',
    (e) => `${e.part} child process(${e.pid}) died: Respawning`,
  ),
  'respawn-delayed': event<{ part: string; seconds: number }>(
    'error',
    (e) => `Restart of ${e.part} process delayed ${e.seconds} seconds to limit respawn rate`,
  ),
  'died-exiting': event<{ part: string; pid: number }>(
    'error',
    (e) => `${e.part} child process(${e.pid}) died: Exiting`,
  ),
  'dies-at-once': event<{ part: string; times: number }>(
    'error',
    (e) => `${e.part} child process died ${e.times} times before it was ready. Terminating`,
  ),
  hopeless: event<{ part: string; exitCode: number; reason: string }>('error', (e) => {
    const name = permanent[e.exitCode] ?? `status ${e.exitCode}`;
    return `${e.part} exited with permanent error ${name}: ${e.reason}. Terminating`;
  }),
  'process-refused': event<{ setting: string; reason: string }>(
    'error',
    (e) => `Unable to set ${e.setting}: ${e.reason}`,
  ),
  'thread-refused': event<{ part: string; setting: string; reason: string }>(
    'error',
    (e) => `Unable to set ${e.part}_${e.setting}: ${e.reason}`,
  ),
  'thread-raised': event<{ part: string; priority: number; late: number }>(
    'warning',
    (e) =>
      `${e.part}: A thread timer expired ${(e.late / 1e6).toFixed(6)} seconds late, ` +
      `priority raised to real-time ${e.priority}`,
  ),
  'real-time-limit': event(
    'warning',
    'CPU time limit in real time exceeded: see vrrp_rlimit_rttime and checker_rlimit_rttime',
  ),
  reloading: event('info', 'Reloading ...'),
  'reload-queued': event('detail', 'Reload already in progress, request queued'),
  'reload-dequeued': event('detail', 'Processing queued reload'),
  'reload-certificates': event(
    'info',
    'Reload: the files of SSL hold something else than before, and nothing else has changed',
  ),
  'reload-refused': event<{ file: string }>(
    'error',
    (e) => `Reload of ${e.file} refused: the configuration in use is kept`,
  ),
  'reload-mistake': event<{ message: string }>(
    'error',
    (e) => `The configuration in use does not have this mistake: ${e.message}`,
  ),
  'reload-unchangeable': event<{ keyword: string }>(
    'error',
    (e) => `Cannot change ${e.keyword} at a reload - please restart keepalived`,
  ),
  'reload-validating': event('info', 'validate conf before Reload'),
  'reload-invalid': event<{ file: string }>(
    'error',
    (e) => `New config failed validation, see ${e.file} for details`,
  ),
  'reload-record': event<{ file: string; reason: string }>(
    'error',
    (e) => `Unable to write ${e.file}: ${e.reason}`,
  ),
  'reload-change': event<{ text: string }>('info', (e) => `Reload: ${e.text}`),
  'reload-changes-more': event<{ more: number }>(
    'info',
    (e) => `Reload: ${e.more} more objects are changed`,
  ),
  'reload-unchanged': event('info', 'Reload: the configuration has not changed'),
  'reload-scheduled': event<{ time: string }>('info', (e) => `Reload scheduled for ${e.time}`),
  'reload-unscheduled': event('info', 'Scheduled reload cancelled'),
  'reload-time-file': event<{ file: string; reason: string }>(
    'warning',
    (e) => `reload_time_file ${e.file}: ${e.reason}`,
  ),
  'reload-complete': event('info', 'Reload complete'),
  'dump-written': event<{ file: string }>('info', (e) => `Printing ${e.file}`),
  'dump-failed': event<{ file: string; reason: string }>(
    'error',
    (e) => `Can't write ${e.file}: ${e.reason}`,
  ),
  'service-manager': event<{ reason: string }>(
    'warning',
    (e) => `Unable to tell systemd: ${e.reason}`,
  ),
  stopping: event('info', 'Stopping'),
  'forcing-end': event<{ part: string }>(
    'warning',
    (e) => `${e.part} process failed to die - forcing termination`,
  ),
  stopped: event<{ version: string }>('info', (e) => `Stopped ${e.version}`),
  cpu: event<{ user: number; system: number }>(
    'detail',
    (e) => `Stopped - used ${e.user.toFixed(6)} user time, ${e.system.toFixed(6)} system time`,
  ),
  bug: event<{ stack: string }>('error', (e) => `Internal error: ${e.stack}`),
  'program-failed': event<{ program: string; reason: string }>(
    'warning',
    (e) => `Unable to run ${e.program}: ${e.reason}`,
  ),
  'program-dropped': event<ToldChange>(
    'warning',
    (e) => `(${e.object}) ${e.state} is out of date, not run: ${e.programs.join(', ')}`,
  ),
  'program-hurried': event<ToldChange>(
    'warning',
    (e) => `(${e.object}) ${e.state} at the end, run without waiting: ${e.programs.join(', ')}`,
  ),
  'program-late': event<{
    object: string;
    program: string;
    pid: number;
    seconds: number;
    waiting: number;
  }>(
    'warning',
    (e) =>
      `(${e.object}) ${e.program}, pid ${e.pid}, still runs after ${e.seconds} seconds; ` +
      `changes that wait for it: ${e.waiting}`,
  ),
  'program-over': event<{ object: string; program: string; seconds: number; how: string }>(
    'info',
    (e) => `(${e.object}) ${e.program} has ended after ${e.seconds} seconds: ${e.how}`,
  ),
  'track-file-unmade': event<{ path: string; reason: string }>(
    'warning',
    (e) => `Unable to make the tracked file ${e.path}: ${e.reason}`,
  ),
  'errand-failed': event<{ keyword: string; program: string; how: string }>(
    'warning',
    (e) => `${e.keyword} ${e.program} failed: ${e.how}`,
  ),
  'fifo-unusable': event<{ path: string; reason: string }>(
    'error',
    (e) => `Unable to open notify fifo ${e.path}: ${e.reason}`,
  ),
  'fifo-full': event<{ path: string }>(
    'warning',
    (e) => `notify fifo ${e.path} is full, for nobody reads it: lines are lost`,
  ),
  'fifo-lost': event<{ path: string; lines: number }>(
    'warning',
    (e) => `notify fifo ${e.path}: lines lost: ${e.lines}`,
  ),
  'fifo-script-ended': event<{ scope: string; program: string; how: string }>(
    'warning',
    (e) => `${e.scope} notify fifo script terminated: ${e.program}, ${e.how}`,
  ),
  'mail-sent': event<{ subject: string }>(
    'info',
    (e) => `SMTP alert successfully sent: ${e.subject}`,
  ),
  'mail-delayed': event<{ reason: string; waiting: number }>(
    'warning',
    (e) => `SMTP alert delayed, ${e.waiting} waiting: ${e.reason}`,
  ),
  'mail-deferred': event<{ subject: string; recipients: readonly string[]; reason: string }>(
    'warning',
    (e) => `SMTP alert put off for ${e.recipients.join(', ')}: ${e.subject}: ${e.reason}`,
  ),
  'mail-refused': event<{ subject: string; reason: string }>(
    'error',
    (e) => `SMTP alert refused: ${e.subject}: ${e.reason}`,
  ),
  'mail-recipients-refused': event<{ subject: string; recipients: readonly string[] }>(
    'warning',
    (e) => `SMTP alert refused for ${e.recipients.join(', ')}: ${e.subject}`,
  ),
  'mail-full': event('warning', 'Too many SMTP alerts wait to be sent: the oldest are dropped'),
  'mail-dropped': event<{ mails: number }>(
    'warning',
    (e) => `SMTP alerts dropped unsent: ${e.mails}`,
  ),
  'mail-unsent': event<{ mails: number }>(
    'warning',
    (e) => `SMTP alerts that could not be sent: ${e.mails}`,
  ),
};
