import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { type Duration, seconds } from '@keepalived-ts/base/time.js';
import type { ExtraGarp } from '#src/config/global-defs/garp.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import { endOfList, placeOf } from '#src/config/places.js';
import type { GarpGroupConfig } from '../keywords/groups.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import type { GarpPaces } from './garp-queue.js';
import type { Kind } from './plan-kind.js';
import { adjust } from './plan-report.js';

/** How an instance announces its addresses. */
export interface GarpPlan {
  delay: Duration;
  repeat: number;
  refresh: Duration;
  refreshRepeat: number;
  lowerPrioDelay: Duration;
  lowerPrioRepeat: number;
  /** Announcements on other interfaces than the own one; the interval zero for none. */
  extra: ExtraGarp;
}

/** What is sent unless the configuration says otherwise: two batches of five, no refreshes. */
const USUAL = { delay: seconds(5), repeat: 5, refreshRepeat: 1 };
/** Compat: with vrrp_min_garp a refresh sends nothing unless vrrp_garp_master_refresh_repeat is set. */
const LEAST = { delay: seconds(0), repeat: 1, refreshRepeat: 0 };
const NEVER = seconds(0);

/**
 * How addresses are announced where an instance says nothing of its own.
 *
 * Differs: keepalived lets vrrp_min_garp also replace a default value that was written down above it.
 */
export function garpDefaults(globals: GlobalDefsConfig): GarpPlan {
  const { delay, repeat, refreshRepeat } = globals.vrrp_min_garp ? LEAST : USUAL;
  const settled = {
    delay: globals.vrrp_garp_master_delay ?? delay,
    repeat: globals.vrrp_garp_master_repeat ?? repeat,
    refresh: globals.vrrp_garp_master_refresh,
    refreshRepeat: globals.vrrp_garp_master_refresh_repeat ?? refreshRepeat,
  };
  return {
    ...settled,
    lowerPrioDelay: globals.vrrp_garp_lower_prio_delay ?? settled.delay,
    lowerPrioRepeat: globals.vrrp_garp_lower_prio_repeat ?? settled.repeat,
    extra: globals.vrrp_garp_extra_if ?? { all: false, interval: NEVER },
  };
}

export function garpOf(
  vr: VrrpInstanceConfig,
  { strict }: Kind,
  globals: GlobalDefsConfig,
): GarpPlan {
  const usual = garpDefaults(globals);
  return {
    delay: vr.garp_master_delay ?? usual.delay,
    repeat: vr.garp_master_repeat ?? usual.repeat,
    refresh: vr.garp_master_refresh ?? usual.refresh,
    refreshRepeat: vr.garp_master_refresh_repeat ?? usual.refreshRepeat,
    lowerPrioDelay: strict ? NEVER : (vr.garp_lower_prio_delay ?? usual.lowerPrioDelay),
    lowerPrioRepeat: strict ? 0 : (vr.garp_lower_prio_repeat ?? usual.lowerPrioRepeat),
    extra: vr.garp_extra_if ?? usual.extra,
  };
}

/**
 * How fast announcements may leave interfaces, each of which has one limit: the first.
 *
 * Compat: a limit that a group does not have is not taken from the globals.
 */
export function planPaces(
  groups: readonly GarpGroupConfig[],
  globals: GlobalDefsConfig,
  report: Report,
): GarpPaces {
  const taken = new Set<string>();
  const free = (group: GarpGroupConfig, name: string, field: 'interface' | 'interfaces') => {
    if (taken.has(name)) {
      const message = `garp_group already specified for ${name} - ignoring`;
      // Compat: a list is told of where it ends.
      const at = field === 'interfaces' ? endOfList(group, field) : placeOf(group, field);
      adjust(report, message, { at, ofBlock: false });
      return false;
    }
    taken.add(name);
    return true;
  };
  return {
    arp: globals.vrrp_garp_interval ?? NEVER,
    ndp: globals.vrrp_gna_interval ?? NEVER,
    groups: groups.map((group) => ({
      arp: group.garp_interval ?? NEVER,
      ndp: group.gna_interval ?? NEVER,
      interfaces: [
        ...[group.interface ?? []].flat().filter((name) => free(group, name, 'interface')),
        ...group.interfaces.filter((name) => free(group, name, 'interfaces')),
      ],
    })),
  };
}
