import { reveal, type Secret } from '@keepalived-ts/base/secret.js';
import type { Duration } from '@keepalived-ts/base/time.js';
import { passwordField } from '../wire/advert.js';
import type { Authentication, HmacMode } from '../wire/authentication.js';

/** How the adverts of an instance are authenticated; see `Authentication` of vrrp/wire. */
export type AuthenticationPlan<S = Secret> = { type: 'PASS' | 'AH'; password: S } | HmacPlan<S>;

export interface HmacPlan<S = Secret> {
  type: 'HMAC';
  keys: readonly { id: number; key: S }[];
  /** The number of the key to sign with; see `lostKey`. */
  active: number;
  mode: HmacMode;
  /** undefined: `anti_replay monotonic`. */
  window: Duration | undefined;
}

const activeKey = <S>({ keys, active }: HmacPlan<S>): HmacPlan<S>['keys'][number] | undefined =>
  keys.find(({ id }) => id === active);

/**
 * The number of a key that could not be read, though adverts are to be signed with it.
 *
 * A router without it would not be heard, and could not check what others sign with that key: it
 * must not lead.
 */
export const lostKey = (plan: AuthenticationPlan | undefined): number | undefined =>
  plan?.type === 'HMAC' && !activeKey(plan) ? plan.active : undefined;

export function authenticationOf(plan: AuthenticationPlan | undefined): Authentication | undefined {
  if (!plan) return undefined;
  if (plan.type === 'HMAC') return { ...plan, active: activeKey(plan) };
  const field = passwordField(reveal(plan.password));
  return plan.type === 'AH' ? { type: 'AH', key: field } : { type: 'PASS', password: field };
}

/** The same plan with its secrets in another form. */
export const withSecrets = <S, T>(
  plan: AuthenticationPlan<S>,
  as: (secret: S) => T,
): AuthenticationPlan<T> =>
  plan.type === 'HMAC'
    ? { ...plan, keys: plan.keys.map(({ id, key }) => ({ id, key: as(key) })) }
    : { ...plan, password: as(plan.password) };
