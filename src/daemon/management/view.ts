import {
  type Clock,
  type Duration,
  elapsed,
  type Instant,
  seconds,
} from '@keepalived-ts/base/time.js';
import { type CheckView, checkView } from '#checks/mib/view.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import type { Status } from '#src/ipc/status.js';
import { type VrrpView, vrrpView } from '#vrrp/mib/view.js';
import type { Prepared } from '../configuration.js';
import type { WorkerPart } from '../daemon.js';
import type { CounterBoard } from './counters.js';

/** Everything that can be seen of the daemon, at one moment. */
export interface View {
  config: Prepared['compared']['config'];
  started: Instant;
  now: Instant;
  vrrp: VrrpView | undefined;
  check: CheckView | undefined;
}

export interface ViewSources {
  clock: Clock;
  counters: CounterBoard;
  /** The configuration in use. */
  inUse: () => Prepared | undefined;
  status: (part: WorkerPart, traffic?: Duration) => Promise<Status | undefined>;
}

/** How old a view may be that is given out: a walk asks a thousand times, one after the other. */
const MOST_AGE: Duration = seconds(1);

/** How old the kernel's statistics may be. They are read together, so the shorter one counts. */
function trafficAge(globals: GlobalDefsConfig): Duration {
  const { snmp_vs_stats_update_interval: services, snmp_rs_stats_update_interval: servers } =
    globals;
  return servers !== undefined && servers < services ? servers : services;
}

/** Puts views together from the configuration, the workers' answers and their counters. */
export class Views {
  private readonly sources: ViewSources;
  private readonly started: Instant;
  private last: { made: Instant; view: Promise<View | undefined> } | undefined;

  constructor(sources: ViewSources) {
    this.sources = sources;
    this.started = sources.clock.now();
  }

  /** How everything stands, or did within the last second. */
  recent(): Promise<View | undefined> {
    const now = this.sources.clock.now();
    if (!this.last || elapsed(this.last.made, now) > MOST_AGE) {
      this.last = { made: now, view: this.current() };
    }
    return this.last.view;
  }

  /** What was seen before is out of date. */
  forget(): void {
    this.last = undefined;
  }

  /** How everything stands now. */
  async current(): Promise<View | undefined> {
    const { inUse, status, clock } = this.sources;
    const prepared = inUse();
    if (!prepared) return undefined;
    const { config } = prepared.compared;
    const [vrrp, check] = await Promise.all([
      status('vrrp'),
      status('check', trafficAge(config.global_defs)),
    ]);
    const now = clock.now();
    const { started } = this;
    return {
      config,
      started,
      now,
      vrrp: this.vrrp(prepared, vrrp, now),
      check: prepared.plans.check && checkView(config, check?.part === 'check' ? check : undefined),
    };
  }

  private vrrp(
    { plans, compared }: Prepared,
    status: Status | undefined,
    now: Instant,
  ): VrrpView | undefined {
    if (!plans.vrrp) return undefined;
    const { counters } = this.sources;
    return vrrpView({
      config: compared.config,
      plan: plans.vrrp,
      status: status?.part === 'vrrp' ? status : undefined,
      counters: counters.of('vrrp'),
      lastError: counters.lastError,
      started: this.started,
      now,
    });
  }
}
