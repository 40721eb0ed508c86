import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { allVips } from './router.js';
import type { RouterPlan, VrrpPlan } from './types.js';

/** Which routers an input concerns, by position in the plan. Made anew with every plan. */
export interface Lookup {
  byVrid: ReadonlyMap<string, readonly number[]>;
  /** Own and tracked interfaces. */
  byInterface: ReadonlyMap<string, readonly number[]>;
  byScript: ReadonlyMap<string, readonly number[]>;
  byFile: ReadonlyMap<string, readonly number[]>;
  byProcess: ReadonlyMap<string, readonly number[]>;
  /** VIPs whose loss matters. */
  byVip: ReadonlyMap<string, readonly number[]>;
  /** The place of a router's sync group. */
  byMember: ReadonlyMap<number, number>;
  vips: ReadonlySet<IpAddress>;
  /** Groups to be joined, by interface. */
  groups: ReadonlyMap<string, ReadonlySet<IpAddress>>;
}

export const vridKey = (name: string, vrid: number): string => `${name}/${vrid}`;
/** With the prefix: the kernel lets one number be two addresses of an interface. */
export const vipKey = (name: string, address: IpAddress, prefix: number): string =>
  `${name}/${address}/${prefix}`;

/** What makes a router the same one after a reload; its name does not (reference §13). */
export const identity = (plan: RouterPlan): string =>
  `${plan.interface}/${plan.vrid}/${plan.group}`;

export function lookupOf({
  instances,
  groups: syncGroups,
}: Pick<VrrpPlan, 'instances' | 'groups'>): Lookup {
  const byVrid = new Map<string, number[]>();
  const byInterface = new Map<string, number[]>();
  const byScript = new Map<string, number[]>();
  const byFile = new Map<string, number[]>();
  const byProcess = new Map<string, number[]>();
  const byVip = new Map<string, number[]>();
  const vips = new Set<IpAddress>();
  const groups = new Map<string, Set<IpAddress>>();
  instances.forEach((router, i) => {
    add(byVrid, vridKey(router.interface, router.vrid), i);
    add(byInterface, router.interface, i);
    for (const track of router.interfaces) add(byInterface, track.name, i);
    for (const track of router.scripts) add(byScript, track.name, i);
    for (const track of router.files) add(byFile, track.name, i);
    for (const track of router.processes) add(byProcess, track.name, i);
    for (const vip of allVips(router)) {
      vips.add(vip.address);
      if (vip.tracked) add(byVip, vipKey(vip.interface, vip.address, vip.prefix), i);
    }
    const joined = groups.get(router.interface) ?? new Set();
    groups.set(router.interface, joined.add(router.group));
  });
  const byMember = new Map(syncGroups.flatMap(({ members }, at) => members.map((i) => [i, at])));
  return { byMember, byVrid, byInterface, byScript, byFile, byProcess, byVip, vips, groups };
}

function add(map: Map<string, number[]>, key: string, i: number): void {
  const list = map.get(key);
  if (!list) map.set(key, [i]);
  else if (list.at(-1) !== i) list.push(i);
}
