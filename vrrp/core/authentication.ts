import { reveal, type Secret } from '@keepalived-ts/base/secret.js';
import type { Duration } from '@keepalived-ts/base/time.js';
import { passwordField } from '../wire/advert.js';
import type { Authentication, HmacMode } from '../wire/authentication.js';

/** How the adverts of an instance are authenticated; see `Authentication` of vrrp/wire. */
export type AuthenticationPlan<S = Secret> = { type: 'PASS' | 'AH'; password: S } | HmacPlan<S>;

export interface HmacPlan<S = Secret> {
  type: 'HMAC';
  keys: readonly { id: number; key: S }[];
  /** The number of the key to sign with. */
  active: number;
  mode: HmacMode;
  /** undefined: `anti_replay monotonic`. */
  window: Duration | undefined;
}

export function authenticationOf(plan: AuthenticationPlan | undefined): Authentication | undefined {
  if (plan?.type === 'HMAC') {
    const active = plan.keys.find(({ id }) => id === plan.active);
    return active && { ...plan, active };
  }
  if (!plan) return undefined;
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
