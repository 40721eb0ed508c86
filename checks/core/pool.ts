import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { SettledService } from '#lvs/core/plan.js';
import {
  addEntries,
  desiredEntries,
  kernelWeight,
  type Table,
  type TableEntry,
} from '#lvs/core/table.js';
import type { CheckEvent, Emit } from './effects.js';
import type { CheckPlan } from './plan.js';
import { quorumHeld } from './quorum.js';

/** A real server as it stands now. */
export interface Server {
  plan: SettledService['realServers'][number];
  service: Service;
  /** The configured weight and what checkers add to it; negative ones count as 0. */
  weight: number;
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
  entries: readonly (readonly [string, TableEntry])[] | undefined;
}

/** All virtual servers, and what happens when one of their real servers changes. */
export class Pool {
  readonly services: ReadonlyMap<string, Service>;
  private readonly emit: Emit;
  private readonly tellAtStart: boolean;

  constructor({ services, tellAtStart }: Pick<CheckPlan, 'services' | 'tellAtStart'>, emit: Emit) {
    this.emit = emit;
    this.tellAtStart = tellAtStart;
    this.services = new Map(services.map((plan) => [plan.key, newService(plan)]));
  }

  server(service: string, key: string): Server | undefined {
    return this.services.get(service)?.servers.get(key);
  }

  /** What IPVS should hold. Only services that changed since the last call are worked out. */
  table(): Table {
    const table = new Map<string, TableEntry>();
    for (const service of this.services.values()) {
      service.entries ??= desiredEntries(service.plan, {
        quorumUp: service.quorumUp,
        servers: [...service.servers.values()],
      });
      addEntries(table, service.entries);
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

  /** A checker wants another weight for a server. */
  reweigh(server: Server, to: number): void {
    const { weight: from, alive } = server;
    if (from === to) return;
    setWeight(server, to);
    this.log({ event: 'weight-changed', ...names(server), from, to, alive });
    if (!alive) return;
    this.emit({ do: 'update-table' });
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

  /** Mails why a server's state is told, or what a checker found, where mail is wanted. */
  mail(server: Server, up: boolean, text: string): void {
    if (!server.plan.config.smtp_alert || text === '') return;
    const { server: name, service } = names(server);
    const state = up ? 'UP' : 'DOWN';
    const subject = `Realserver ${name} of virtual server ${service} - ${state}`;
    this.emit({ do: 'mail', letter: { subject, body: `=> ${text} <=` } });
  }

  /** Tells of a server that was up and is not ours any more. */
  leave(server: Server, why: 'Shutting down' | 'Removing'): void {
    this.tellServer(server, false);
    this.mail(server, false, why);
  }

  /** Passes on that quorum was gained or lost. */
  tellService({ plan, weight }: Service, up: boolean): void {
    const state = up ? 'UP' : 'DOWN';
    const { quorum_up, quorum_down, smtp_alert } = plan.config;
    const script = up ? quorum_up : quorum_down;
    this.emit({
      do: 'notify',
      notice: { of: 'virtual-server', service: plan.name, state, script },
    });
    if (!smtp_alert) return;
    const { quorum, hysteresis } = plan;
    // Compat: a lost quorum is told with a plus and a "<=", too.
    const sum = up ? quorum + hysteresis : quorum - hysteresis;
    const text = `${up ? 'Gained' : 'Lost'} quorum ${quorum}+${hysteresis}=${sum} <= ${weight}`;
    const subject = `Virtualserver ${plan.name} - ${state}`;
    this.emit({ do: 'mail', letter: { subject, body: `=> ${text} <=` } });
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
    for (const server of service.servers.values()) this.beginServer(server);
    const held = quorumHeld(service.plan, false, service.weight);
    if (held) {
      this.log({ event: 'quorum-gained', ...quorumFields(service) });
      service.quorumUp = true;
      service.entries = undefined;
    } else if (service.plan.sorryServer !== undefined) {
      this.log({ event: 'quorum-down-at-start', ...quorumFields(service) });
      this.swap(service, false);
    } else return;
    this.tellService(service, held);
  }

  /** A server that is new and counts as up: nobody is told of it unless the user asked for that. */
  beginServer(server: Server): void {
    if (this.tellAtStart && server.alive) this.tellServer(server, true);
  }

  private swap(service: Service, held: boolean): void {
    service.quorumUp = held;
    service.entries = undefined;
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

/** The virtual servers none of whose addresses is on this machine, where that matters to them. */
export const restingServices = (
  { services }: Pick<Pool, 'services'>,
  local: ReadonlySet<IpAddress>,
): Set<Service> =>
  new Set(
    [...services.values()].filter(
      ({ plan: { awaits } }) => awaits.length > 0 && !awaits.some((address) => local.has(address)),
    ),
  );

function newService(plan: SettledService): Service {
  const service: Service = {
    plan,
    servers: new Map(),
    quorumUp: false,
    weight: 0,
    entries: undefined,
  };
  for (const server of plan.realServers) {
    const { weight } = server;
    service.servers.set(server.key, { plan: server, service, weight, failed: 0, alive: false });
  }
  return service;
}

/** Sets whether a server counts, and with it the live weight of its service. */
export function setAlive(server: Server, alive: boolean): void {
  if (server.alive === alive) return;
  const { service, weight } = server;
  server.alive = alive;
  service.weight += (alive ? 1 : -1) * kernelWeight(weight);
  service.entries = undefined;
}

/** Sets a server's weight, and with it the live weight of its service. */
export function setWeight(server: Server, weight: number): void {
  const { service, alive, weight: former } = server;
  server.weight = weight;
  if (alive) service.weight += kernelWeight(weight) - kernelWeight(former);
  service.entries = undefined;
}
