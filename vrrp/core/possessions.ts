import type { PlannedRoute, PlannedRule } from './planned.js';
import { type Act, inOrder, type Router, type Step, stay } from './router.js';
import type { Effect, RouterPlan } from './types.js';
import { addVips, removeVips } from './vips.js';

type Of<T> = (plan: RouterPlan) => readonly T[];
const allRoutes: Of<PlannedRoute> = (plan) => plan.routes;
const allRules: Of<PlannedRule> = (plan) => plan.rules;

/** What a change of routes or rules is called in the log. */
type Told = 'setting-routes' | 'removing-routes' | 'setting-rules' | 'removing-rules';

function change<T>(
  vr: Router,
  entries: readonly T[],
  event: Told,
  effect: (instance: string, entries: readonly T[]) => Effect,
): Step {
  if (entries.length === 0) return stay(vr);
  const instance = vr.plan.name;
  return [vr, [{ do: 'log', event: { event, instance } }, effect(instance, entries)]];
}

export const addRoutes =
  (of = allRoutes): Act =>
  (vr) =>
    change(vr, of(vr.plan), 'setting-routes', (instance, routes) => ({
      do: 'add-routes',
      instance,
      routes,
    }));

export const removeRoutes =
  (of = allRoutes): Act =>
  (vr) =>
    change(vr, of(vr.plan), 'removing-routes', (instance, routes) => ({
      do: 'remove-routes',
      instance,
      routes,
    }));

export const addRules =
  (of = allRules): Act =>
  (vr) =>
    change(vr, of(vr.plan), 'setting-rules', (instance, rules) => ({
      do: 'add-rules',
      instance,
      rules,
    }));

export const removeRules =
  (of = allRules): Act =>
  (vr) =>
    change(vr, of(vr.plan), 'removing-rules', (instance, rules) => ({
      do: 'remove-rules',
      instance,
      rules,
    }));

/** All that a master has in the kernel, in the order of reference §6. */
export const setAll: Act = inOrder(addVips(), addRoutes(), addRules());
export const removeAll: Act = inOrder(removeRules(), removeRoutes(), removeVips());
