import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { EventOf, Log } from '@keepalived-ts/base/events.js';
import type { SyncDaemons } from '#lvs/shell/sync-daemons.js';
import type { FromWorker, ToWorker } from '#src/ipc/messages.js';
import type { ThreadNews } from '#src/ipc/thread-settings.js';
import type { Journal } from '#src/log/journal.js';
import type { Part } from '#src/log/lines.js';
import { claimStatus, statusOf } from './admission.js';
import type { Prepared } from './configuration.js';
import type { daemonEvents } from './events.js';
import type { KeeperNews } from './keeper-parts.js';
import type { Notifier } from './notifier.js';
import type { Onlooker } from './onlooker.js';
import type { PidFiles } from './pid-files.js';
import type { ProcessHost } from './process-host.js';
import type { Programs } from './programs.js';
import type { ReloadTimer } from './reload-timer.js';
import type { ServiceManager } from './service-manager.js';
import type { Signals, Wish } from './signals.js';
import type { Succession } from './succession.js';
import type { Supervisor } from './supervisor.js';
import { initTrackFiles } from './track-files.js';
import { PRODUCT } from './version.js';

/** The parts that are worker threads. */
export type WorkerPart = Exclude<Part, 'parent'>;

export interface DaemonParts<V, C> {
  log: Log<typeof daemonEvents>;
  journal: Journal;
  onlooker: Onlooker<V, C>;
  signals: Signals;
  manager: ServiceManager;
  host: ProcessHost;
  pidFiles: PidFiles;
  programs: Programs;
  notifier: Notifier;
  sync: SyncDaemons;
  configFile: string;
  succession: Succession<V, C>;
  /** Asks for a reload at a time that a file names. */
  timer: (reload: () => void) => ReloadTimer;
  supervise: (news: (part: WorkerPart) => KeeperNews) => Supervisor<V, C>;
  /** The first start is complete. */
  ready: () => void;
}

/** How long the lines of a start are kept back while the workers are busy with it. */
const MOST_SILENT_MS = 2_000;
/** What keywords about a part begin with. */
const PREFIX = { vrrp: 'vrrp', check: 'checker' } as const;
/** EX_SOFTWARE of <sysexits.h>. Compat: keepalived's status for a fault of its own. */
const INTERNAL_FAULT = 70;

/** The life of the daemon: start, reloads, and the end. */
export class Daemon<V, C> {
  private readonly parts: DaemonParts<V, C>;
  private readonly supervisor: Supervisor<V, C>;
  private phase: 'starting' | 'running' | 'ending' = 'starting';
  private inUse: Prepared<V, C> | undefined;
  private readonly timer: ReloadTimer;
  private reloading: 'no' | 'yes' | 'again' = 'no';
  private exitCode = 0;
  private finish: (exitCode: number) => void = () => undefined;
  private settle: () => void = () => undefined;
  /** The start is complete, or given up. */
  private readonly settled = new Promise<void>((settle) => {
    this.settle = settle;
  });

  constructor(parts: DaemonParts<V, C>) {
    this.parts = parts;
    this.supervisor = parts.supervise((part) => this.newsOf(part));
    this.timer = parts.timer(() => this.grant({ wish: 'reload' }));
  }

  /** Runs until a signal or a hopeless part ends it; gives the exit status. */
  run(): Promise<number> {
    const ended = new Promise<number>((finish) => {
      this.finish = finish;
    });
    // Listening for signals alone does not keep a process, and there may be no worker.
    const alive = setInterval(() => undefined, 1 << 30);
    this.begin().catch((e: unknown) => this.fail(e));
    return ended.finally(() => clearInterval(alive));
  }

  private async begin(): Promise<void> {
    const { log, pidFiles, configFile, signals, journal, succession } = this.parts;
    log({ event: 'config-file', file: configFile });
    const prepared = await succession.first();
    const status = statusOf(prepared, this.parts);
    if (status !== undefined) {
      pidFiles.releaseAll();
      this.finish(status);
      return;
    }
    succession.begin(prepared);
    if (!prepared.plans.vrrp && !prepared.plans.check) log({ event: 'nothing-to-run' });
    await this.use(prepared);
    this.checkReady();
    signals.serve((wish) => this.grant(wish));
    // The workers first: on one processor they would wait while this thread loads pino.
    await Promise.race([this.settled, sleep(MOST_SILENT_MS, undefined, { ref: false })]);
    await journal.open();
  }

  /** Goes by a configuration; the parts only where it says something else than before. */
  private async use(prepared: Prepared<V, C>, isAnother = true): Promise<void> {
    const atStart = this.inUse === undefined;
    this.inUse = prepared;
    this.parts.host.follow(prepared.process);
    this.supervisor.treat(prepared.process);
    await initTrackFiles(prepared.trackFiles, atStart, this.parts.log);
    this.parts.programs.renew(prepared.accounts);
    await this.parts.notifier.follow(prepared.notify);
    this.timer.follow(prepared.reload.timeFile, prepared.reload.daily);
    this.parts.onlooker.follow(prepared, this.supervisor);
    if (isAnother) {
      await this.supervisor.apply(prepared.plans);
      for (const part of ['vrrp', 'check'] as const) {
        if (prepared.plans[part] === undefined) this.parts.pidFiles.release(part);
      }
    }
    await this.parts.sync.follow(prepared.sync);
  }

