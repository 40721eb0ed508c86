import type { Report } from '@keepalived-ts/base/diagnostics.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import type { VrrpSyncGroupConfig } from '../keywords/vrrp-sync-group.js';
import type { Kind } from './plan-kind.js';
import { adjust } from './plan-report.js';
import {
  type Definitions,
  KINDS,
  type TrackKind,
  type Wish,
  type Wishes,
  wishesOf,
} from './plan-tracks.js';
import { OWNER } from './router.js';
import type { GroupPlan, RouterPlan } from './types.js';

/** A sync group with the members that it really has, and what all of them track. */
export interface Membership {
  name: string;
  members: readonly string[];
  wishes: Wishes;
  /** `sync_group_tracking_weight`: members may have trackers with weights of their own. */
  allowsWeights: boolean;
  /** `notify_priority_changes`, for members that do not say. */
  tellsPriority: boolean | undefined;
  /** All members own their addresses and want to be MASTER: the group is so at once. */
  leadsAtOnce: boolean;
}

/** The sync groups; an instance is in the first that names it (reference §8). */
export function memberships(
  configs: readonly VrrpSyncGroupConfig[],
  kinds: ReadonlyMap<VrrpInstanceConfig, Kind>,
  definitions: Definitions,
  report: Report,
): readonly Membership[] {
  const byName = new Map([...kinds].map(([vr, kind]) => [vr.name, kind]));
  const taken = new Set<string>();
  return configs.flatMap((group) => {
    const { name, at } = group;
    if (group.group.length === 0) return []; // its block has told
    const members = group.group.flatMap((member) => {
      const kind = byName.get(member);
      if (kind && !taken.has(member)) {
        taken.add(member);
        return [{ member, ...kind }];
      }
      const message = kind
        ? `Virtual router ${member} cannot exist in more than one sync group; ignoring ${name}`
        : `Virtual router ${member} specified in sync group ${name} doesn't exist - ignoring`;
      adjust(report, message, { at });
      return [];
    });
    if (members.length === 0) {
      const message = 'no matching virtual router found in group declaration - removing';
      adjust(report, `Sync group ${name}, ${message}`, { at });
      return [];
    }
    const owners = members.filter((vr) => vr.isOwner).length;
    if (owners > 0 && owners < members.length) {
      const mixed = 'has some member(s) as address owner and some not as address owner';
      adjust(report, `Sync group ${name} ${mixed}. This won't work.`, { at });
    }
    const wishes = wishesOf(group, definitions, report);
    if (owners > 0) {
      for (const kind of KINDS) wishes[kind] = withoutWeights(name, kind, wishes[kind], report);
    }
    return [
      {
        name,
        members: members.map((vr) => vr.member),
        wishes,
        allowsWeights: group.sync_group_tracking_weight,
        tellsPriority: group.notify_priority_changes,
        leadsAtOnce: members.every((vr) => vr.isOwner && vr.wanted === 'MASTER'),
      },
    ];
  });
}

/** Trackers move no owner, and all members must move alike. */
function withoutWeights(
  group: string,
  kind: TrackKind,
  wishes: readonly Wish[],
  report: Report,
): readonly Wish[] {
  const done = kind === 'interface' || kind === 'script' ? 'clearing weight' : 'setting weight 0';
  return wishes.map((wish) => {
    if (wish.weight === 0) return wish;
    const what = `Cannot have weighted track ${kind} '${wish.name}'`;
    const message = `${what} with member having priority ${OWNER} - ${done}`;
    adjust(report, `(${group}) ${message}`, { at: wish.at });
    return { ...wish, weight: 0 };
  });
}

/** Groups as the thread lives by them: members by place, without those that are in no plan. */
export const planGroups = (
  groups: readonly Membership[],
  instances: readonly RouterPlan[],
): readonly GroupPlan[] =>
  groups
    .map(({ name, members }) => ({
      name,
      members: members
        .map((member) => instances.findIndex((router) => router.name === member))
        .filter((place) => place >= 0),
    }))
    .filter(({ members }) => members.length > 0);
