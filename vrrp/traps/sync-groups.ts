import { placeOf } from '#src/config/places.js';
import type { Tell, Traps } from '#src/config/traps.js';
import type { VrrpConfig } from '../core/plan.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import type { VrrpSyncGroupConfig } from '../keywords/vrrp-sync-group.js';

export interface GroupedConfig extends VrrpConfig {
  vrrp_sync_group: readonly VrrpSyncGroupConfig[];
}

/** Tells of each member that differs from the first one of its group. */
function differing(
  config: GroupedConfig,
  keyword: string,
  valueIn: (vr: VrrpInstanceConfig) => string,
  tell: Tell,
): void {
  const instances = new Map(config.vrrp_instance.map((vr) => [vr.name, vr]));
  for (const { name, group } of config.vrrp_sync_group) {
    const [first, ...others] = group.flatMap((member) => instances.get(member) ?? []);
    if (!first) continue;
    const odd = others.find((vr) => valueIn(vr) !== valueIn(first));
    if (!odd) continue;
    const values = `${valueIn(odd)}, ${first.name} has ${valueIn(first)}`;
    tell(placeOf(odd, keyword), `sync group ${name}: ${odd.name} has ${keyword} ${values}`);
  }
}

export const syncGroupTraps: Traps<GroupedConfig> = {
  'sync-group-advert-int': {
    why: 'The members notice a dead master at different times, so the group changes in steps, with each of which the others are dragged along.',
    remedy: 'the same advert_int for all members',
    find: (config, tell) =>
      differing(config, 'advert_int', (vr) => String(vr.advert_int / 1e6), tell),
  },

  'sync-group-priority': {
    why: 'A group goes to one node as a whole; members with different priorities can be won by different nodes, and then each drags the others to and fro.',
    remedy: 'the same priority for all members',
    find: (config, tell) =>
      differing(config, 'priority', (vr) => String(vr.priority ?? 'none'), tell),
  },

  'sync-group-nopreempt': {
    why: 'A member that preempts takes the group along, those with nopreempt included.',
    remedy: 'nopreempt in all members or in none',
    find: (config, tell) =>
      differing(config, 'nopreempt', (vr) => (vr.nopreempt && !vr.preempt ? 'on' : 'off'), tell),
  },
};
