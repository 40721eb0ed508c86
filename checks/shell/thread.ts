import { readFileSync } from 'node:fs';
import { KernelError } from '@keepalived-ts/base/errors.js';
import {
  type Duration,
  elapsed,
  type Instant,
  systemAlarm,
  systemClock,
  toSeconds,
} from '@keepalived-ts/base/time.js';
import { NetlinkClient } from '@keepalived-ts/netlink/client.js';
import { openMonitor } from '@keepalived-ts/netlink/monitor.js';
import { NETLINK_ROUTE } from '@keepalived-ts/raw-socket/constants.js';
import { keysOf, type Table } from '#lvs/core/table.js';
import type { AllTraffic } from '#lvs/core/traffic.js';
import { Director, type Ipvs, type Refusal } from '#lvs/shell/director.js';
import { heirlooms } from '#src/ipc/heirloom.js';
import type { FromWorker, ToWorker, WorkerStart } from '#src/ipc/messages.js';
import { adjusted } from '../core/adjust.js';
import type { Checker } from '../core/define-checker.js';
import type { CheckEvent, Effect, Input } from '../core/effects.js';
import { Engine } from '../core/engine.js';
import type { CheckPlan } from '../core/plan.js';
import type { ProbeIo } from '../core/probe-io.js';
import { LocalAddresses } from './local-addresses.js';
import type { Probing } from './probing.js';
import { Programs } from './programs.js';
import { Reports } from './report.js';
import { TableKeeper } from './table-keeper.js';

export interface ThreadParts {
  post(message: FromWorker): void;
  /** Everything is closed: nothing of ours keeps the thread alive. */
  ended(): void;
  /** Loads what probes, much code; called once the first table is in the kernel. */
  loadProbing(runProgram: ProbeIo['runProgram']): Promise<Probing>;
  /** IPVS, which is opened while the parent reads the configuration. */
  ipvs: Promise<Ipvs>;
}

/** While servers are being removed the parent hears that often that it goes on. */
const BUSY_MS = 500;

/** The check thread: the engine in the middle, around it the probes, IPVS and the parent. */
class CheckThread {
  private readonly parts: ThreadParts;
  private readonly keepAtStop: boolean;
  private plan: CheckPlan;
  private readonly engine: Engine;
  private readonly reports: Reports;
  private readonly director: Director;
  private readonly keeper: TableKeeper;
  private readonly programs: Programs;
  /** Nothing is probed before the table is filled. */
  private probing: Probing | undefined;
  private traffic: { at: Instant; counted: AllTraffic } | undefined;
  private readonly alarm = systemAlarm();
  private readonly addresses = new LocalAddresses({
    open: () => NetlinkClient.open(NETLINK_ROUTE),
    listen: openMonitor,
    clock: systemClock,
    alarm: systemAlarm(),
    tell: (local) => void this.feed({ kind: 'addresses', local }),
    refused: (words) => this.log({ event: 'addresses-refused', words }),
  });
  /** Those of `probing`. */
  private readonly checkers = new Map<string, Checker>();

  constructor(
    start: WorkerStart<CheckPlan>,
    parts: ThreadParts,
    reports: Reports,
    director: Director,
  ) {
    this.parts = parts;
    this.keepAtStop = start.keepAtStop;
    this.plan = start.plan;
    this.engine = new Engine(start.plan, this.checkers, Math.random);
    this.reports = reports;
    this.director = director;
    this.programs = new Programs(parts.post);
    const table = () => this.engine.table();
    this.keeper = new TableKeeper(director, table, (refusals) => tellRefusals(reports, refusals));
  }

  /** Fills the table, then lets the checks begin. */
  async begin({ restarted, posted }: WorkerStart<CheckPlan>): Promise<void> {
    const { plan } = this;
    const keys = plan.services.flatMap(keysOf);
    const found = restarted ? await this.director.adopt(keys) : undefined;
    if (found) this.log({ event: 'ipvs-adopted', services: found.size });
    const flush = plan.ipvs.flush && !restarted;
    this.complain(await this.director.whole.begin({ ...plan.ipvs, flush }));
    await this.feed({ kind: 'start', found });
    this.log({ event: 'ipvs-filled', ...size(this.engine.table()), ...ages(posted) });
    this.probing = await this.parts.loadProbing(this.programs.run);
    for (const [name, checker] of this.probing.checkers) this.checkers.set(name, checker);
    await this.probing.prepare(plan);
    await this.settle();
  }

  async hear(message: ToWorker<CheckPlan>): Promise<void> {
    switch (message.type) {
      case 'stop':
        await this.stop();
        break;
      case 'reload':
        await this.follow(message.plan);
        this.parts.post({ type: 'reloaded' });
        break;
      case 'adjust':
        await this.follow(adjusted(this.plan, message));
        break;
      case 'ask-status': {
        const { ticket, traffic } = message;
        const known = traffic === undefined ? undefined : await this.recentTraffic(traffic);
        this.parts.post({ type: 'status', ticket, status: this.engine.status(known), more: false });
        break;
      }
      case 'program-ended':
        this.programs.ended(message.ticket, message.outcome);
        break;
    }
  }

  private async follow(plan: CheckPlan): Promise<void> {
    this.plan = plan;
    this.complain(await this.director.whole.follow(plan.ipvs));
    await this.probing?.prepare(plan);
    await this.feed({ kind: 'reload', plan });
    this.reports.retain(serversOf(plan));
    await this.settle();
  }

