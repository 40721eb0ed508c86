import type { Log } from '@keepalived-ts/base/events.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Clock } from '@keepalived-ts/base/time.js';
import type { CheckPlan } from '#checks/core/plan.js';
import type { Notice } from '#src/ipc/messages.js';
import type { VrrpPlan } from '#vrrp/core/types.js';
import type { Prepared } from '../configuration.js';
import type { WorkerPart } from '../daemon.js';
import type { daemonEvents } from '../events.js';
import type { Onlooker } from '../onlooker.js';
import type { Dump } from '../signals.js';
import type { Supervisor } from '../supervisor.js';
import { CounterBoard } from './counters.js';
import { Dumps } from './dumps.js';
import { Snmp, type SnmpOptions } from './snmp.js';
import { Views } from './view.js';

export interface ManagementParts {
  log: Log<typeof daemonEvents>;
  clock: Clock;
  snmp: SnmpOptions;
  /** -I: the services stay in the kernel at the end. */
  keepsServices: boolean;
  /** Where dumps go. */
  temporary: string;
}

/**
 * What others see of the daemon: SNMP and dumps, from one view of it.
 *
 * Nothing is collected for them ahead of time, but for the counters, which workers push.
 */
export class Management implements Onlooker<VrrpPlan, CheckPlan> {
  private inUse: Prepared | undefined;
  private supervisor: Supervisor<VrrpPlan, CheckPlan> | undefined;
  private readonly counters = new CounterBoard();
  private readonly snmp: Snmp;
  private readonly keepsServices: boolean;
  private readonly dumps: Dumps;

  constructor(parts: ManagementParts) {
    this.keepsServices = parts.keepsServices;
    const views = new Views({
      clock: parts.clock,
      counters: this.counters,
      inUse: () => this.inUse,
      status: (part, traffic) =>
        this.supervisor?.status(part, traffic) ?? Promise.resolve(undefined),
    });
    this.snmp = new Snmp({
      options: parts.snmp,
      log: parts.log,
      views,
      adjust: (change) => this.supervisor?.adjust(change),
    });
    this.dumps = new Dumps({
      views,
      log: parts.log,
      temporary: parts.temporary,
      epoch: epochOf(parts.clock),
      reset: () => {
        this.counters.reset('vrrp');
        views.forget();
      },
    });
  }

  follow(prepared: Prepared, supervisor: Supervisor<VrrpPlan, CheckPlan>): void {
    this.inUse = prepared;
    this.supervisor = supervisor;
    this.snmp.follow(prepared.compared.config.global_defs);
  }

  counted(
    part: WorkerPart,
    object: string,
    values: Readonly<Record<string, number>>,
    from: IpAddress | undefined,
  ): void {
    const errors = this.counters.note(part, object, values);
    if (errors.length > 0) this.snmp.advertErrors(object, errors, from);
  }

  died(part: WorkerPart): void {
    this.counters.restart(part);
  }

  notice(notice: Notice): void {
    this.snmp.notice(notice);
  }

  dump(which: Dump): void {
    void this.dumps.write(which);
  }

  stopping(): void {
    if (!this.keepsServices) this.snmp.stopping();
  }

  close(): Promise<void> {
    return this.snmp.close();
  }
}

/** A difference that is larger means that somebody has set the clock. */
const CLOCK_WAS_SET = 500_000;

/**
 * When our clock showed zero, in microseconds since 1970. Equal from one dump to the next, so
 * that an instant is told the same each time, until the machine's clock is set.
 */
function epochOf(clock: Clock): () => number {
  const measured = (): number => Date.now() * 1000 - clock.now();
  let known = measured();
  return () => {
    const now = measured();
    if (Math.abs(now - known) > CLOCK_WAS_SET) known = now;
    return known;
  };
}
