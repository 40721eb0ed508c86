import { entryKey, missingFrom, routeText, ruleText } from './entries.js';
import type { Turn } from './turn.js';
import type { Effect, Input, Possessions } from './types.js';

/** Whose addresses, routes and rules those are that belong to no instance. */
export const NOBODY = '';

export const NOTHING: Possessions = { vips: [], routes: [], rules: [] };

export const isEmpty = ({ vips, routes, rules }: Possessions): boolean =>
  vips.length + routes.length + rules.length === 0;

/** Sets what the machine has in any case. */
export function setStatics(turn: Turn, statics: Possessions): void {
  turn.put({ statics });
  turn.want(...additions(statics));
}

/** Makes them what another plan says; routes are set again, as those of a master are. */
export function changeStatics(turn: Turn, next: Possessions): void {
  const former = turn.world.statics;
  turn.put({ statics: next });
  const [gone, added] = [difference(next, former), difference(former, next)];
  if (isEmpty(gone) && isEmpty(added)) return;
  turn.want(...removals(gone), ...additions({ ...added, routes: next.routes }));
}

export function removeStatics(turn: Turn): void {
  turn.want(...removals(turn.world.statics));
  turn.put({ statics: NOTHING });
}

/** What of one is not in the other. */
const difference = (other: Possessions, { vips, routes, rules }: Possessions): Possessions => ({
  vips: missingFrom(other.vips, vips),
  routes: missingFrom(other.routes, routes),
  rules: missingFrom(other.rules, rules),
});

const additions = ({ vips, routes, rules }: Possessions): Effect[] =>
  (
    [
      { do: 'add-addresses', instance: NOBODY, addresses: vips },
      { do: 'add-routes', instance: NOBODY, routes },
      { do: 'add-rules', instance: NOBODY, rules },
    ] as const
  ).filter((effect) => sizeOf(effect) > 0);

const removals = ({ vips, routes, rules }: Possessions): Effect[] =>
  (
    [
      { do: 'remove-rules', instance: NOBODY, rules },
      { do: 'remove-routes', instance: NOBODY, routes },
      { do: 'remove-addresses', instance: NOBODY, addresses: vips },
    ] as const
  ).filter((effect) => sizeOf(effect) > 0);

const sizeOf = (effect: Effect): number => {
  if ('addresses' in effect) return effect.addresses.length;
  if ('routes' in effect) return effect.routes.length;
  return 'rules' in effect ? effect.rules.length : 0;
};

/** Puts back what somebody took of them. */
export function restoreStatic(
  turn: Turn,
  lost: Extract<Input, { kind: 'address-lost' | 'route-lost' | 'rule-lost' }>,
): void {
  const { vips, routes, rules } = turn.world.statics;
  if (lost.kind === 'address-lost') {
    const found = vips.find(
      (vip) =>
        vip.tracked &&
        vip.interface === lost.interface &&
        vip.address === lost.address &&
        vip.prefix === lost.prefix,
    );
    if (!found) return;
    const entry = `address ${found.address}/${found.prefix} dev ${found.interface}`;
    turn.want(told(entry), { do: 'add-addresses', instance: NOBODY, addresses: [found] });
  } else if (lost.kind === 'route-lost') {
    const found = routes.find((route) => entryKey(route) === entryKey(lost.route));
    if (!found) return;
    const entry = `route ${routeText(found)}`;
    turn.want(told(entry), { do: 'add-routes', instance: NOBODY, routes: [found] });
  } else {
    const found = rules.find((rule) => entryKey(rule) === entryKey(lost.rule));
    if (!found) return;
    const entry = `rule ${ruleText(found)}`;
    turn.want(told(entry), { do: 'add-rules', instance: NOBODY, rules: [found] });
  }
}

const told = (entry: string): Effect => ({
  do: 'log',
  event: { event: 'static-restored', entry },
});

/** Before addresses come and after they go: what becomes of a subnet without its first one. */
export function promote(turn: Turn, interfaces: readonly string[]): void {
  if (interfaces.join() === turn.world.promoted.join()) return;
  turn.put({ promoted: interfaces });
  turn.want({ do: 'promote-secondaries', interfaces });
}
