import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { type Duration, seconds, toSeconds } from '@keepalived-ts/base/time.js';
import type { AuthHmacConfig } from '../keywords/auth-hmac.js';
import type { VrrpInstanceConfig } from '../keywords/vrrp-instance.js';
import type { AuthenticationPlan } from './authentication.js';
import type { Kind } from './plan-kind.js';
import { adjust } from './plan-report.js';

/** Seconds that clocks may be apart, unless `time_window` says so. */
const WINDOW = { adverts: 3, least: 5, most: 300 } as const;

/** How the adverts of an instance are authenticated, at most one way (reference §3). */
export function planAuthentication(
  vr: VrrpInstanceConfig,
  kind: Kind,
  advertInterval: Duration,
  report: Report,
): AuthenticationPlan | undefined {
  const { auth_hmac: hmac, authentication } = vr;
  if (hmac && authentication) {
    const message = `(${vr.name}) authentication is ignored with auth_hmac`;
    adjust(report, message, { at: authentication.at });
  }
  return hmac ? planHmac(hmac, kind, advertInterval) : planPassword(vr, kind, report);
}

/**
 * Compat: without a line for the key to sign with there is no authentication (reference §3), which
 * the block itself tells of. Differs: a line whose file could not be read is no reason to trust
 * everybody; see `lostKey`.
 */
function planHmac(
  { key: lines, active_key: active, ...hmac }: AuthHmacConfig,
  { strict }: Kind,
  advertInterval: Duration,
): AuthenticationPlan | undefined {
  const keys = lines.flatMap(({ id, key }, i) => {
    const isFirst = lines.findIndex((line) => line.id === id) === i;
    return isFirst && key.kind === 'secret' ? [{ id, key: key.secret }] : [];
  });
  if (active === undefined || !lines.some(({ id }) => id === active)) return undefined;
  return {
    type: 'HMAC',
    keys,
    active,
    mode: strict ? 'enforce' : hmac.mode,
    window:
      hmac.anti_replay === 'time' ? (hmac.time_window ?? usualWindow(advertInterval)) : undefined,
  };
}

const usualWindow = (advertInterval: Duration): Duration =>
  seconds(
    Math.min(
      Math.max(WINDOW.adverts * Math.floor(toSeconds(advertInterval)), WINDOW.least),
      WINDOW.most,
    ),
  );

function planPassword(
  vr: VrrpInstanceConfig,
  { family, version, strict }: Kind,
  report: Report,
): AuthenticationPlan | undefined {
  const { authentication } = vr;
  if (authentication?.auth_type === undefined) return undefined;
  const { auth_type: type, auth_pass: password, at } = authentication;
  if (version === 3 || strict) {
    const why = strict ? 'Strict mode' : 'VRRP version 3';
    adjust(report, `(${vr.name}) ${why} does not support authentication. Ignoring.`, { at });
    return undefined;
  }
  if (type === 'AH' && family === 6) {
    adjust(report, `(${vr.name}) Cannot use AH authentication with IPv6. ignoring`, { at });
    return undefined;
  }
  if (password !== undefined) return { type, password };
  const message = `(${vr.name}) Authentication specified but no password given. Ignoring`;
  adjust(report, message, { at });
  return undefined;
}
