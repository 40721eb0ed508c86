import type { Report, Span } from '@keepalived-ts/base/diagnostics.js';
import { placeOf } from '#src/config/places.js';
import type { Explanation } from '#src/config/traps.js';
import type { Config } from './root.js';

const CODE = 'secret-readable-by-all';

export const readableSecretRemark: Readonly<Record<string, Explanation>> = {
  [CODE]: {
    why: 'Every user of this machine may read the password in the file, and with one of VRRP take the addresses over from any machine of the segment.',
    remedy: 'chmod 600 of the file',
  },
};

/** Permission of others to read, see chmod(2). */
const S_IROTH = 0o004;

/**
 * Tells of each file with a password that everybody may read, at its first one.
 *
 * Not among the traps, since it asks for the mode of files: `modeOf` gives it, or `undefined`.
 */
export function readableSecrets(
  config: Config,
  modeOf: (file: string) => number | undefined,
  report: Report,
): void {
  const first = new Map<string, Span>();
  const note = (at: Span): void => void (first.has(at.file) || first.set(at.file, at));
  const { global_defs } = config;
  if (global_defs.smtp_password !== undefined) note(placeOf(global_defs, 'smtp_password'));
  for (const { authentication, auth_hmac: hmac } of config.vrrp_instance) {
    if (authentication?.auth_pass !== undefined) note(placeOf(authentication, 'auth_pass'));
    if (hmac?.key.some(({ key }) => key.kind === 'secret')) note(placeOf(hmac, 'key'));
  }
  for (const [file, at] of first) {
    const mode = modeOf(file);
    if (mode === undefined || (mode & S_IROTH) === 0) continue;
    const message = `${file} has a password in it and mode ${(mode & 0o7777).toString(8)}`;
    const { remedy: hint } = readableSecretRemark[CODE] as Explanation;
    report({ severity: 'warning', class: 'advice', code: CODE, message, hint, at });
  }
}
