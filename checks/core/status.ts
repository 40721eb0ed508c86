import { type AllTraffic, trafficOfServer, trafficOfServices } from '#lvs/core/traffic.js';
import type { CheckStatus, ServerStatus, ServiceStatus } from '#src/ipc/status.js';
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
    traffic:
      traffic && trafficOfServer(traffic, server.service.plan.services, server.plan.destination),
  });
  const serviceStatus = ({ plan, quorumUp, weight, servers }: Service): ServiceStatus => ({
    name: plan.name,
    quorumUp,
    weight,
    servers: [...servers.values()].map(serverStatus),
    traffic: traffic && trafficOfServices(traffic, plan.services),
  });
  return { part: 'check', services: [...pool.services.values()].map(serviceStatus) };
}
