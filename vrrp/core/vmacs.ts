import { hex } from '@keepalived-ts/base/bytes.js';
import type { EventOf } from '@keepalived-ts/base/events.js';
import type { Link } from '@keepalived-ts/netlink/route/link.js';
import type { vrrpEvents } from '../events.js';
import type { PlannedVmac } from './planned.js';
import type { RouterPlan, Vip, VrrpPlan } from './types.js';
import { freeVmacName } from './vmac-names.js';

/** enum macvlan_mode of <linux/if_link.h>. */
const MACVLAN_MODE_PRIVATE = 1;

/** An interface that could be one of ours. Anything else is somebody's, and left alone. */
const isPrivateMacvlan = ({ kind }: Link): boolean =>
  kind?.name === 'macvlan' && kind.macvlanMode === MACVLAN_MODE_PRIVATE;

const isUpon = (link: Link, base: Link | undefined): boolean =>
  base !== undefined && link.base === base.index && link.baseNamespace === undefined;

const hasMac = ({ mac }: Link, wanted: string): boolean => mac !== undefined && hex(mac) === wanted;

/**
 * What is to be done with the interface that has the name of a virtual MAC's: `taken` by somebody
 * else, nothing but set up (`adopt`), given our MAC, or deleted first since its base is another.
 */
export type VmacStep = 'wait' | 'create' | 'adopt' | 'change-mac' | 'replace' | 'taken';

export function vmacStep(
  { mac }: PlannedVmac,
  found: { link: Link | undefined; base: Link | undefined },
): VmacStep {
  const { link, base } = found;
  if (!base) return 'wait';
  if (!link) return 'create';
  if (!isPrivateMacvlan(link)) return 'taken';
  if (!isUpon(link, base)) return 'replace';
  return hasMac(link, mac) ? 'adopt' : 'change-mac';
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
  const named = new Set(plan.instances.flatMap(({ vmac }) => vmac?.name ?? []));
  const news: EventOf<typeof vrrpEvents>[] = [];
  const place = (router: RouterPlan): RouterPlan => {
    const { vmac, vrid, name: instance } = router;
    if (!vmac) return router;
    const { name, stem, base, mac, family } = vmac;
    const holder = byName.get(name);
    if (vmac.isNameGiven) {
      if (!holder || isPrivateMacvlan(holder)) return router;
      news.push({ event: 'vmac-name-taken', instance, interface: name });
    } else {
      const isFree = (link: Link): boolean => link.name === name || !named.has(link.name);
      const isIt = (link: Link): boolean =>
        isPrivateMacvlan(link) && isUpon(link, byName.get(base)) && hasMac(link, mac);
      const match = links.find((link) => isIt(link) && isFree(link));
      if (match) named.add(match.name);
      if (match) return renamed(router, match.name);
      if (!holder || ours.has(name)) return router;
    }
    const other = freeVmacName({ stem, vrid, family }, (n) => named.has(n) || byName.has(n));
    named.add(other);
    return renamed(router, other);
  };
  return { plan: { ...plan, instances: plan.instances.map(place) }, news };
}

function renamed(router: RouterPlan, name: string): RouterPlan {
  const { vmac } = router;
  if (!vmac || vmac.name === name) return router;
  const former = vmac.name;
  const moved = (vip: Vip): Vip => (vip.interface === former ? { ...vip, interface: name } : vip);
  return {
    ...router,
    vmac: { ...vmac, name },
    vips: router.vips.map(moved),
    excluded: router.excluded.map(moved),
    interfaces: router.interfaces.map((one) => (one.name === former ? { ...one, name } : one)),
  };
}