  /** Lets the checks begin, those of the services that are to be checked here and now. */
  private async settle(): Promise<void> {
    const isAwaited = this.plan.services.some(({ awaits }) => awaits.length > 0);
    await this.feed({ kind: 'settled', local: await this.addresses.follow(isAwaited) });
  }

  /** What IPVS has counted, read anew only when that is older than it may be. */
  private async recentTraffic(most: Duration): Promise<AllTraffic | undefined> {
    const now = systemClock.now();
    if (!this.traffic || elapsed(this.traffic.at, now) > most) {
      try {
        this.traffic = { at: now, counted: await this.director.traffic() };
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        this.traffic = undefined;
      }
    }
    return this.traffic?.counted;
  }

  /** Works through an input; resolves when the kernel has answered to what it changed. */
  private async feed(input: Input): Promise<void> {
    let changed: Promise<void> | undefined;
    for (const effect of this.engine.advance(input, systemClock.now())) {
      if (effect.do === 'update-table') changed = this.keeper.update();
      else this.perform(effect);
    }
    this.reports.flush();
    this.alarm.set(this.engine.deadline(), () => void this.feed({ kind: 'deadline' }));
    await changed;
  }

  private perform(effect: Exclude<Effect, { do: 'update-table' }>): void {
    switch (effect.do) {
      case 'probe':
        this.probe(effect);
        break;
      case 'cancel-probes':
        this.probing?.probes.cancel();
        break;
      default:
        this.reports.perform(effect);
    }
  }

  private probe({ check, generation, question, target }: Extract<Effect, { do: 'probe' }>): void {
    const plan = this.plan.checks[check];
    const checker = plan && this.checkers.get(plan.keyword);
    if (!plan || !checker) throw new RangeError(`no check ${check}`);
    this.probing?.probes.run({ plan, target, checker, question }, (verdict) => {
      void this.feed({ kind: 'verdict', check, generation, verdict });
    });
  }

  private async stop(): Promise<void> {
    await this.feed({ kind: 'stop' });
    this.addresses.close();
    this.alarm.set(null, () => {});
    if (this.keepAtStop) await this.keeper.idle();
    else {
      const busy = setInterval(() => this.parts.post({ type: 'busy' }), BUSY_MS);
      await this.keeper.close();
      tellRefusals(this.reports, await this.director.withdraw());
      this.complain(await this.director.whole.end(this.plan.ipvs));
      clearInterval(busy);
    }
    this.director.close();
    this.reports.close();
    this.parts.post({ type: 'stopped' });
    this.parts.ended();
  }

  /** Tells of settings that the kernel refused. */
  private complain(refused: readonly string[]): void {
    for (const words of refused) this.log({ event: 'ipvs-refused', words });
  }

  private log(event: CheckEvent): void {
    this.reports.log(event);
    this.reports.flush();
  }
}

/**
 * Seconds since the parent posted the plan, the copying included; since this thread began; and of
 * processor time that this thread has had: where there is one processor only, it shares its first
 * second with the parent, which reads the configuration meanwhile.
 */
const ages = (posted: Instant): { seconds: number; age: number; worked: number } => ({
  seconds: toSeconds(elapsed(posted, systemClock.now())),
  age: (performance.now() - performance.nodeTiming.environment) / 1_000,
  worked: processorTime(),
});

/** utime and stime of proc_pid_stat(5), which Linux shows in hundredths of a second. */
function processorTime(): number {
  const stat = readFileSync('/proc/thread-self/stat', 'latin1');
  const [utime, stime] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14);
  return (Number(utime) + Number(stime)) / 100;
}

const serversOf = ({ services }: CheckPlan): { service: string; server: string }[] =>
  services.flatMap(({ name: service, realServers }) =>
    realServers.map(({ name: server }) => ({ service, server })),
  );

const size = (table: Table): { services: number; servers: number } => {
  const servers = [...table.values()].reduce((sum, entry) => sum + entry.destinations.size, 0);
  return { services: table.size, servers };
};

function tellRefusals(reports: Reports, refusals: readonly Refusal[]): void {
  for (const { words } of refusals) reports.log({ event: 'ipvs-refused', words });
  reports.flush();
}

/** There is no IPVS to direct: nothing that a new start of the thread would change. */
export class NoIpvs extends Error {
  override readonly name = 'NoIpvs';
  readonly code: string;

  constructor(error: KernelError) {
    super(error.message);
    this.code = error.code;
  }
}

/**
 * Puts services and servers into IPVS and starts checking. Rejects with `NoIpvs` where there is
 * none. Gives what hears the parent, one message after the other.
 */
export async function startChecks(
  start: WorkerStart<CheckPlan>,
  parts: ThreadParts,
): Promise<(message: ToWorker<CheckPlan>) => void> {
  const reports = new Reports(parts.post, { detail: start.detail });
  reports.log({ event: 'ipvs-init' });
  reports.flush();
  const options = {
    clock: systemClock,
    alarm: systemAlarm(),
    timeouts: heirlooms(start.legacy, parts.post)('timeouts'),
    onRefusals: (refusals: Refusal[]) => tellRefusals(reports, refusals),
  };
  const director = await Director.open(options, parts.ipvs).catch((error: unknown) => {
    throw error instanceof KernelError ? new NoIpvs(error) : error;
  });
  const thread = new CheckThread(start, parts, reports, director);
  await thread.begin(start);
  let turn: Promise<void> = Promise.resolve();
  return (message) => {
    turn = turn.then(() => thread.hear(message));
  };
}
