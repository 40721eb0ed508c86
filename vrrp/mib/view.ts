import type { IpFamily } from '@keepalived-ts/base/ip.js';
import type { Instant } from '@keepalived-ts/base/time.js';
import { syncSettings } from '#lvs/core/sync-daemons.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import type { ScriptCommand } from '#src/config/script-value.js';
import type { InstanceStatus, LinkStatus, VrrpStatus } from '#src/ipc/status.js';
import { type Kind, kindOf } from '../core/plan-kind.js';
import type { RouterPlan, VrrpPlan } from '../core/types.js';
import type { VrrpCounter } from '../counters.js';
import type { StaticAddressLine } from '../keywords/addresses.js';
import type { StaticRoute } from '../keywords/route-line.js';
import type { StaticRule } from '../keywords/rule-line.js';
import type { TrackFileConfig } from '../keywords/track-file.js';
import type { VrrpTrackProcessConfig } from '../keywords/track-process.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import type { VrrpScriptConfig } from '../keywords/vrrp-script.js';
import type { VrrpSyncGroupConfig } from '../keywords/vrrp-sync-group.js';

/** The configuration of the vrrp part, as far as it can be looked at from outside. */
export interface ShownConfig {
  global_defs: GlobalDefsConfig;
  vrrp_instance: readonly VrrpInstanceConfig[];
  vrrp_sync_group: readonly VrrpSyncGroupConfig[];
  vrrp_script: readonly VrrpScriptConfig[];
  vrrp_track_process: readonly VrrpTrackProcessConfig[];
  track_file: readonly TrackFileConfig[];
  static_ipaddress: readonly StaticAddressLine[];
  static_routes: readonly StaticRoute[];
  static_rules: readonly StaticRule[];
}

export type VrrpCounts = Readonly<Partial<Record<VrrpCounter, number>>>;

/** What a view is made of. */
export interface ViewParts {
  config: ShownConfig;
  plan: VrrpPlan;
  /** undefined: the worker has no answer, since it has just died or not begun. */
  status: VrrpStatus | undefined;
  /** By instance; `''` has those that belong to none. */
  counters: ReadonlyMap<string, VrrpCounts>;
  /** What was last wrong with an advert for an instance; nothing so far where there is none. */
  lastError: ReadonlyMap<string, 'ip_ttl_err' | 'vers_err' | 'chk_err' | 'vrid_err'>;
  /** When the part was started. */
  started: Instant;
  now: Instant;
}

/** An instance: how it is configured, how that was settled, and how it stands. */
export interface InstanceView {
  config: VrrpInstanceConfig;
  kind: Kind;
  plan: RouterPlan;
  status: InstanceStatus | undefined;
  counts: VrrpCounts;
  group: VrrpSyncGroupConfig | undefined;
  /** Whether mail is sent on its changes. */
  sendsMail: boolean;
  /** Where the IPVS synchronisation works that it steers. */
  syncInterface: string | undefined;
}

export interface GroupView {
  config: VrrpSyncGroupConfig;
  members: readonly InstanceView[];
  state: string;
  sendsMail: boolean;
}

/** The vrrp part as MIBs and dumps show it, at one moment. */
export interface VrrpView extends ViewParts {
  instances: readonly InstanceView[];
  groups: readonly GroupView[];
  links: ReadonlyMap<string, LinkStatus>;
}

/** Joins what is configured and what is so. */
export function vrrpView(parts: ViewParts): VrrpView {
  const { config, plan, status, counters } = parts;
  const { global_defs: globals } = config;
  const sync = syncSettings(config);
  const configs = new Map(config.vrrp_instance.map((vr) => [vr.name, vr]));
  const statuses = new Map(status?.instances.map((vr) => [vr.name, vr]));
  const groupOf = new Map(
    config.vrrp_sync_group.flatMap((group) => group.group.map((name) => [name, group] as const)),
  );
  const mails = (own: boolean | undefined): boolean =>
    own ?? globals.smtp_alert_vrrp ?? globals.smtp_alert ?? false;
  const instances = plan.instances.flatMap((router): InstanceView[] => {
    const vr = configs.get(router.name);
    if (!vr) return [];
    return [
      {
        config: vr,
        kind: kindOf(vr, globals),
        plan: router,
        status: statuses.get(router.name),
        counts: counters.get(router.name) ?? {},
        group: groupOf.get(router.name),
        sendsMail: mails(vr.smtp_alert),
        syncInterface: sync?.inst === vr.name ? sync.interface : undefined,
      },
    ];
  });
  const byName = new Map(instances.map((vr) => [vr.config.name, vr]));
  const states = new Map(status?.groups.map(({ name, state }) => [name, state]));
  const groups = config.vrrp_sync_group.map((group): GroupView => {
    const members = group.group.flatMap((name) => byName.get(name) ?? []);
    const state = states.get(group.name) ?? 'INIT';
    return { config: group, members, state, sendsMail: mails(group.smtp_alert) };
  });
  const links = new Map(status?.links.map((link) => [link.name, link]));
  return { ...parts, instances, groups, links };
}

/** Compat: keepalived shows commands with each word in quotes. */
export const shownCommand = ({ argv }: ScriptCommand): string =>
  argv.map((word) => `'${word}'`).join(' ');

/** 1 and 2 of InetAddressType (RFC 4001). */
export const addressType = (family: IpFamily): number => (family === 4 ? 1 : 2);
