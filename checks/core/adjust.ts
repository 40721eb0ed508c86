import type { Adjustment } from '#src/ipc/messages.js';
import type { CheckPlan } from './plan.js';

/** The plan with a weight that was set from outside (SNMP): it counts until the next reload. */
export function adjusted(plan: CheckPlan, change: Adjustment): CheckPlan {
  if (change.of !== 'real-server') return plan;
  const { weight } = change;
  return {
    ...plan,
    services: plan.services.map((service) =>
      service.name !== change.service
        ? service
        : {
            ...service,
            realServers: service.realServers.map((server) =>
              server.name === change.server
                ? { ...server, weight, destination: { ...server.destination, weight } }
                : server,
            ),
          },
    ),
  };
}
