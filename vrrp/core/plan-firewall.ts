import { familyOf, type IpFamily } from '@keepalived-ts/base/ip.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import type { FirewallPlan, PlannedVmac } from './planned.js';
import { vmacsOf } from './ports.js';
import { allVips } from './router.js';
import type { RouterPlan } from './types.js';

/** Only families that have to do with it: a kernel may be without IPv6. */
export function planFirewall(
  globals: GlobalDefsConfig,
  routers: readonly RouterPlan[],
): FirewallPlan | undefined {
  const blocked = routers.filter(({ accept }) => !accept).flatMap(allVips);
  const vmacs = new Set(routers.flatMap(vmacsOf).flatMap(familiesOf));
  const families = new Set([...blocked.map(({ address }) => familyOf(address)), ...vmacs]);
  if (families.size === 0) return undefined;
  return {
    families: [...families].sort(),
    vmacs: [...vmacs].sort(),
    table: globals.nftables?.[0] ?? 'keepalived',
    priority: globals.nftables_priority,
    byIndex: globals.nftables_ifindex === true,
    counters: globals.nftables_counters === true,
  };
}

/** An ipvlan has the MAC of its base, and may be heard of. */
const familiesOf = ({ family, hasIpv6, ipvlan }: PlannedVmac): readonly IpFamily[] => {
  if (ipvlan) return [];
  return hasIpv6 ? [family, 6] : [family];
};
