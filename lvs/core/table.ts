import {
  type Destination,
  destinationKey,
  type Service,
  serviceKey,
} from '@keepalived-ts/ipvs-netlink/types.js';
import type { RealServerPlan, ServicePlan } from './plan.js';
import { destinationIn } from './plan-servers.js';

/** The table does not look at the blocks that plans come from. */
type AnyService = ServicePlan<unknown, unknown>;

export type { Destination, Service };

/** A service with its destinations by `destinationKey`. */
export interface TableEntry {
  service: Service;
  destinations: ReadonlyMap<string, Destination>;
}

/** An IPVS table, by `serviceKey`. */
export type Table = ReadonlyMap<string, TableEntry>;

/** What the checkers and the quorum say of one real server. */
export interface ServerState {
  alive: boolean;
  /** Effective weight: the configured one and what the checkers add. May be negative. */
  weight: number;
}

/** What they say of one service; its servers stand in the order of the plan. */
export interface ServiceState {
  quorumUp: boolean;
  servers: readonly ServerState[];
}

/** IPVS holds weights as signed 32 bits and a negative one would mean "none". */
export const kernelWeight = (weight: number): number => Math.min(Math.max(weight, 0), 0x7fffffff);

/** How a service stands before any check: alpha servers down, the others up. */
export function initialState(plan: AnyService): ServiceState {
  const servers = plan.realServers.map(({ alpha, weight }) => ({ alive: !alpha, weight }));
  const live = servers.reduce(
    (sum, { alive, weight }) => sum + (alive ? kernelWeight(weight) : 0),
    0,
  );
  return { quorumUp: live >= plan.quorum + plan.hysteresis, servers };
}

/**
 * The weight with which a real server stands in the table, or `undefined` for absence.
 *
 * While the sorry server serves, a live server is as good as a dead one: it leaves the table, or
 * stays with weight 0 under `inhibit_on_failure`. Weights say nothing without quorum otherwise.
 */
function tableWeight(
  server: RealServerPlan<unknown>,
  state: ServerState,
  sorryServes: boolean,
): number | undefined {
  if (state.alive && !sorryServes) return kernelWeight(state.weight);
  return server.inhibit ? 0 : undefined;
}

const DEAD: ServerState = { alive: false, weight: 0 };

/** The servers of a service with the weights that they should have, the sorry server among them. */
function wantedServers(plan: AnyService, state: ServiceState): Destination[] {
  const { sorryServer, realServers } = plan;
  const sorryServes = sorryServer !== undefined && !state.quorumUp;
  const wanted = new Map<string, Destination>();
  realServers.forEach((server, i) => {
    const { key, destination } = server;
    const weight = tableWeight(server, state.servers[i] ?? DEAD, sorryServes);
    if (weight === undefined) return;
    wanted.set(key, weight === destination.weight ? destination : { ...destination, weight });
  });
  if (sorryServes) {
    wanted.set(sorryServer.key, sorryServer.destination);
  } else if (sorryServer?.inhibit && !wanted.has(sorryServer.key)) {
    wanted.set(sorryServer.key, { ...sorryServer.destination, weight: 0 });
  }
  return [...wanted.values()];
}

/** What the kernel should hold for one virtual server: an entry for each service of its group. */
export function desiredEntries(plan: AnyService, state: ServiceState): [string, TableEntry][] {
  const wanted = wantedServers(plan, state);
  return plan.services.map((service) => {
    const destinations = new Map<string, Destination>();
    for (const server of wanted) {
      const destination = destinationIn(service.id, server);
      if (destination) destinations.set(destinationKey(destination), destination);
    }
    return [serviceKey(service.id), { service, destinations }];
  });
}

/**
 * Adds entries to a table. Where several virtual servers share a service, it is as the first of
 * them has it, with the servers of all.
 */
export function addEntries(
  table: Map<string, TableEntry>,
  entries: Iterable<readonly [string, TableEntry]>,
): void {
  for (const [key, entry] of entries) {
    const known = table.get(key);
    if (known === undefined) {
      table.set(key, entry);
    } else {
      const destinations = new Map([...entry.destinations, ...known.destinations]);
      table.set(key, { service: known.service, destinations });
    }
  }
}

/**
 * The whole table from the configuration and the checkers' findings, by the keys of the plans. A
 * virtual server without findings stands as before any check.
 */
export function desiredTable(
  plans: readonly AnyService[],
  states: ReadonlyMap<string, ServiceState>,
): Table {
  const table = new Map<string, TableEntry>();
  for (const plan of plans) {
    addEntries(table, desiredEntries(plan, states.get(plan.key) ?? initialState(plan)));
  }
  return table;
}

/** The keys of a virtual server's services in a table. */
export const keysOf = ({ services }: AnyService): string[] =>
  services.map(({ id }) => serviceKey(id));

/** What a table has of a virtual server: its service, or the first one of its group. */
export function entryOf(plan: AnyService, table: Table): TableEntry | undefined {
  const key = keysOf(plan).find((k) => table.has(k));
  return key === undefined ? undefined : table.get(key);
}

/** The weight of a server in an entry, where its port may be that of the service. */
export function weightIn(
  { service, destinations }: TableEntry,
  server: { destination: Destination },
): number | undefined {
  const wanted = destinationIn(service.id, server.destination);
  return wanted && destinations.get(destinationKey(wanted))?.weight;
}

/** A table from its parts, for what a dump of the kernel brought. */
export function tableOf(
  entries: Iterable<{ service: Service; destinations: Iterable<Destination> }>,
): Table {
  const table = new Map<string, TableEntry>();
  for (const { service, destinations } of entries) {
    const byKey = new Map<string, Destination>();
    for (const destination of destinations) byKey.set(destinationKey(destination), destination);
    table.set(serviceKey(service.id), { service, destinations: byKey });
  }
  return table;
}
