import type { IpAddress } from '@keepalived-ts/base/ip.js';
import { ownInterfaces, type Port, placeKey, portOf } from './ports.js';
import { joinedRoom, type ReceiveRoom } from './receive-room.js';
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
  /** Where to listen, by the port's key; the groups to be joined there. */
  ports: ReadonlyMap<string, Listening>;
}

/** A port with its groups; a port for unicast has the one that is none. */
export interface Listening {
  port: Port;
  groups: ReadonlySet<IpAddress | undefined>;
  /** What its routers want of the receive buffer together. */
  room: ReceiveRoom | undefined;
}

export const vridKey = (port: string, vrid: number): string => `${port}/${vrid}`;
/** With the prefix: the kernel lets one number be two addresses of an interface. */
export const vipKey = (name: string, address: IpAddress, prefix: number): string =>
  `${name}/${address}/${prefix}`;

/**
 * What makes routers the same ones after a reload; their names and authentication do not
 * (reference §13).
 *
 * Of several with one VRID at one port, which only peers tell apart, the order decides.
 */
export function identities(plans: readonly RouterPlan[]): readonly string[] {
  const seen = new Map<string, number>();
  return plans.map((plan) => {
    const way = plan.unicast ? '' : plan.group;
    const shared = `${vridKey(placeKey(plan), plan.vrid)}/${way}`;
    const before = seen.get(shared) ?? 0;
    seen.set(shared, before + 1);
    return `${shared}/${before}`;
  });
}

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
  const ports = new Map<string, Listening & { groups: Set<IpAddress | undefined> }>();
  instances.forEach((router, i) => {
    const port = portOf(router);
    add(byVrid, vridKey(port.key, router.vrid), i);
    for (const name of ownInterfaces(router)) add(byInterface, name, i);
    if (router.vrf !== undefined) add(byInterface, router.vrf, i);
    for (const track of router.interfaces) add(byInterface, track.name, i);
    for (const track of router.scripts) add(byScript, track.name, i);
    for (const track of router.files) add(byFile, track.name, i);
    for (const track of router.processes) add(byProcess, track.name, i);
    for (const vip of allVips(router)) {
      vips.add(vip.address);
      if (vip.tracked) add(byVip, vipKey(vip.interface, vip.address, vip.prefix), i);
    }
    const { groups, room } = ports.get(port.key) ?? { groups: new Set(), room: undefined };
    groups.add(router.unicast ? undefined : router.group);
    ports.set(port.key, { port, groups, room: joinedRoom(room, router.receiveRoom) });
  });
  const byMember = new Map(syncGroups.flatMap(({ members }, at) => members.map((i) => [i, at])));
  return { byMember, byVrid, byInterface, byScript, byFile, byProcess, byVip, vips, ports };
}

function add(map: Map<string, number[]>, key: string, i: number): void {
  const list = map.get(key);
  if (!list) map.set(key, [i]);
  else if (list.at(-1) !== i) list.push(i);
}
