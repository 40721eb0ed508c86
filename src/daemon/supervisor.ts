import type { Duration } from '@keepalived-ts/base/time.js';
import type { Adjustment } from '#src/ipc/messages.js';
import type { Status, VrrpStatus } from '#src/ipc/status.js';
import type { Keeper } from './keeper.js';
import type { ProcessSettings } from './process-settings.js';

/** A plan for each part that is to run. */
export interface Plans<V, C> {
  vrrp: V | undefined;
  check: C | undefined;
}

/** The parts' keepers, started, reloaded and stopped together. */
export class Supervisor<V, C> {
  private readonly keepers: { vrrp: Keeper<V>; check: Keeper<C> };

  constructor(keepers: { vrrp: Keeper<V>; check: Keeper<C> }) {
    this.keepers = keepers;
  }

  get anythingRuns(): boolean {
    return this.keepers.vrrp.runs || this.keepers.check.runs;
  }

  /** True when every part that runs has completed its start. */
  get isReady(): boolean {
    return [this.keepers.vrrp, this.keepers.check].every((k) => !k.runs || k.isReady);
  }

  /** How all workers are treated from now on. */
  treat({ threads, childWait: wait }: ProcessSettings): void {
    this.keepers.vrrp.treat({ thread: threads.vrrp, wait });
    this.keepers.check.treat({ thread: threads.check, wait });
  }

  /** Makes the parts go by their plans: starts, reloads or stops each. */
  async apply(plans: Plans<V, C>): Promise<void> {
    const { vrrp, check } = this.keepers;
    await Promise.all([settle(vrrp, plans.vrrp), settle(check, plans.check)]);
  }

  /** How VRRP stands now; undefined when its worker does not run, or dies before it answers. */
  async vrrpStatus(): Promise<VrrpStatus | undefined> {
    const status = await this.keepers.vrrp.status();
    return status?.part === 'vrrp' ? status : undefined;
  }

  /** How a part stands; undefined when it does not run, or can't tell now. */
  status(part: 'vrrp' | 'check', traffic?: Duration): Promise<Status | undefined> {
    return this.keepers[part].status(traffic);
  }

  /** Passes a change from outside on to the part that it concerns. */
  adjust(change: Adjustment): void {
    const { vrrp, check } = this.keepers;
    (change.of === 'instance' ? vrrp : check).adjust(change);
  }

  async stop(): Promise<void> {
    await Promise.all([this.keepers.vrrp.stop(), this.keepers.check.stop()]);
  }
}

function settle<Plan>(keeper: Keeper<Plan>, plan: Plan | undefined): Promise<void> {
  if (plan === undefined) return keeper.stop();
  if (keeper.runs) return keeper.reload(plan);
  keeper.run(plan);
  return Promise.resolve();
}
