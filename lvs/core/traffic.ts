import { noStats, type Stats } from '@keepalived-ts/ipvs-netlink/stats.js';
import {
  type Destination,
  destinationKey,
  type Service,
  serviceKey,
} from '@keepalived-ts/ipvs-netlink/types.js';
import type { ServerTraffic, TrafficCounts } from '#src/ipc/status.js';
import { destinationIn } from './plan-servers.js';

/** What has passed through a service of IPVS and through its servers, by their keys. */
export interface Traffic {
  stats: Stats;
  destinations: ReadonlyMap<string, DestinationTraffic>;
}

export interface DestinationTraffic {
  stats: Stats;
  active: number;
  inactive: number;
  persistent: number;
}

/** By service key. */
export type AllTraffic = ReadonlyMap<string, Traffic>;

/** The numbers of several services, or of one server in several, as one. */
function total(all: readonly Stats[]): Stats {
  const sum = noStats();
  for (const stats of all) {
    for (const name of Object.keys(sum) as (keyof Stats)[]) sum[name] += stats[name];
  }
  return sum;
}

/** What has passed through the services of a virtual server; undefined where none is there. */
export function trafficOfServices(
  traffic: AllTraffic,
  services: readonly Service[],
): TrafficCounts | undefined {
  const found = services.flatMap(({ id }) => traffic.get(serviceKey(id))?.stats ?? []);
  return found.length > 0 ? total(found) : undefined;
}

/** The same of a real server, which in a group stands in several services of IPVS. */
export function trafficOfServer(
  traffic: AllTraffic,
  services: readonly Service[],
  server: Destination,
): ServerTraffic | undefined {
  const found = services.flatMap(({ id }) => {
    const destination = destinationIn(id, server);
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
