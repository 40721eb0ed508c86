import type { Report } from '@keepalived-ts/base/diagnostics.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import type { StaticAddressLine } from '../keywords/addresses.js';
import type { TrackGroupConfig } from '../keywords/groups.js';
import type { StaticRoute } from '../keywords/route-line.js';
import type { StaticRule, VirtualRule } from '../keywords/rule-line.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import { planRoute } from './plan-routes.js';
import { planRule } from './plan-rules.js';
import { planVip } from './plan-vips.js';
import type { Possessions, RouterPlan } from './types.js';

export interface StaticConfig {
  global_defs: GlobalDefsConfig;
  static_ipaddress: readonly StaticAddressLine[];
  static_routes: readonly StaticRoute[];
  static_rules: readonly StaticRule[];
  track_group: readonly TrackGroupConfig[];
}

/** keepalived's own guess at where addresses go that name no interface. */
const DEFAULT_INTERFACE = 'eth0';

/** What the machine has for as long as the daemon runs, whoever is master. */
export function planStatics(
  config: StaticConfig,
  preferenceOf: (line: VirtualRule) => number,
  report: Report,
): Possessions {
  const where = config.global_defs.default_interface ?? DEFAULT_INTERFACE;
  return {
    vips: config.static_ipaddress.map((line) =>
      planVip(line, { interface: line.dev ?? where }, report),
    ),
    routes: config.static_routes.map(planRoute),
    rules: config.static_rules.map((line) => planRule(line, preferenceOf)),
  };
}

/** The interfaces of static entries that each instance minds, by the `track_group` they name. */
export function staticInterfaces(config: StaticConfig): ReadonlyMap<string, readonly string[]> {
  const where = config.global_defs.default_interface ?? DEFAULT_INTERFACE;
  const entries = [
    ...config.static_ipaddress.map((line) => ({ ...line, on: [line.dev ?? where] })),
    ...config.static_routes.map((line) => ({ ...line, on: [line.dev] })),
    ...config.static_rules.map((line) => ({ ...line, on: [line.iif, line.oif] })),
  ].filter((line) => !line.no_track && line.track_group !== undefined);
  const members = new Map(config.track_group.map(({ name, group }) => [name, group]));
  const all = new Map<string, string[]>();
  for (const { track_group: group = '', on } of entries) {
    for (const instance of members.get(group) ?? []) {
      const named = on.flatMap((name) => (name === undefined ? [] : [name]));
      all.set(instance, [...(all.get(instance) ?? []), ...named]);
    }
  }
  return all;
}

/** Interfaces with `promote_secondaries`; a VMAC has it anyway. */
export function promotedInterfaces(
  configs: readonly VrrpInstanceConfig[],
  planned: readonly RouterPlan[],
): readonly string[] {
  const asked = configs.filter((vr) => vr.promote_secondaries && !vr.use_vmac);
  const names = new Set(asked.map(({ name }) => name));
  const named = planned.filter(({ name }) => names.has(name));
  return [...new Set(named.flatMap(({ interface: own }) => own ?? []))];
}
