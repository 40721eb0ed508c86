import { release, version } from 'node:os';
import { resolve } from 'node:path';
import { type EventOf, logger } from '@keepalived-ts/base/events.js';
import { systemAlarm, systemClock } from '@keepalived-ts/base/time.js';
import { endProcess } from '@keepalived-ts/raw-socket/thread.js';
import type { CheckPlan } from '#checks/core/plan.js';
import { SyncDaemons, type SyncIpvs, type SyncNews } from '#lvs/shell/sync-daemons.js';
import { Journal } from '#src/log/journal.js';
import type { VrrpPlan } from '#vrrp/core/types.js';
import { type Command, CUSTOMARY_FILE } from './command-line.js';
import { configDiff } from './config-diff.js';
import { prepare } from './configuration.js';
import { Daemon, type WorkerPart } from './daemon.js';
import type { Launcher } from './detach.js';
import { daemonEvents } from './events.js';
import { Keeper } from './keeper.js';
import type { KeeperNews } from './keeper-parts.js';
import { Management } from './management/management.js';
import { Notifier } from './notifier.js';
import { PidFiles } from './pid-files.js';
import { ProcessHost } from './process-host.js';
import { suffixOf } from './process-settings.js';
import { Programs } from './programs.js';
import { reloadFiles } from './reload-files.js';
import { ReloadTimer } from './reload-timer.js';
import { serviceManager } from './service-manager.js';
import type { Signals } from './signals.js';
import { dropSpares, type Spares } from './spares.js';
import { Succession } from './succession.js';
import { Supervisor } from './supervisor.js';
import { entries, workerThread } from './thread.js';
import { PRODUCT } from './version.js';

/*
 * The composition root: the only place that knows all parts, and where the clock is made.
 *
 * This thread reads the configuration, keeps two workers alive, and does what they ask for and
 * may not do themselves: run programs and write logs. It owns no network socket and no timer of
 * the protocol, so nothing that it does, however long it takes, delays an advert.
 *
 *   main     this file; daemon.ts reacts to signals and to what the keepers tell
 *   vrrp     vrrp/shell/worker.ts, kept by a Keeper
 *   check    checks/shell/worker.ts, likewise
 */

/** Where syslog listens on Linux; see syslog(3). */
const DEV_LOG = '/dev/log';

/** Parts as the log calls them. Compat: keepalived's names of its child processes. */
const names: Readonly<Record<WorkerPart, string>> = { vrrp: 'VRRP', check: 'Healthcheck' };

/** Compat: only an absolute TMPDIR counts. */
const temporary = (): string => (process.env.TMPDIR?.startsWith('/') ? process.env.TMPDIR : '/tmp');

/** Who does not synchronise connections needs no code that speaks to IPVS. */
async function openSyncIpvs(namespace: string | undefined): Promise<SyncIpvs> {
  const { openIpvs } = await import('#lvs/shell/director.js');
  return openIpvs({ namespace });
}
type SyncEvent = Extract<EventOf<typeof daemonEvents>, { event: `sync-${SyncNews['news']}` }>;

type Run = Extract<Command, { do: 'run' }>;

/** What cli.ts has made before it loaded this module. */
export interface Beginnings {
  caller: Launcher | undefined;
  signals: Signals;
  spares: Spares;
}

/** Runs the daemon until it is told to stop, and ends the process. */
export async function runDaemon(
  command: Run,
  { caller, signals, spares }: Beginnings,
): Promise<never> {
  const { settings } = command;
  const { syslog, file, ...rest } = settings.log;
  const journal = new Journal({
    ...rest,
    syslog: syslog ? DEV_LOG : undefined,
    file: file === '' ? `${temporary()}/keepalived.log` : file && resolve(file),
  });
  const log = logger('daemon', daemonEvents, (record) => {
    journal.write('parent', record);
    if (record.level === 'error' || record.level === 'warning') caller?.say(record.text);
  });
  const configFile = resolve(settings.configFile ?? CUSTOMARY_FILE);
  const pidFiles = new PidFiles(settings.pidFiles);
  log({ event: 'starting', version: PRODUCT });
  log({
    event: 'platform',
    kernel: `Linux ${release()} ${version()}`,
    runtime: `Node.js ${process.version}`,
  });
  log({ event: 'command-line', words: ['keepalived-ts', ...process.argv.slice(2)] });
  for (const text of command.remarks) log({ event: 'remark', text });
  if (command.surplus.length > 0) {
    log({ event: 'remark', text: `Unexpected argument(s): ${command.surplus.join(' ')}` });
  }
  const programs = new Programs(systemClock, log);
  const host = new ProcessHost({
    log,
    entered: settings.namespace,
    identified: (identity, hasMoved) => {
      pidFiles.identify(identity);
      journal.identify(suffixOf(identity));
      // They have been started where we came from.
      if (hasMoved) dropSpares(spares);
    },
  });
  const keeper = <Plan>(part: WorkerPart, keepAtStop: boolean, news: KeeperNews) =>
    new Keeper<Plan>({
      name: names[part],
      start: workerThread(part, entries[part], spares[part]),
      ...(settings.record !== undefined && { record: resolve(settings.record) }),
      detail: settings.log.detail > 0,
      keepAtStop,
      respawn: settings.respawn,
      clock: systemClock,
      alarm: systemAlarm(systemClock),
      log,
      news,
    });
  const daemon = new Daemon({
    log,
    signals,
    manager: serviceManager((reason) => log({ event: 'service-manager', reason })),
    host,
    pidFiles,
    programs,
    notifier: new Notifier(programs, systemClock, log),
    sync: new SyncDaemons({
      open: openSyncIpvs,
      tell: ({ news, ...fields }) => log({ event: `sync-${news}`, ...fields } as SyncEvent),
      clock: systemClock,
      alarm: systemAlarm(systemClock),
    }),
    journal,
    onlooker: new Management({
      log,
      clock: systemClock,
      snmp: settings.snmp,
      keepsServices: settings.keep.ipvs,
      temporary: temporary(),
    }),
    configFile,
    succession: new Succession<VrrpPlan, CheckPlan>({
      log,
      configFile,
      prepare: async () => {
        const prepared = await prepare(configFile, settings, (identity) => host.identify(identity));
        for (const part of ['vrrp', 'check'] as const) {
          if (prepared.plans[part] === undefined) spares[part]?.drop();
        }
        return prepared;
      },
      compare: (inUse, next) => configDiff(inUse.compared, next.compared),
      files: reloadFiles((file, reason) => log({ event: 'reload-record', file, reason })),
    }),
    timer: (reload) => new ReloadTimer({ log, now: () => new Date(), reload }),
    supervise: (news) =>
      new Supervisor<VrrpPlan, CheckPlan>({
        vrrp: keeper('vrrp', settings.keep.vrrp, news('vrrp')),
        check: keeper('check', settings.keep.ipvs, news('check')),
      }),
    ready: () => caller?.ready(),
  });
  if (caller) process.chdir('/');
  // Whoever reads it may be gone, or its disk be full: no reason to end.
  process.stderr.on('error', () => undefined);
  process.on('uncaughtException', (mistake) => daemon.fail(mistake));
  const exitCode = await daemon.run();
  await journal.close();
  return endProcess(exitCode);
}
