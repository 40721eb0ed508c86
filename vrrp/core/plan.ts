import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { microseconds, seconds, times } from '@keepalived-ts/base/time.js';
import type { GarpGroupConfig } from '../keywords/groups.js';
import type { InterfaceDelays } from '../keywords/interface-lines.js';
import type { TrackFileConfig } from '../keywords/track-file.js';
import type { VrrpTrackProcessConfig } from '../keywords/track-process.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import type { VrrpScriptConfig } from '../keywords/vrrp-script.js';
import type { VrrpSyncGroupConfig } from '../keywords/vrrp-sync-group.js';
import { checkInstance } from './plan-checks.js';
import { planFirewall } from './plan-firewall.js';
import { planPaces } from './plan-garp.js';
import { memberships, planGroups } from './plan-groups.js';
import { kindOf } from './plan-kind.js';
import { planRouter } from './plan-router.js';
import { preferences } from './plan-rules.js';
import {
  planStatics,
  promotedInterfaces,
  type StaticConfig,
  staticInterfaces,
} from './plan-statics.js';
import { type Definitions, wishesOf } from './plan-tracks.js';
import { isPlaced, withoutRivals } from './plan-unicast.js';
import { vmacPlanner } from './plan-vmacs.js';
import { buffersOf } from './receive-room.js';
import type { LinkDelays, ProcessPlan, RouterPlan, ScriptPlan, Track, VrrpPlan } from './types.js';

/** The slice of the configuration that becomes the vrrp thread's plan. */
export interface VrrpConfig extends StaticConfig {
  vrrp_instance: readonly VrrpInstanceConfig[];
  vrrp_script: readonly VrrpScriptConfig[];
  vrrp_sync_group: readonly VrrpSyncGroupConfig[];
  garp_group: readonly GarpGroupConfig[];
  track_file: readonly TrackFileConfig[];
  interface_up_down_delays: readonly InterfaceDelays[];
  vrrp_track_process: readonly VrrpTrackProcessConfig[];
}

/** The vrrp thread's plan; what had to be settled or cannot be done is reported. */
export function planVrrp(config: VrrpConfig, report: Report): VrrpPlan {
  const { global_defs: globals } = config;
  const definitions: Definitions = {
    scripts: byName(config.vrrp_script),
    files: byName(config.track_file),
    processes: byName(config.vrrp_track_process),
  };
  const kinds = new Map(config.vrrp_instance.map((vr) => [vr, kindOf(vr, globals)]));
  const groups = memberships(config.vrrp_sync_group, kinds, definitions, report);
  const groupOf = new Map(groups.flatMap((group) => group.members.map((vr) => [vr, group])));
  const preferenceOf = preferences();
  const statics = planStatics(config, preferenceOf, report);
  const planVmacs = vmacPlanner(config.vrrp_instance, globals, report);
  const minded = staticInterfaces(config);
  const instances = [...kinds].flatMap(([vr, kind]) => {
    if (!isPlaced(vr, kind, report)) return [];
    checkInstance(vr, kind, globals, report);
    const own = wishesOf(vr, definitions, report);
    const [group, interfaces] = [groupOf.get(vr.name), minded.get(vr.name)];
    const trackers = { own, group, minded: interfaces ?? [] };
    return [planRouter(vr, kind, globals, trackers, { preferenceOf, planVmacs }, report)];
  });
  const garpPaces = planPaces(config.garp_group, globals, report);
  const unique = withoutRivals(instances, config.vrrp_instance, report);
  const tracked = namesOf(unique.flatMap((router) => router.scripts));
  const files = namesOf(unique.flatMap((router) => router.files));
  const processes = namesOf(unique.flatMap((router) => router.processes));
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
    groups: planGroups(groups, unique),
    scripts: config.vrrp_script.filter((s) => tracked.has(s.name)).map(planScript),
    files: config.track_file
      .filter(({ name }) => files.has(name))
      .map(({ name, file }) => ({ name, path: file })),
    processes: config.vrrp_track_process.filter((p) => processes.has(p.name)).map(planProcess),
    promoted: promotedInterfaces(config.vrrp_instance, unique),
    statics,
    startupDelay: globals.vrrp_startup_delay,
    delayAfterBoot: globals.vrrp_delay_after_boot,
    logUnknownVrids: globals.log_unknown_vrids === true,
    linkDelays: planDelays(config.interface_up_down_delays, unique),
    garpPaces,
    firewall: planFirewall(globals, unique),
    buffers: buffersOf(globals),
  };
}

/**
 * Compat: an interface counts as down before the routers on it would be taken for dead, less a
 * skew, so the delay is cut.
 */
const planDelays = (
  lines: readonly InterfaceDelays[],
  routers: readonly RouterPlan[],
): readonly LinkDelays[] =>
  lines.map(({ interface: name, down, up }) => {
    const limits = routers
      .filter((router) => router.interfaces.some((track) => track.name === name))
      .map(({ downTimerAdverts, advertInterval }) =>
        Math.max(times(advertInterval, downTimerAdverts - 1 - 1 / 256), 0),
      );
    return { interface: name, down: microseconds(Math.min(down, ...limits)), up };
  });

const byName = <T extends { name: string }>(blocks: readonly T[]): ReadonlyMap<string, T> =>
  new Map(blocks.map((block) => [block.name, block]));

const namesOf = (tracks: readonly Track[]): ReadonlySet<string> =>
  new Set(tracks.map((track) => track.name));

const planProcess = (config: VrrpTrackProcessConfig): ProcessPlan => ({
  name: config.name,
  process: config.process.name,
  parameters: config.process.parameters,
  match: config.param_match ?? 'equal',
  fullCommand: config.full_command,
  quorum: config.quorum,
  quorumMax: config.quorum_max,
  forkDelay: config.fork_delay ?? config.delay ?? seconds(0),
  terminateDelay: config.terminate_delay ?? config.delay ?? seconds(0),
});

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