  private grant(wish: Wish): void {
    if (this.phase === 'ending') return;
    switch (wish.wish) {
      case 'stop':
        this.end(0);
        return;
      case 'reload':
        this.requestReload();
        return;
      case 'dump':
        this.parts.onlooker.dump(wish.dump);
        return;
      case 'warn':
        this.parts.log({ event: 'real-time-limit' });
    }
  }

  private requestReload(): void {
    if (this.reloading !== 'no') {
      this.reloading = 'again';
      this.parts.log({ event: 'reload-queued' });
      return;
    }
    void this.reloadWhileAsked().catch((e: unknown) => this.fail(e));
  }

  private async reloadWhileAsked(): Promise<void> {
    do {
      if (this.reloading === 'again') this.parts.log({ event: 'reload-dequeued' });
      this.reloading = 'yes';
      this.parts.manager.reloading();
      await this.reload();
      if (!this.isEnding()) this.parts.manager.ready();
    } while (this.isAskedAgain() && !this.isEnding());
    this.reloading = 'no';
  }

  /** Methods because both change while `reload` is awaited, which the compiler can't see. */
  private isEnding(): boolean {
    return this.phase === 'ending';
  }

  private isAskedAgain(): boolean {
    return this.reloading === 'again';
  }

  private async reload(): Promise<void> {
    const { log, configFile, journal, succession } = this.parts;
    if (!this.inUse) return;
    journal.reopen();
    log({ event: 'reloading' });
    const next = await succession.after(this.inUse);
    if (!next || this.isEnding()) return;
    const { prepared, changes } = next;
    if (claimStatus(prepared.plans, this.parts) !== undefined) {
      log({ event: 'reload-refused', file: configFile });
      return;
    }
    const isCertified = isDeepStrictEqual(prepared.credentials, this.inUse.credentials);
    succession.announce(changes, isCertified);
    await this.use(prepared, changes.length > 0 || !isCertified);
    if (prepared.notify.statesOnReload) await this.restate();
    if (!this.isEnding()) log({ event: 'reload-complete' });
  }

  /** Tells fifos how everything stands. */
  private async restate(): Promise<void> {
    const status = await this.supervisor.vrrpStatus();
    if (status) this.parts.notifier.restate(status);
  }

  private newsOf(part: WorkerPart): KeeperNews {
    const { programs, onlooker } = this.parts;
    return {
      ready: () => this.checkReady(),
      message: (message, reply) => this.hear(part, message, reply),
      died: () => {
        programs.cancel(part);
        onlooker.died(part);
      },
      hopeless: (exitCode) => {
        this.parts.manager.hopeless(exitCode);
        this.end(exitCode);
      },
    };
  }

  private hear(
    part: WorkerPart,
    message: FromWorker,
    reply: (message: ToWorker<never>) => void,
  ): void {
    const { journal, programs, notifier, onlooker, sync } = this.parts;
    switch (message.type) {
      case 'log':
        for (const record of message.records) journal.write(part, record);
        return;
      case 'run-program': {
        const { ticket } = message;
        void programs
          .run(part, message)
          .then((outcome) => reply({ type: 'program-ended', ticket, outcome }));
        return;
      }
      case 'end-program':
        programs.end(part, message.ticket);
        return;
      case 'thread':
        this.tellOfThread(part, message.news);
        return;
      case 'notify':
        notifier.tell(message.notice);
        onlooker.notice(message.notice);
        sync.hear(message.notice);
        return;
      case 'mail':
        notifier.mail(message.letter);
        return;
      case 'counters':
        for (const { object, values, from } of message.changed) {
          onlooker.counted(part, object, values, from);
        }
    }
  }

  private tellOfThread(part: WorkerPart, { news, ...fields }: ThreadNews): void {
    this.parts.log({ event: `thread-${news}`, part: PREFIX[part], ...fields } as EventOf<
      typeof daemonEvents
    >);
  }

  private checkReady(): void {
    if (this.phase !== 'starting' || !this.supervisor.isReady) return;
    this.phase = 'running';
    this.settle();
    this.parts.log({ event: 'ready' });
    this.parts.manager.ready();
    this.parts.ready();
  }

  private end(exitCode: number): void {
    if (this.phase === 'ending') return;
    this.phase = 'ending';
    this.settle();
    this.exitCode = exitCode;
    void this.stop();
  }

  /** Our own mistake: the parts still get the chance to take their addresses with them. */
  fail(mistake: unknown): void {
    this.parts.log({ event: 'bug', stack: (mistake as Error).stack ?? String(mistake) });
    if (this.phase === 'ending') this.finish(INTERNAL_FAULT);
    else this.end(INTERNAL_FAULT);
  }

  private async stop(): Promise<void> {
    const { log, host, manager, pidFiles, notifier, onlooker, sync } = this.parts;
    this.timer.close();
    log({ event: 'stopping' });
    manager.stopping();
    onlooker.stopping();
    await this.supervisor.stop();
    host.leave();
    await Promise.all([notifier.finish(), onlooker.close(), sync.stop()]);
    pidFiles.releaseAll();
    const { user, system } = process.cpuUsage();
    log({ event: 'cpu', user: user / 1e6, system: system / 1e6 });
    log({ event: 'stopped', version: PRODUCT });
    this.finish(this.exitCode);
  }
}
