import type { GroupStatus, InstanceStatus, ScriptStatus, VrrpStatus } from '#src/ipc/status.js';
import type { Router } from './router.js';
import { isUp, type Script } from './script.js';
import type { Group } from './sync-group.js';
import type { World } from './world.js';

/** How all routers and scripts stand now. */
export const statusOf = (world: World): VrrpStatus => ({
  part: 'vrrp',
  instances: [...world.routers].map(instanceStatus),
  groups: world.groups.map((group) => groupStatus(world, group)),
  scripts: [...world.scripts.values()].map(scriptStatus),
  files: [...world.lookup.byFile.keys()].map((name) => ({
    name,
    value: world.files.get(name) ?? 0,
  })),
  processes: [...world.processes.values()].map(({ plan: { name }, up, count }) => ({
    name,
    up,
    count,
  })),
});

const groupStatus = (world: World, { plan, state }: Group): GroupStatus => ({
  name: plan.name,
  state,
  members: plan.members.map((place) => world.routers.at(place).plan.name),
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
