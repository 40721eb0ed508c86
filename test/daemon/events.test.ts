import { type EventOf, type Level, render } from '@keepalived-ts/base/events.js';
import { expect, test } from 'vitest';
import { daemonEvents } from '#src/daemon/events.js';

type Event = EventOf<typeof daemonEvents>;
const part = { part: 'VRRP', pid: 7 };

const texts: [Event, Level, string][] = [
  [{ event: 'starting', version: 'Keepalived v1' }, 'info', 'Starting Keepalived v1'],
  [
    { event: 'platform', kernel: 'Linux 6.1', runtime: 'Node.js v20' },
    'info',
    'Running on Linux 6.1 (Node.js v20)',
  ],
  [{ event: 'command-line', words: ['k', '-n'] }, 'info', "Command line: 'k' '-n'"],
  [{ event: 'remark', text: 'so it is' }, 'warning', 'so it is'],
  [{ event: 'config-file', file: '/k' }, 'info', 'Configuration file /k'],
  [{ event: 'config-error', message: 'k:1:1: no' }, 'error', 'k:1:1: no'],
  [{ event: 'config-warning', message: 'k:1:1: hm' }, 'warning', 'k:1:1: hm'],
  [{ event: 'config-unusable', file: '/k' }, 'error', 'Unable to use configuration /k'],
  [{ event: 'nothing-to-run' }, 'warning', 'Warning - keepalived has no configuration to run'],
  [{ event: 'already-running', file: '/p' }, 'warning', 'daemon is already running (pid file /p)'],
  [
    { event: 'pid-file', file: '/p', reason: 'EACCES' },
    'error',
    'Unable to write pid file /p: EACCES',
  ],
  [
    { event: 'sync-started', state: 'MASTER', interface: 'eth0', syncId: 51 },
    'info',
    'IPVS: MASTER sync daemon started on eth0, sync id 51',
  ],
  [{ event: 'sync-stopped', state: 'BACKUP' }, 'info', 'IPVS: BACKUP sync daemon stopped'],
  [{ event: 'sync-refused', words: 'no' }, 'error', 'IPVS cmd refused: no'],
  [{ event: 'worker-starting', ...part }, 'info', 'Starting VRRP child process, pid=7'],
  [{ event: 'ready' }, 'info', 'Startup complete'],
  [
    { event: 'worker-error', part: 'VRRP', reason: 'out of memory' },
    'error',
    'VRRP child process failed: out of memory',
  ],
  [{ event: 'worker-output', part: 'VRRP', text: 'hm' }, 'warning', 'VRRP: hm'],
  [{ event: 'respawning', ...part }, 'error', 'VRRP child process(7) died: Respawning'],
  [
    { event: 'respawn-delayed', part: 'VRRP', seconds: 4 },
    'error',
    'Restart of VRRP process delayed 4 seconds to limit respawn rate',
  ],
  [{ event: 'died-exiting', ...part }, 'error', 'VRRP child process(7) died: Exiting'],
  [
    { event: 'dies-at-once', part: 'VRRP', times: 6 },
    'error',
    'VRRP child process died 6 times before it was ready. Terminating',
  ],
  [
    { event: 'hopeless', part: 'VRRP', exitCode: 2, reason: 'why' },
    'error',
    'VRRP exited with permanent error CONFIG: why. Terminating',
  ],
  [
    { event: 'process-refused', setting: 'rlimit_rttime', reason: 'setrlimit: EPERM' },
    'error',
    'Unable to set rlimit_rttime: setrlimit: EPERM',
  ],
  [
    { event: 'thread-refused', part: 'vrrp', setting: 'priority', reason: 'setpriority: EACCES' },
    'error',
    'Unable to set vrrp_priority: setpriority: EACCES',
  ],
  [
    { event: 'thread-raised', part: 'vrrp', priority: 1, late: 1_500_000 },
    'warning',
    'vrrp: A thread timer expired 1.500000 seconds late, priority raised to real-time 1',
  ],
  [
    { event: 'real-time-limit' },
    'warning',
    'CPU time limit in real time exceeded: see vrrp_rlimit_rttime and checker_rlimit_rttime',
  ],
  [{ event: 'reloading' }, 'info', 'Reloading ...'],
  [{ event: 'reload-queued' }, 'detail', 'Reload already in progress, request queued'],
  [{ event: 'reload-dequeued' }, 'detail', 'Processing queued reload'],
  [
    { event: 'reload-refused', file: '/k' },
    'error',
    'Reload of /k refused: the configuration in use is kept',
  ],
  [
    { event: 'reload-mistake', message: '/etc/k.conf:3:7: wrong' },
    'error',
    'The configuration in use does not have this mistake: /etc/k.conf:3:7: wrong',
  ],
  [
    { event: 'reload-unchangeable', keyword: 'net_namespace' },
    'error',
    'Cannot change net_namespace at a reload - please restart keepalived',
  ],
  [{ event: 'reload-validating' }, 'info', 'validate conf before Reload'],
  [
    { event: 'reload-invalid', file: '/tmp/x' },
    'error',
    'New config failed validation, see /tmp/x for details',
  ],
  [
    { event: 'reload-record', file: '/tmp/x', reason: 'ELOOP' },
    'error',
    'Unable to write /tmp/x: ELOOP',
  ],
  [
    { event: 'reload-change', text: 'vrrp_instance V added: re-election' },
    'info',
    'Reload: vrrp_instance V added: re-election',
  ],
  [{ event: 'reload-changes-more', more: 5 }, 'info', 'Reload: 5 more objects are changed'],
  [
    { event: 'reload-certificates' },
    'info',
    'Reload: the files of SSL hold something else than before, and nothing else has changed',
  ],
  [{ event: 'reload-unchanged' }, 'info', 'Reload: the configuration has not changed'],
  [
    { event: 'reload-scheduled', time: '2026-11-21T16:00:00.000Z' },
    'info',
    'Reload scheduled for 2026-11-21T16:00:00.000Z',
  ],
  [{ event: 'reload-unscheduled' }, 'info', 'Scheduled reload cancelled'],
  [
    { event: 'reload-time-file', file: '/etc/when', reason: 'it is over' },
    'warning',
    'reload_time_file /etc/when: it is over',
  ],
  [{ event: 'reload-complete' }, 'info', 'Reload complete'],
  [{ event: 'dump-written', file: '/tmp/x' }, 'info', 'Printing /tmp/x'],
  [{ event: 'dump-failed', file: '/tmp/x', reason: 'full' }, 'error', "Can't write /tmp/x: full"],
  [{ event: 'service-manager', reason: 'gone' }, 'warning', 'Unable to tell systemd: gone'],
  [{ event: 'stopping' }, 'info', 'Stopping'],
  [{ event: 'snmp-starting' }, 'info', 'Starting SNMP subagent'],
  [{ event: 'snmp-connected' }, 'info', 'SNMP subagent: connected to the master agent'],
  [{ event: 'snmp-lost' }, 'warning', 'SNMP subagent: the master agent is gone; trying again'],
  [
    { event: 'snmp-no-master', socket: 'unix:/x', reason: 'ENOENT' },
    'warning',
    'SNMP subagent: no master agent at unix:/x: ENOENT; trying again',
  ],
  [
    { event: 'snmp-address', socket: 'udp:x' },
    'error',
    "SNMP subagent: 'udp:x' is no address of a master agent (unix:PATH, tcp:HOST:PORT)",
  ],
  [
    { event: 'forcing-end', part: 'VRRP' },
    'warning',
    'VRRP process failed to die - forcing termination',
  ],
  [{ event: 'stopped', version: 'Keepalived v1' }, 'info', 'Stopped Keepalived v1'],
  [
    { event: 'cpu', user: 0.5, system: 0.25 },
    'detail',
    'Stopped - used 0.500000 user time, 0.250000 system time',
  ],
  [{ event: 'bug', stack: 'Bug: no\n at x' }, 'error', 'Internal error: Bug: no\n at x'],
  [
    { event: 'program-failed', program: '/x', reason: 'ENOENT' },
    'warning',
    'Unable to run /x: ENOENT',
  ],
  [
    {
      event: 'program-dropped',
      object: 'INSTANCE VI_1',
      state: 'MASTER',
      programs: ['/master', '/notify'],
    },
    'warning',
    '(INSTANCE VI_1) MASTER is out of date, not run: /master, /notify',
  ],
  [
    { event: 'program-hurried', object: 'INSTANCE VI_1', state: 'STOP', programs: ['/stop'] },
    'warning',
    '(INSTANCE VI_1) STOP at the end, run without waiting: /stop',
  ],
  [
    {
      event: 'program-late',
      object: 'INSTANCE VI_1',
      program: '/x',
      pid: 77,
      seconds: 30,
      waiting: 2,
    },
    'warning',
    '(INSTANCE VI_1) /x, pid 77, still runs after 30 seconds; changes that wait for it: 2',
  ],
  [
    {
      event: 'program-over',
      object: 'INSTANCE VI_1',
      program: '/x',
      seconds: 95,
      how: 'exit status 1',
    },
    'info',
    '(INSTANCE VI_1) /x has ended after 95 seconds: exit status 1',
  ],
  [
    { event: 'track-file-unmade', path: '/run/drain', reason: 'EACCES' },
    'warning',
    'Unable to make the tracked file /run/drain: EACCES',
  ],
  [
    { event: 'errand-failed', keyword: 'startup_script', program: '/x', how: 'exit status 1' },
    'warning',
    'startup_script /x failed: exit status 1',
  ],
  [
    { event: 'fifo-unusable', path: '/f', reason: 'it is a symbolic link' },
    'error',
    'Unable to open notify fifo /f: it is a symbolic link',
  ],
  [
    { event: 'fifo-full', path: '/f' },
    'warning',
    'notify fifo /f is full, for nobody reads it: lines are lost',
  ],
  [{ event: 'fifo-lost', path: '/f', lines: 3 }, 'warning', 'notify fifo /f: lines lost: 3'],
  [
    { event: 'fifo-script-ended', scope: 'vrrp', program: '/x', how: 'exit status 3' },
    'warning',
    'vrrp notify fifo script terminated: /x, exit status 3',
  ],
  [{ event: 'mail-sent', subject: 'S' }, 'info', 'SMTP alert successfully sent: S'],
  [
    { event: 'mail-delayed', waiting: 2, reason: 'connect ECONNREFUSED' },
    'warning',
    'SMTP alert delayed, 2 waiting: connect ECONNREFUSED',
  ],
  [
    { event: 'mail-deferred', subject: 'S', recipients: ['a@b', 'c@d'], reason: '451 later' },
    'warning',
    'SMTP alert put off for a@b, c@d: S: 451 later',
  ],
  [
    { event: 'mail-refused', subject: 'S', reason: '550 no' },
    'error',
    'SMTP alert refused: S: 550 no',
  ],
  [
    { event: 'mail-recipients-refused', subject: 'S', recipients: ['a@x', 'b@y'] },
    'warning',
    'SMTP alert refused for a@x, b@y: S',
  ],
  [
    { event: 'mail-full' },
    'warning',
    'Too many SMTP alerts wait to be sent: the oldest are dropped',
  ],
  [{ event: 'mail-dropped', mails: 4 }, 'warning', 'SMTP alerts dropped unsent: 4'],
  [{ event: 'mail-unsent', mails: 5 }, 'warning', 'SMTP alerts that could not be sent: 5'],
];

test.each(texts)('$event is told as operators know it', (event, level, text) => {
  expect(render('daemon', daemonEvents, event)).toMatchObject({ level, text });
});

test('every line of the catalogue is pinned', () => {
  expect(texts.map(([{ event }]) => event).sort()).toEqual(Object.keys(daemonEvents).sort());
});
