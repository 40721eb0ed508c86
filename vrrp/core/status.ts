import type {
  GroupStatus,
  InstanceStatus,
  LinkStatus,
  ScriptStatus,
  VrrpStatus,
} from '#src/ipc/status.js';
import { ownInterfaces } from './ports.js';
import { allVips, type Router } from './router.js';
import { isUp, type Script } from './script.js';
import type { Group } from './sync-group.js';
import type { World } from './world.js';

/** So many instances are shown and posted in a third of a millisecond. */
const PORTION = 100;

/** How all routers and scripts stand now. */
export function statusOf(world: World): VrrpStatus {
  const portions = [...statusPortions(world)];
  return {
    ...sharedOf(world),
    part: 'vrrp',
    instances: portions.flatMap(({ instances }) => instances),
    links: portions.flatMap(({ links }) => links),
  };
}

/** The same in pieces, between which the thread may do more urgent things. */
export function* statusPortions(world: World): Generator<VrrpStatus> {
  const told = new Set<string>();
  let portion: Router[] = [];
  for (const router of world.routers) {
    portion.push(router);
    if (portion.length < PORTION) continue;
    yield { ...NOTHING_SHARED, ...portionOf(portion, world, told) };
    portion = [];
  }
  yield { ...sharedOf(world), ...portionOf(portion, world, told) };
}

type Shared = Pick<VrrpStatus, 'groups' | 'scripts' | 'files' | 'processes'>;

const NOTHING_SHARED: Shared = { groups: [], scripts: [], files: [], processes: [] };

/** What belongs to no single instance. */
const sharedOf = (world: World): Shared => ({
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

function portionOf(
  routers: readonly Router[],
  { links }: World,
  told: Set<string>,
): Pick<VrrpStatus, 'part' | 'instances' | 'links'> {
  const found: LinkStatus[] = [];
  for (const { plan } of routers) {
    for (const name of [...ownInterfaces(plan), ...allVips(plan).map((vip) => vip.interface)]) {
      const link = links.get(name);
      if (!link || told.has(name)) continue;
      told.add(name);
      found.push({ name, index: link.index, mac: link.mac, up: link.up, mtu: link.mtu });
    }
  }
  return { part: 'vrrp', instances: routers.map(instanceStatus), links: found };
}

/** Compat: keepalived wants what the file says until the first transition, then what it has. */
const wantedOf = ({ state, plan, becameMaster }: Router): string =>
  state === 'INIT' || (state === 'BACKUP' && becameMaster === undefined) ? plan.wanted : state;

const instanceStatus = (vr: Router): InstanceStatus => ({
  name: vr.plan.name,
  state: vr.state,
  wanted: wantedOf(vr),
  basePriority: vr.plan.priority,
  priority: vr.priority,
  nopreempt: vr.plan.nopreempt,
  source: vr.source,
  master: vr.master && { address: vr.master, priority: vr.masterPriority },
  becameMaster: vr.becameMaster,
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
