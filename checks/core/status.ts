import type { CheckStatus, ServerStatus, ServiceStatus } from '#src/ipc/status.js';
import type { Check } from './carry.js';
import type { Pool, Server, Service } from './pool.js';

/** How all services and servers stand now. */
export function statusOf(pool: Pool, checks: readonly Check[]): CheckStatus {
  const notRun = new Map<Server, number>();
  for (const { server, state } of checks) {
    if (!state.hasRun) notRun.set(server, (notRun.get(server) ?? 0) + 1);
  }
  const serverStatus = (server: Server): ServerStatus => ({
    name: server.plan.name,
    alive: server.alive,
    weight: server.plan.weight,
    failed: server.failed,
    notRun: notRun.get(server) ?? 0,
  });
  const serviceStatus = ({ plan, quorumUp, weight, servers }: Service): ServiceStatus => ({
    name: plan.name,
    quorumUp,
    weight,
    servers: [...servers.values()].map(serverStatus),
  });
  return { part: 'check', services: [...pool.services.values()].map(serviceStatus) };
}
