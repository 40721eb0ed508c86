import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { seconds } from '@keepalived-ts/base/time.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import type { GarpGroupConfig } from '../keywords/groups.js';
import type { PlacedInstance, VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import type { VrrpScriptConfig } from '../keywords/vrrp-script.js';
import type { VrrpSyncGroupConfig } from '../keywords/vrrp-sync-group.js';
import { checkGarpGroups, checkInstance, checkSyncGroups } from './plan-checks.js';
import { type Kind, kindOf } from './plan-kind.js';
import { adjust, leaveOut } from './plan-report.js';
import { planRouter } from './plan-router.js';
import type { RouterPlan, ScriptPlan, VrrpPlan } from './types.js';

/** The slice of the configuration that becomes the vrrp thread's plan. */
export interface VrrpConfig {
  global_defs: GlobalDefsConfig;
  vrrp_instance: readonly VrrpInstanceConfig[];
  vrrp_script: readonly VrrpScriptConfig[];
  vrrp_sync_group: readonly VrrpSyncGroupConfig[];
  garp_group: readonly GarpGroupConfig[];
}

/** The vrrp thread's plan; what had to be settled or cannot be done is reported. */
export function planVrrp(config: VrrpConfig, report: Report): VrrpPlan {
  const { global_defs: globals } = config;
  const scripts = new Map(config.vrrp_script.map((script) => [script.name, script]));
  const instances = config.vrrp_instance
    .filter((vr) => isPlaced(vr, report))
    .flatMap((vr) => {
      const kind = kindOf(vr, globals);
      checkInstance(vr, kind, report);
      const router = planRouter(vr, kind, globals, scripts, report);
      return isSupported(vr, kind, report) ? [router] : [];
    });
  checkSyncGroups(config.vrrp_sync_group, config.vrrp_instance, report);
  checkGarpGroups(config.garp_group, report);
  const unique = withoutDuplicates(instances, config.vrrp_instance, report);
  const tracked = new Set(unique.flatMap((router) => router.scripts.map((t) => t.script)));
  for (const script of config.vrrp_script) {
    if (tracked.has(script.name)) continue;
    report({
      severity: 'warning',
      class: 'advice',
      code: 'script-untracked',
      message: `vrrp_script ${script.name} is tracked by no instance, it will not run`,
      at: script.at,
    });
  }
  return {
    instances: unique,
    scripts: config.vrrp_script.filter((s) => tracked.has(s.name)).map(planScript),
    startupDelay: globals.vrrp_startup_delay,
    garpInterval: globals.vrrp_garp_interval ?? seconds(0),
  };
}

/** keepalived rejects all of VRRP for one instance that does not say where it is. */
function isPlaced(vr: VrrpInstanceConfig, report: Report): vr is PlacedInstance {
  if (vr.interface !== undefined) return true;
  if (vr.unicast_src_ip !== undefined && vr.unicast_peer.length > 0) {
    return leaveOut(report, vr, 'unicast without an interface');
  }
  adjust(report, `(${vr.name}) Unknown interface!`, { at: vr.at, unusable: true });
  return false;
}

/** A peer speaks another VRRP than we do: taking part would make two masters, so we do not. */
function isSupported(vr: VrrpInstanceConfig, kind: Kind, report: Report): boolean {
  if (kind.family === 6) return leaveOut(report, vr, 'IPv6');
  if (kind.version === 3) return leaveOut(report, vr, 'VRRP version 3');
  if (vr.authentication?.auth_type === 'AH') return leaveOut(report, vr, 'auth_type AH');
  return true;
}

/** Two instances with one VRID in one place would be rivals: keepalived rejects all of it. */
function withoutDuplicates(
  instances: readonly RouterPlan[],
  configs: readonly VrrpInstanceConfig[],
  report: Report,
): readonly RouterPlan[] {
  const known = new Map<string, RouterPlan>();
  for (const router of instances) {
    const key = `${router.interface} ${router.vrid} ${router.group}`;
    const other = known.get(key);
    if (!other) {
      known.set(key, router);
      continue;
    }
    adjust(
      report,
      `${other.name} and ${router.name} both use VRID ${router.vrid} with IPv4 ` +
        `on interface ${router.interface}`,
      { at: configs.find((vr) => vr.name === router.name)?.at, unusable: true, code: 'vrid-twice' },
    );
  }
  return [...known.values()];
}

const planScript = (script: VrrpScriptConfig): ScriptPlan => ({
  name: script.name,
  argv: script.script.argv,
  user: script.script.user ?? script.user?.[0],
  group: script.script.user === undefined ? script.user?.[1] : script.script.group,
  interval: script.interval,
  timeout: script.timeout ?? script.interval,
  rise: script.rise,
  fall: script.fall,
});
