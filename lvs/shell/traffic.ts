import { destinationKey, serviceKey } from '@keepalived-ts/ipvs-netlink/types.js';
import type { AllTraffic, Traffic } from '../core/traffic.js';
import type { Ipvs } from './director.js';

/** Asks the kernel for the numbers of these services. */
export async function readTraffic(
  ipvs: Pick<Ipvs, 'services' | 'destinations'>,
  wanted: (key: string) => boolean,
): Promise<AllTraffic> {
  const found = new Map<string, Traffic>();
  for (const { service, stats } of await ipvs.services()) {
    const key = serviceKey(service.id);
    if (!wanted(key)) continue;
    const entries = await ipvs.destinations(service.id);
    const destinations = new Map(
      entries.map((entry) => [
        destinationKey(entry.destination),
        {
          stats: entry.stats,
          active: entry.activeConnections,
          inactive: entry.inactiveConnections,
          persistent: entry.persistentConnections,
        },
      ]),
    );
    found.set(key, { stats, destinations });
  }
  return found;
}
