import { KernelError } from '@keepalived-ts/base/errors.js';
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
  /** In the kernel's words. It is tried again when the role or the configuration changes. */
  | { news: 'refused'; words: string };

/**
 * Keeps the kernel's sync daemons in line with the plan and the state of the instance it follows.
 *
 * Only daemons that were started here are stopped, and at first those that a crashed run left.
 *
 * Differs: keepalived stops whatever daemons it finds at its start, and goes on synchronising when
 * a reload no longer asks for it.
 */
export class SyncDaemons {
  private readonly open: (namespace: string | undefined) => Promise<SyncIpvs>;
  private readonly tell: (news: SyncNews) => void;
  private plan: SyncPlan | undefined;
  /** The roles of all instances: a reload may follow another one. */
  private readonly roles = new Map<string, DaemonState>();
  private ipvs: SyncIpvs | undefined;
  private readonly running = new Map<DaemonState, SyncDaemon>();
  private turn: Promise<void> = Promise.resolve();

  /** IPVS is opened when there is something to do with it. */
  constructor(
    open: (namespace: string | undefined) => Promise<SyncIpvs>,
    tell: (news: SyncNews) => void,
  ) {
    this.open = open;
    this.tell = tell;
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
    this.ipvs?.close();
  }

  private settle(): Promise<void> {
    this.turn = this.turn.then(() => this.bringInLine());
    return this.turn;
  }

  private async bringInLine(): Promise<void> {
    try {
      const ipvs = this.ipvs ?? (this.plan && (await this.begin(this.plan)));
      if (ipvs === undefined) return;
      const commands = syncCommands(
        [...this.running.values()],
        wantedDaemons(this.plan, this.roles),
      );
      const outcomes = await ipvs.batch(commands);
      for (const [i, command] of commands.entries()) {
        const outcome = outcomes[i];
        this.note(command, outcome?.ok === false ? outcome.error : undefined);
      }
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.tell({ news: 'refused', words: error.message });
    }
  }

  private async begin(plan: SyncPlan): Promise<SyncIpvs> {
    const ipvs = await this.open(plan.namespace);
    this.ipvs = ipvs;
    for (const found of await ipvs.daemons()) {
      if (isLeftover(plan, found)) this.running.set(found.state, found);
    }
    return ipvs;
  }

  private note(command: IpvsCommand, error: KernelError | undefined): void {
    if (error) this.tell({ news: 'refused', words: error.message });
    if (command.do === 'stop-daemon') {
      // One that can't be stopped has been stopped by somebody else.
      this.running.delete(command.state);
      if (!error) this.tell({ news: 'stopped', state: command.state });
    } else if (command.do === 'start-daemon' && !error) {
      const { daemon } = command;
      this.running.set(daemon.state, daemon);
      this.tell({ news: 'started', ...daemon });
    }
  }
}
