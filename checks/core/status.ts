import { destinationKey, serviceKey } from '@keepalived-ts/ipvs-netlink/types.js';
import type { SettledService } from '#lvs/core/plan.js';
import { destinationIn } from '#lvs/core/plan-servers.js';
import { type AllTraffic, total } from '#lvs/core/traffic.js';
import type {
  CheckStatus,
  ServerStatus,
  ServerTraffic,
  ServiceStatus,
  TrafficCounts,
} from '#src/ipc/status.js';
import type { Check } from './carry.js';
import type { Pool, Server, Service } from './pool.js';

/** How all services and servers stand now, and what IPVS counted of them if that is known. */
export function statusOf(pool: Pool, checks: readonly Check[], traffic?: AllTraffic): CheckStatus {
  const notRun = new Map<Server, number>();
  for (const { server, state } of checks) {
    if (!state.hasRun) notRun.set(server, (notRun.get(server) ?? 0) + 1);
  }
  const serverStatus = (server: Server): ServerStatus => ({
    name: server.plan.name,
    alive: server.alive,
    weight: server.weight,
    failed: server.failed,
    notRun: notRun.get(server) ?? 0,
    traffic: traffic && trafficOfServer(server, traffic),
  });
  const serviceStatus = ({ plan, quorumUp, weight, servers }: Service): ServiceStatus => ({
    name: plan.name,
    quorumUp,
    weight,
    servers: [...servers.values()].map(serverStatus),
    traffic: traffic && trafficOfService(plan, traffic),
  });
  return { part: 'check', services: [...pool.services.values()].map(serviceStatus) };
}

const trafficOfService = (
  { services }: SettledService,
  traffic: AllTraffic,
): TrafficCounts | undefined => {
  const found = services.flatMap(({ id }) => traffic.get(serviceKey(id))?.stats ?? []);
  return found.length > 0 ? total(found) : undefined;
};

/** A server of a group stands in several services of IPVS. */
function trafficOfServer(
  { plan, service }: Server,
  traffic: AllTraffic,
): ServerTraffic | undefined {
  const found = service.plan.services.flatMap(({ id }) => {
    const destination = destinationIn(id, plan.destination);
    const destinations = traffic.get(serviceKey(id))?.destinations;
    return (destination && destinations?.get(destinationKey(destination))) ?? [];
  });
  if (found.length === 0) return undefined;
  const sum = (name: 'active' | 'inactive' | 'persistent'): number =>
    found.reduce((n, one) => n + one[name], 0);
  return {
    ...total(found.map(({ stats }) => stats)),
    active: sum('active'),
    inactive: sum('inactive'),
    persistent: sum('persistent'),
  };
}
