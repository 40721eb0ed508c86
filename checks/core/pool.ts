import type { SettledService } from '#lvs/core/plan.js';
import { desiredEntry, kernelWeight, type Table, type TableEntry } from '#lvs/core/table.js';
import type { CheckEvent, Emit } from './effects.js';
import { quorumHeld } from './quorum.js';

/** A real server as it stands now. */
export interface Server {
  plan: SettledService['realServers'][number];
  service: Service;
  /** Checkers whose word is "down"; the server is up at 0. */
  failed: number;
  /** Counted as up. */
  alive: boolean;
}

/** A virtual server as it stands now. */
export interface Service {
  plan: SettledService;
  servers: Map<string, Server>;
  quorumUp: boolean;
  /** Kernel weight of all live servers, kept up to date so that no check has to add it up. */
  weight: number;
  /** What IPVS should hold for it; `undefined` when that must be worked out again. */
  entry: TableEntry | undefined;
}

/** All virtual servers, and what happens when one of their real servers changes. */
export class Pool {
  readonly services: ReadonlyMap<string, Service>;
  private readonly emit: Emit;

  constructor(plans: readonly SettledService[], emit: Emit) {
    this.emit = emit;
    this.services = new Map(plans.map((plan) => [plan.key, newService(plan)]));
  }

  server(service: string, key: string): Server | undefined {
    return this.services.get(service)?.servers.get(key);
  }

  /** What IPVS should hold. Only services that changed since the last call are worked out. */
  table(): Table {
    const table = new Map<string, TableEntry>();
    for (const [key, service] of this.services) {
      service.entry ??= desiredEntry(service.plan, {
        quorumUp: service.quorumUp,
        servers: [...service.servers.values()].map(({ alive, plan }) => ({
          alive,
          weight: plan.weight,
        })),
      });
      table.set(key, service.entry);
    }
    return table;
  }

  /** A checker's word about a server has changed. */
  report(server: Server, up: boolean): void {
    server.failed += up ? -1 : 1;
    if (server.alive === (server.failed === 0)) return;
    setAlive(server, up);
    this.logChange(server);
    this.emit({ do: 'update-table' });
    this.tellServer(server, up);
    this.evaluate(server.service);
  }

  /** Logs that a server has come up or gone down, as `inhibit_on_failure` words it. */
  logChange(server: Server): void {
    const { plan, alive } = server;
    if (plan.inhibit) this.log({ event: alive ? 'enabling' : 'disabling', ...names(server) });
    else this.log({ event: alive ? 'adding' : 'removing', ...names(server) });
  }

  /** Passes a server's state on to scripts and whoever else wants to know. */
  tellServer(server: Server, up: boolean): void {
    const { server: name, service } = names(server);
    const { notify_up, notify_down } = server.plan.config;
    const state = up ? 'UP' : 'DOWN';
    const script = up ? notify_up : notify_down;
    this.emit({
      do: 'notify',
      notice: { of: 'real-server', service, server: name, state, script },
    });
  }

  tellService({ plan }: Service, up: boolean): void {
    const state = up ? 'UP' : 'DOWN';
    const script = up ? plan.config.quorum_up : plan.config.quorum_down;
    this.emit({
      do: 'notify',
      notice: { of: 'virtual-server', service: plan.name, state, script },
    });
  }

  /** Looks whether quorum was gained or lost, and swaps servers and sorry server (reference §5). */
  evaluate(service: Service): void {
    const held = quorumHeld(service.plan, service.quorumUp, service.weight);
    if (held === service.quorumUp) return;
    this.log({ event: held ? 'quorum-gained' : 'quorum-lost', ...quorumFields(service) });
    this.swap(service, held);
    this.tellService(service, held);
  }

  /**
   * The first look at quorum. A service that holds it says so; one that does not makes no noise,
   * unless a sorry server has to serve (reference §3).
   */
  begin(service: Service): void {
    const held = quorumHeld(service.plan, false, service.weight);
    if (held) {
      this.log({ event: 'quorum-gained', ...quorumFields(service) });
      service.quorumUp = true;
      service.entry = undefined;
    } else if (service.plan.sorryServer !== undefined) {
      this.log({ event: 'quorum-down-at-start', ...quorumFields(service) });
      this.swap(service, false);
    } else return;
    this.tellService(service, held);
  }

  private swap(service: Service, held: boolean): void {
    service.quorumUp = held;
    service.entry = undefined;
    const { sorryServer, name } = service.plan;
    if (sorryServer === undefined) return;
    const fields = { sorry: sorryServer.name, service: name };
    if (sorryServer.inhibit) {
      this.log({ event: held ? 'disabling-sorry' : 'enabling-sorry', ...fields });
    } else this.log({ event: held ? 'removing-sorry' : 'adding-sorry', ...fields });
    this.log({ event: held ? 'pool-restored' : 'pool-removed', service: name });
    this.emit({ do: 'update-table' });
  }

  private log(event: CheckEvent): void {
    this.emit({ do: 'log', event });
  }
}

/** The names of a server and its service, as log lines and scripts want them. */
export const names = (server: Server): { server: string; service: string } => ({
  server: server.plan.name,
  service: server.service.plan.name,
});

const quorumFields = ({ plan, weight }: Service) => ({
  service: plan.name,
  quorum: plan.quorum,
  hysteresis: plan.hysteresis,
  weight,
});

function newService(plan: SettledService): Service {
  const service: Service = {
    plan,
    servers: new Map(),
    quorumUp: false,
    weight: 0,
    entry: undefined,
  };
  for (const server of plan.realServers) {
    service.servers.set(server.key, { plan: server, service, failed: 0, alive: false });
  }
  return service;
}

/** Sets whether a server counts, and with it the live weight of its service. */
export function setAlive(server: Server, alive: boolean): void {
  if (server.alive === alive) return;
  const { service, plan } = server;
  server.alive = alive;
  service.weight += (alive ? 1 : -1) * kernelWeight(plan.weight);
  service.entry = undefined;
}
