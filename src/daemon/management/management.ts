import type { Log } from '@keepalived-ts/base/events.js';
import type { Clock } from '@keepalived-ts/base/time.js';
import type { CheckPlan } from '#checks/core/plan.js';
import type { Notice } from '#src/ipc/messages.js';
import type { VrrpPlan } from '#vrrp/core/types.js';
import type { Prepared } from '../configuration.js';
import type { WorkerPart } from '../daemon.js';
import type { daemonEvents } from '../events.js';
import type { Onlooker } from '../onlooker.js';
import type { Supervisor } from '../supervisor.js';
import { CounterBoard } from './counters.js';
import { Snmp, type SnmpOptions } from './snmp.js';
import { Views } from './view.js';

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

  constructor(parts: { log: Log<typeof daemonEvents>; clock: Clock; snmp: SnmpOptions }) {
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
  }

  follow(prepared: Prepared, supervisor: Supervisor<VrrpPlan, CheckPlan>): void {
    this.inUse = prepared;
    this.supervisor = supervisor;
    this.snmp.follow(prepared.compared.config.global_defs);
  }

  counted(part: WorkerPart, object: string, values: Readonly<Record<string, number>>): void {
    const error = this.counters.note(part, object, values);
    if (error) this.snmp.protocolError(object, error);
  }

  died(part: WorkerPart): void {
    this.counters.restart(part);
  }

  notice(notice: Notice): void {
    this.snmp.notice(notice);
  }

  close(): Promise<void> {
    return this.snmp.close();
  }
}
