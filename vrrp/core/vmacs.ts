import { hex } from '@keepalived-ts/base/bytes.js';
import type { EventOf } from '@keepalived-ts/base/events.js';
import type { Link } from '@keepalived-ts/netlink/route/link.js';
import type { vrrpEvents } from '../events.js';
import type { PlannedVmac } from './planned.js';
import { vmacsOf } from './ports.js';
import type { RouterPlan, Vip, VrrpPlan } from './types.js';
import { freeVmacName } from './vmac-names.js';

/** enum macvlan_mode of <linux/if_link.h>. */
const MACVLAN_MODE_PRIVATE = 1;
/** enum ipvlan_mode of <linux/if_link.h>. */
const IPVLAN_MODE_L2 = 0;

/** An interface that could be one of ours. Anything else is somebody's, and left alone. */
const isOfKind = ({ kind }: Link, { ipvlan }: PlannedVmac): boolean =>
  ipvlan === undefined
    ? kind?.name === 'macvlan' && kind.macvlanMode === MACVLAN_MODE_PRIVATE
    : kind?.name === 'ipvlan' && kind.ipvlanMode === IPVLAN_MODE_L2;

const isUpon = (link: Link, base: Link | undefined): boolean =>
  base !== undefined && link.base === base.index && link.baseNamespace === undefined;

const hasMac = ({ mac }: Link, wanted: PlannedVmac): boolean =>
  wanted.ipvlan !== undefined || (mac !== undefined && hex(mac) === wanted.mac);

/** Whether an interface can be made what is wanted: that of an ipvlan is settled when it is made. */
const fits = ({ kind }: Link, { ipvlan }: PlannedVmac): boolean =>
  ipvlan === undefined || (kind?.ipvlanFlags ?? 0) === ipvlan.flags;

/**
 * What is to be done with the interface that has the name of a virtual MAC's: `taken` by somebody
 * else, nothing but set up (`adopt`), given our MAC, or deleted first since its base is another.
 */
export type VmacStep = 'wait' | 'create' | 'adopt' | 'change-mac' | 'replace' | 'taken';

export function vmacStep(
  vmac: PlannedVmac,
  found: { link: Link | undefined; base: Link | undefined },
): VmacStep {
  const { link, base } = found;
  if (!base) return 'wait';
  if (!link) return 'create';
  if (!isOfKind(link, vmac)) return 'taken';
  if (!isUpon(link, base) || !fits(link, vmac)) return 'replace';
  return hasMac(link, vmac) ? 'adopt' : 'change-mac';
}

export interface PlacedVmacs {
  plan: VrrpPlan;
  news: readonly EventOf<typeof vrrpEvents>[];
}

/**
 * The plan with names that fit the interfaces there are.
 *
 * A made up name gives way to an interface that is just what is wanted (left by a crash), and to
 * anybody who has it; a chosen one only to what is no private macvlan. `ours` are the names of
 * those that we have made or adopted.
 */
export function placedVmacs(
  plan: VrrpPlan,
  links: readonly Link[],
  ours: ReadonlySet<string>,
): PlacedVmacs {
  const byName = new Map(links.map((link) => [link.name, link]));
  const named = new Set(plan.instances.flatMap((one) => vmacsOf(one).map(({ name }) => name)));
  const news: EventOf<typeof vrrpEvents>[] = [];
  const nameOf = (vmac: PlannedVmac, { vrid, name: instance }: RouterPlan): string => {
    const { name, stem, base, family } = vmac;
    const holder = byName.get(name);
    if (vmac.isNameGiven) {
      if (!holder || isOfKind(holder, vmac)) return name;
      news.push({ event: 'vmac-name-taken', instance, interface: name });
    } else {
      const isFree = (link: Link): boolean => link.name === name || !named.has(link.name);
      const isIt = (link: Link): boolean =>
        isOfKind(link, vmac) &&
        isUpon(link, byName.get(base)) &&
        (vmac.ipvlan ? link.name === name : hasMac(link, vmac));
      const match = links.find((link) => isIt(link) && isFree(link));
      if (match) return match.name;
      if (!holder || ours.has(name)) return name;
    }
    return freeVmacName({ stem, vrid, family }, (n) => named.has(n) || byName.has(n));
  };
  const place = (router: RouterPlan): RouterPlan => {
    const names = new Map<string, string>();
    for (const vmac of vmacsOf(router)) {
      const name = nameOf(vmac, router);
      named.add(name);
      if (name !== vmac.name) names.set(vmac.name, name);
    }
    return names.size === 0 ? router : renamed(router, names);
  };
  return { plan: { ...plan, instances: plan.instances.map(place) }, news };
}

function renamed(router: RouterPlan, names: ReadonlyMap<string, string>): RouterPlan {
  const called = <T extends { name: string }>(one: T): T => ({
    ...one,
    name: names.get(one.name) ?? one.name,
  });
  const moved = (vip: Vip): Vip => ({
    ...vip,
    interface: names.get(vip.interface) ?? vip.interface,
  });
  return {
    ...router,
    vmac: router.vmac && called(router.vmac),
    addressVmacs: router.addressVmacs.map(called),
    vips: router.vips.map(moved),
    excluded: router.excluded.map(moved),
    interfaces: router.interfaces.map(called),
  };
}
