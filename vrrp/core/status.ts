import type { InstanceStatus, ScriptStatus, VrrpStatus } from '#src/ipc/status.js';
import type { Router } from './router.js';
import { isUp, type Script } from './script.js';
import type { World } from './world.js';

/** How all routers and scripts stand now. */
export const statusOf = (world: World): VrrpStatus => ({
  part: 'vrrp',
  instances: [...world.routers].map(instanceStatus),
  scripts: [...world.scripts.values()].map(scriptStatus),
});

const instanceStatus = (vr: Router): InstanceStatus => ({
  name: vr.plan.name,
  state: vr.state,
  wanted: vr.plan.wanted,
  basePriority: vr.plan.priority,
  priority: vr.priority,
  source: vr.source,
  master: vr.master && { address: vr.master, priority: vr.masterPriority },
  since: vr.since,
  addressesSet: vr.state === 'MASTER',
  faults: vr.faults,
});

const scriptStatus = (script: Script): ScriptStatus => ({
  name: script.plan.name,
  up: isUp(script),
  lastStatus: script.lastStatus,
  running: script.isRunning,
});
