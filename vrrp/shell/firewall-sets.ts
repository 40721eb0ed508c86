import { familyOf, type IpFamily, ipBytes, isLinkLocal6 } from '@keepalived-ts/base/ip.js';
import type { Request } from '@keepalived-ts/netlink/message.js';
import type { addElements, KeySet, SetElement } from '@keepalived-ts/netlink/nftables/objects.js';
import type { FirewallPlan, PlannedVmac } from '../core/planned.js';
import type { Vip } from '../core/types.js';

/** What one of our sets has. */
export interface Element extends SetElement {
  readonly family: IpFamily;
  readonly set: string;
}

/** Types of keys as nft(8) numbers them (enum datatypes of its datatype.h), for `nft list`. */
const [ADDRESS4, ADDRESS6, INTERFACE_INDEX, ICMP6_TYPE, INTERFACE_NAME] = [7, 8, 20, 29, 41];
/** The type of a key of two parts. */
const joined = (first: number, second: number): number => (first << 6) | second;
/** IFNAMSIZ: a name is padded with zeros. */
const NAME_LENGTH = 16;

/** Compat: their names are keepalived's, for whoever looks at `nft list ruleset`. */
export const sets = {
  addresses4: { name: 'vips', type: ADDRESS4, length: 4 },
  addresses6: { name: 'vips', type: ADDRESS6, length: 16 },
  localByIndex: { name: 'vips_link_local', type: joined(ADDRESS6, INTERFACE_INDEX), length: 20 },
  localByName: { name: 'vips_link_local_name', type: joined(ADDRESS6, INTERFACE_NAME), length: 32 },
  neighbours: { name: 'neighbor-discovery', type: ICMP6_TYPE, length: 1 },
  reports: { name: 'mld-report', type: ICMP6_TYPE, length: 1 },
  vmacs: { name: 'vmac_set', type: INTERFACE_NAME, length: NAME_LENGTH, isHostOrder: true },
  bases: {
    name: 'vmac_map',
    type: INTERFACE_NAME,
    length: NAME_LENGTH,
    isHostOrder: true,
    data: { type: INTERFACE_INDEX, length: 4, isHostOrder: true },
  },
} as const satisfies Record<string, KeySet>;

const indexBytes = (index: number): Uint8Array => new Uint8Array(Uint32Array.of(index).buffer);

function nameBytes(name: string): Uint8Array {
  const bytes = new Uint8Array(NAME_LENGTH);
  bytes.set(new TextEncoder().encode(name));
  return bytes;
}

/**
 * What keeps packets from an address. A link-local one is told by its interface as well: by the
 * name or, if so planned, by the index; without the interface there is nothing to keep from it.
 */
export function vipElements(
  { address, interface: name }: Vip,
  { byIndex }: FirewallPlan,
  index: number | undefined,
): readonly Element[] {
  const family = familyOf(address);
  const bytes = ipBytes(address);
  if (!isLinkLocal6(address)) return [{ family, set: sets.addresses4.name, key: bytes }];
  if (!byIndex) {
    const key = Uint8Array.of(...bytes, ...nameBytes(name));
    return [{ family, set: sets.localByName.name, key }];
  }
  if (index === undefined) return [];
  const key = Uint8Array.of(...bytes, ...indexBytes(index));
  return [{ family, set: sets.localByIndex.name, key }];
}

/**
 * What keeps an interface with a virtual MAC from telling of itself: by its name, so that it can be
 * there before the interface is. `base`: the index of what that stands upon.
 */
export function vmacElements(
  vmac: PlannedVmac,
  plan: FirewallPlan,
  base: number | undefined,
): readonly Element[] {
  if (base === undefined) return [];
  const key = nameBytes(vmac.name);
  return plan.vmacs.flatMap((family): Element[] => [
    { family, set: sets.bases.name, key, data: indexBytes(base) },
    ...(family === 6 ? [{ family, set: sets.vmacs.name, key }] : []),
  ]);
}

/** Requests that put elements into their sets, or, with `delElements`, take them out. */
export function changeElements(
  change: typeof addElements,
  { table: name }: FirewallPlan,
  elements: readonly Element[],
): Request[] {
  const bySet = new Map<string, Element[]>();
  for (const element of elements) {
    const place = `${element.family} ${element.set}`;
    const some = bySet.get(place) ?? [];
    some.push(element);
    bySet.set(place, some);
  }
  return [...bySet.values()].flatMap((some) => {
    const [first] = some;
    return first ? change({ family: first.family, name }, first.set, some) : [];
  });
}
