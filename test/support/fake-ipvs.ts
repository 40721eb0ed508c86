import { KernelError } from '@keepalived-ts/base/errors.js';
import type { Outcome } from '@keepalived-ts/ipvs-netlink/client.js';
import { describe, type IpvsCommand } from '@keepalived-ts/ipvs-netlink/command.js';
import type { DaemonState, SyncDaemon } from '@keepalived-ts/ipvs-netlink/daemon.js';
import { noStats } from '@keepalived-ts/ipvs-netlink/stats.js';
import {
  type Destination,
  destinationKey,
  type Service,
  type ServiceId,
  serviceKey,
} from '@keepalived-ts/ipvs-netlink/types.js';
import type { Ipvs } from '#lvs/shell/director.js';
import { idle } from './ipvs-values.js';

const ERRNOS = { EEXIST: 17, ESRCH: 3, ENOENT: 2, EINVAL: 22, ETIMEDOUT: 110 };

/** IPVS as ip_vs_ctl.c keeps it, errors included, and a record of what it was asked. */
export class FakeIpvs implements Ipvs {
  readonly table = new Map<string, { service: Service; pool: Map<string, Destination> }>();
  /** Every command in words, in order; `list ...` where it was asked. */
  readonly asked: string[] = [];
  /** Errors for commands by their words, as long as they stand here. */
  readonly refuse = new Map<string, keyof typeof ERRNOS>();
  /** Batches wait while this is pending. */
  gate: Promise<void> = Promise.resolve();

  async batch(commands: readonly IpvsCommand[]): Promise<Outcome[]> {
    await this.gate;
    return commands.map((command) => {
      const words = describe(command);
      this.asked.push(words);
      const code = this.refuse.get(words) ?? this.#perform(command);
      if (code === undefined) return { ok: true, replies: [] };
      return { ok: false, error: new KernelError(words, ERRNOS[code], code) };
    });
  }

  async services() {
    this.asked.push('list services');
    return [...this.table.values()].map(({ service }) => ({ service, stats: noStats() }));
  }

  async destinations(id: ServiceId) {
    this.asked.push(`list ${serviceKey(id)}`);
    const pool = this.table.get(serviceKey(id))?.pool ?? new Map<string, Destination>();
    return [...pool.values()].map((destination) => ({ destination, ...idle }));
  }

  /** Connection timeouts in seconds, as a new kernel has them. */
  kept = { tcp: 900, tcpFin: 120, udp: 300 };

  /** The sync daemons that run, by their state. */
  readonly syncing = new Map<DaemonState, SyncDaemon>();

  async daemons() {
    this.asked.push('list sync daemons');
    return [...this.syncing.values()];
  }

  async timeouts() {
    this.asked.push('get timeouts');
    return this.kept;
  }

  close(): void {}

  /** The table in words: `TCP 10.0.0.1:80 wlc -> 192.168.0.1:80 w1`. */
  get lines(): string[] {
    return [...this.table].flatMap(([key, { service, pool }]) => [
      `${key} ${service.scheduler}`,
      ...[...pool].map(([server, { weight }]) => `${key} -> ${server} w${weight}`),
    ]);
  }

  /** What was asked since the last call. */
  takeAsked(): string[] {
    return this.asked.splice(0);
  }

  #perform(command: IpvsCommand): keyof typeof ERRNOS | undefined {
    switch (command.do) {
      case 'new-service': {
        const key = serviceKey(command.service.id);
        if (this.table.has(key)) return 'EEXIST';
        this.table.set(key, { service: command.service, pool: new Map() });
        return undefined;
      }
      case 'set-service': {
        const entry = this.table.get(serviceKey(command.service.id));
        if (entry) entry.service = command.service;
        return entry ? undefined : 'ESRCH';
      }
      case 'delete-service':
        return this.table.delete(serviceKey(command.service)) ? undefined : 'ESRCH';
      case 'new-destination':
      case 'set-destination': {
        const pool = this.table.get(serviceKey(command.service))?.pool;
        if (pool === undefined) return 'ESRCH';
        const key = destinationKey(command.destination);
        if (pool.has(key) !== (command.do === 'set-destination')) {
          return command.do === 'set-destination' ? 'ENOENT' : 'EEXIST';
        }
        pool.set(key, command.destination);
        return undefined;
      }
      case 'delete-destination': {
        const pool = this.table.get(serviceKey(command.service))?.pool;
        if (pool === undefined) return 'ESRCH';
        return pool.delete(destinationKey(command.destination)) ? undefined : 'ENOENT';
      }
      case 'flush':
        this.table.clear();
        return undefined;
      case 'set-timeouts':
        this.kept = { ...this.kept, ...command.timeouts };
        return undefined;
      case 'start-daemon': {
        const { daemon } = command;
        if (this.syncing.has(daemon.state)) return 'EEXIST';
        this.syncing.set(daemon.state, daemon);
        return undefined;
      }
      case 'stop-daemon':
        return this.syncing.delete(command.state) ? undefined : 'ESRCH';
      default:
        return 'EINVAL';
    }
  }
}
