import { noStats, type Stats } from '@keepalived-ts/ipvs-netlink/stats.js';

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
export function total(all: readonly Stats[]): Stats {
  const sum = noStats();
  for (const stats of all) {
    for (const name of Object.keys(sum) as (keyof Stats)[]) sum[name] += stats[name];
  }
  return sum;
}
