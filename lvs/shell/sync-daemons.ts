import type { KernelError } from '@keepalived-ts/base/errors.js';
import { type Alarm, after, type Clock, seconds } from '@keepalived-ts/base/time.js';
import type { IpvsClient } from '@keepalived-ts/ipvs-netlink/client.js';
import type { IpvsCommand } from '@keepalived-ts/ipvs-netlink/command.js';
import type { DaemonState, SyncDaemon } from '@keepalived-ts/ipvs-netlink/daemon.js';
import type { Notice } from '#src/ipc/messages.js';
import {
  isLeftover,
  roleOf,
  type SyncPlan,
  syncCommands,
  wantedDaemons,
} from '../core/sync-daemons.js';

/** What is needed of an `IpvsClient` for synchronisation. */
export type SyncIpvs = Pick<IpvsClient, 'batch' | 'daemons' | 'close'>;

export type SyncNews =
  | { news: 'started'; state: DaemonState; interface: string; syncId: number }
  | { news: 'stopped'; state: DaemonState }
  /** In the kernel's words, or those of what went wrong with us; told once while it is tried again. */
  | { news: 'refused'; words: string };

/** How often it is tried again what was refused. */
const RETRY = seconds(10);

export interface SyncParts {
  open(namespace: string | undefined): Promise<SyncIpvs>;
  tell(news: SyncNews): void;
  clock: Clock;
  alarm: Alarm;
}

/**
 * Keeps the kernel's sync daemons in line with the plan and the state of the instance it follows.
 *
 * Only daemons that were started here are stopped, and at first those that a crashed run left.
 * Nothing that goes wrong here ends the daemon, which has more to do than this.
 *
 * Differs: keepalived stops whatever daemons it finds at its start, and goes on synchronising when
 * a reload no longer asks for it.
 */
export class SyncDaemons {
  private readonly parts: SyncParts;
  private plan: SyncPlan | undefined;
  /** The roles of all instances: a reload may follow another one. */
  private readonly roles = new Map<string, DaemonState>();
  private ipvs: SyncIpvs | undefined;
  private readonly running = new Map<DaemonState, SyncDaemon>();
  private turn: Promise<void> = Promise.resolve();
  /** What was refused in the turn before. */
  private refused: ReadonlySet<string> = new Set();

  /** IPVS is opened when there is something to do with it. */
  constructor(parts: SyncParts) {
    this.parts = parts;
  }

  /** Goes by another plan; settles when the kernel has answered. */
  follow(plan: SyncPlan | undefined): Promise<void> {
    this.plan = plan;
    return this.settle();
  }

  /** Something has come into this state. */
  hear(notice: Notice): void {
    if (notice.of !== 'instance') return;
    const { name, state } = notice;
    const role = roleOf(state);
    if (role === undefined || this.roles.get(name) === role) return;
    this.roles.set(name, role);
    if (this.plan?.follows === name) void this.settle();
  }

  /** Stops the daemons of ours. */
  async stop(): Promise<void> {
    await this.follow(undefined);
    this.parts.alarm.set(null, () => undefined);
    this.ipvs?.close();
  }

  private settle(): Promise<void> {
    this.turn = this.turn.then(() => this.bringInLine());
    return this.turn;
  }

  private async bringInLine(): Promise<void> {
    const refused = await this.work().catch((error: unknown) => [
      error instanceof Error ? error.message : String(error),
    ]);
    const { tell, clock, alarm } = this.parts;
    for (const words of refused) {
      if (!this.refused.has(words)) tell({ news: 'refused', words });
    }
    this.refused = new Set(refused);
    const isPending = refused.length > 0 && (this.plan !== undefined || this.running.size > 0);
    alarm.set(isPending ? after(clock.now(), RETRY) : null, () => void this.settle());
  }

  /** Gives what was refused, in words. */
  private async work(): Promise<string[]> {
    const ipvs = this.ipvs ?? (this.plan && (await this.begin(this.plan)));
    if (ipvs === undefined) return [];
    const commands = syncCommands([...this.running.values()], wantedDaemons(this.plan, this.roles));
    const outcomes = await ipvs.batch(commands);
    return commands.flatMap((command, i) => {
      const outcome = outcomes[i];
      const error = outcome?.ok === false ? outcome.error : undefined;
      this.note(command, error);
      return error ? [error.message] : [];
    });
  }

  private async begin(plan: SyncPlan): Promise<SyncIpvs> {
    const ipvs = await this.parts.open(plan.namespace);
    const daemons = await ipvs.daemons().catch((error: unknown) => {
      ipvs.close();
      throw error;
    });
    for (const found of daemons) {
      if (isLeftover(plan, found)) this.running.set(found.state, found);
    }
    this.ipvs = ipvs;
    return ipvs;
  }

  private note(command: IpvsCommand, error: KernelError | undefined): void {
    const { tell } = this.parts;
    if (command.do === 'stop-daemon') {
      // One that can't be stopped has been stopped by somebody else.
      this.running.delete(command.state);
      if (!error) tell({ news: 'stopped', state: command.state });
    } else if (command.do === 'start-daemon' && !error) {
      const { daemon } = command;
      this.running.set(daemon.state, daemon);
      tell({ news: 'started', ...daemon });
    }
  }
}
