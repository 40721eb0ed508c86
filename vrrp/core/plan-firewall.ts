import { familyOf } from '@keepalived-ts/base/ip.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import type { FirewallPlan } from './planned.js';
import { allVips } from './router.js';
import type { RouterPlan } from './types.js';

/** Only families with addresses to keep packets from: a kernel may be without IPv6. */
export function planFirewall(
  globals: GlobalDefsConfig,
  routers: readonly RouterPlan[],
): FirewallPlan | undefined {
  const blocked = routers.filter(({ accept }) => !accept).flatMap(allVips);
  const families = new Set(blocked.map(({ address }) => familyOf(address)));
  if (families.size === 0) return undefined;
  return {
    families: [...families].sort(),
    table: globals.nftables?.[0] ?? 'keepalived',
    priority: globals.nftables_priority,
    byIndex: globals.nftables_ifindex === true,
    counters: globals.nftables_counters === true,
  };
}
