import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Router } from '#vrrp/core/router.js';
import type { Effect, Told } from '#vrrp/core/types.js';
import type { World } from '#vrrp/core/world.js';
import type { Turn } from './lan.js';

export const stamp = (at: number): string => (at / 1e6).toFixed(3);

/** A router in the minutes: by its node, and by its own name where the node has several. */
const labelOf = (node: string, world: World, { plan }: Router): string =>
  [...world.routers].length > 1 ? `${node}/${plan.name}` : node;

/** State and deadline of each router of a node. */
export function standings(node: string, world: World): string[] {
  const all = [...world.routers].map((vr) => `${labelOf(node, world, vr)} ${standing(vr)}`);
  return all.length > 0 ? all : [`${node} gone`];
}

function standing(router: Router): string {
  const until = router.deadline === null ? '' : ` until ${stamp(router.deadline)}`;
  const why = router.faults.length > 0 ? ` (${router.faults.join(', ')})` : '';
  const held = router.ready ? ' ready' : '';
  return `${router.state}${held}${router.state === 'MASTER' ? '' : until}${why}`;
}

/** What each router did in a turn that was worth noting, in the order of what was done. */
export function entriesOf(turn: Turn): string[] {
  const routers = new Map([...turn.before.routers].map((vr) => [vr.plan.name, vr]));
  const after = new Map([...turn.after.routers].map((vr) => [vr.plan.name, vr]));
  const names = new Set([...turn.effects.flatMap(nameIn), ...routers.keys(), ...after.keys()]);
  const [first] = after.keys();
  const entries = [...names].flatMap((name) => {
    const [was, is] = [routers.get(name), after.get(name)];
    const own = turn.effects.filter((e) => (nameIn(e)[0] ?? first) === name);
    return entryOf(turn, name, { was, is }, own);
  });
  const groups = turn.effects.flatMap((e) =>
    e.do === 'notify-group' ? [`${turn.node.name}/${e.group} notify ${e.state}`] : [],
  );
  return [...entries, ...groups];
}

const nameIn = (effect: Effect): string[] =>
  'instance' in effect && effect.instance !== undefined ? [effect.instance] : [];

function entryOf(
  turn: Turn,
  name: string,
  { was, is }: { was: Router | undefined; is: Router | undefined },
  effects: readonly Effect[],
): string[] {
  const deeds = effects.flatMap((e) => deedOf(e, was, is));
  const entered = was?.state !== is?.state;
  const moved = was !== undefined && is !== undefined && was.priority !== is.priority;
  if (moved) deeds.unshift(`priority ${is.priority}`);
  const isHeartbeat =
    turn.input.kind === 'deadline' && deeds.every((d) => d.startsWith('send-advert'));
  if (!entered && (deeds.length === 0 || isHeartbeat)) return [];
  const single = [...turn.after.routers].length <= 1;
  const label = single ? turn.node.name : `${turn.node.name}/${name}`;
  return [`${label} ${[is?.state ?? 'gone', deeds.join(', ')].join(' ').trimEnd()}`];
}

/** What an effect looks like in the minutes; nothing where the state says it already. */
function deedOf(effect: Effect, was: Router | undefined, is: Router | undefined): string[] {
  const plan = is?.plan;
  const all = plan ? plan.vips.length + plan.excluded.length : 0;
  const which = (addresses: readonly { address: IpAddress }[]): string =>
    addresses.length === all ? '' : ` ${addresses.map((vip) => vip.address).join(' ')}`;
  switch (effect.do) {
    case 'send-advert':
      return [`send-advert ${effect.advert.priority}`];
    case 'add-addresses':
    case 'remove-addresses':
      return [`${effect.do}${which(effect.addresses)}`];
    case 'announce': {
      const times = effect.repeat === plan?.garp.repeat ? '' : ` x${effect.repeat}`;
      return [`announce${which(effect.addresses)}${times}`];
    }
    case 'notify': {
      const told: Told = effect.state;
      return told === is?.state && was?.state !== is.state ? [] : [`notify ${told}`];
    }
    case 'join':
    case 'leave':
      return [`${effect.do} ${effect.port.key}`];
    case 'stopped':
      return ['stopped'];
    default:
      return [];
  }
}
