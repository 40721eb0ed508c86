import type { RouterInput } from './machine.js';
import { isOwner, leadsAtOnce, type Router } from './router.js';
import { faultOf } from './transitions.js';
import type { Effect, GroupPlan, State } from './types.js';

/** A sync group, and the state that its members share. */
export interface Group {
  readonly plan: GroupPlan;
  readonly state: State;
  /** In a FAULT that nobody has been told of. */
  readonly hushed: boolean;
}

/** A step of a sync group: what a member is to do, or something to be told. In order. */
export type Order = { member: number; input: RouterInput } | { effect: Effect };

/** A member that made a step, and how it stood before. */
export interface Moved {
  by: number;
  before: Router;
  /** A weaker router claimed to be master of its addresses. */
  wasClaimed: boolean;
}

/** The routers of the world by place. */
export type Members = (place: number) => Router;

export const newGroup = (plan: GroupPlan): Group => ({ plan, state: 'INIT', hushed: false });

/**
 * What a group makes of a step of one of its members: its next state and what the others are to do
 * (reference §8). `undefined`: nothing.
 *
 * One in FAULT takes all there, and they come back together. A member whose master is silent is
 * held back until all are ready to lead; one that yields takes the others with it.
 */
export function follow(
  group: Group,
  routers: Members,
  moved: Moved,
): { group: Group; orders: readonly Order[] } | undefined {
  if (group.state === 'INIT') return undefined;
  const members = group.plan.members.map(routers);
  const isBroken = members.some((vr) => vr.faults.length > 0);
  const after = routers(moved.by);
  const state = isBroken ? 'FAULT' : stateAfter(group.state, members, moved.before, after);
  const isNews = group.hushed && faultOf(members) === 'told';
  if (state === group.state && !isNews) {
    const joins = state === 'MASTER' && after.ready;
    if (joins) return { group, orders: [{ member: moved.by, input: INPUTS.MASTER }] };
    if (moved.wasClaimed) return { group, orders: reannounced(group.plan, moved.by) };
    return undefined;
  }
  return { group: { ...group, state, hushed: false }, orders: orders(group.plan, state, moved.by) };
}

function stateAfter(
  state: State,
  members: readonly Router[],
  before: Router,
  after: Router,
): State {
  if (state === 'FAULT') return leadsAtOnce(after) ? 'MASTER' : 'BACKUP';
  if (before.state === 'MASTER' && after.state === 'BACKUP') return 'BACKUP';
  const isWilling = members.every((vr) => vr.ready || vr.state === 'MASTER' || isOwner(vr));
  return after.ready && isWilling ? 'MASTER' : state;
}

const INPUTS = {
  MASTER: { kind: 'lead' },
  BACKUP: { kind: 'yield' },
  FAULT: { kind: 'suspend' },
} as const satisfies Partial<Record<State, RouterInput>>;

/** The claim may have come by a switch that now sends the others' packets astray, too. */
const reannounced = ({ members }: GroupPlan, by: number): readonly Order[] =>
  members
    .filter((member) => member !== by)
    .map((member) => ({ member, input: { kind: 'reannounce' } }));

/** First the one that began, then the others in the order of the configuration, then the group. */
function orders(plan: GroupPlan, state: State, by: number | undefined): readonly Order[] {
  if (state === 'INIT') return [];
  const { name: group, members } = plan;
  const input = INPUTS[state];
  const others = members.filter((member) => member !== by);
  return [
    ...(by === undefined ? [] : [{ member: by, input }]),
    { effect: { do: 'log', event: { event: 'group-synced', group, state } } },
    ...others.map((member) => ({ member, input })),
    { effect: { do: 'notify-group', group, state } },
  ];
}

/** The group before its members start. */
export function starting(plan: GroupPlan, routers: Members): Group {
  const fault = faultOf(plan.members.map(routers));
  const state = fault === undefined ? 'BACKUP' : 'FAULT';
  return { plan, state, hushed: fault === 'hushed' };
}

/** What is told of a group when its members have started. Owners have not told of BACKUP either. */
export function startTold({ plan, state, hushed }: Group, routers: Members): readonly Effect[] {
  if (hushed || plan.members.map(routers).every(leadsAtOnce)) return [];
  return [{ do: 'notify-group', group: plan.name, state }];
}

/**
 * The group at a reload, which may have brought it together anew, before new members start.
 *
 * Members of one mind stay as they are. Otherwise a group that was master remains so, and new
 * members join when their turn comes; any other yields.
 */
export function reloaded(
  group: Group,
  routers: Members,
): { group: Group; orders: readonly Order[] } {
  const members = group.plan.members.map(routers);
  const states = new Set(members.map((vr) => vr.state).filter((state) => state !== 'INIT'));
  const fault = faultOf(members);
  const isMaster =
    !fault && states.has('MASTER') && (states.size === 1 || group.state === 'MASTER');
  const state = fault ? 'FAULT' : isMaster ? 'MASTER' : 'BACKUP';
  const isOfOneMind = isMaster || [...states].every((other) => other === state);
  const hushed = fault === 'hushed' && isOfOneMind && (group.hushed || states.size === 0);
  const next = { ...group, state, hushed } as const;
  if (!isOfOneMind) return { group: next, orders: orders(group.plan, state, undefined) };
  const effect = { do: 'notify-group', group: group.plan.name, state } as const;
  return { group: next, orders: state === group.state || hushed ? [] : [{ effect }] };
}
