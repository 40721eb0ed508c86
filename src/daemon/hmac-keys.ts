import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { secret } from '@keepalived-ts/base/secret.js';
import { placeOf } from '#src/config/places.js';
import type { PrivateFile } from '#src/notify/private-file.js';
import { type AuthHmacConfig, KEY_BYTES, type SigningKey } from '#vrrp/keywords/auth-hmac.js';
import type { Config } from './root.js';

/** Reads a file with a secret, or says why that can't be. */
type Read = (path: string) => PrivateFile | string;

const NEWLINE = 0x0a;

/**
 * A configuration whose keys of `auth_hmac` have been taken out of their files. One that is no good
 * stays where it is; one that others can read is told of, and used (reference §4.4).
 */
export function withHmacKeys(config: Config, read: Read, report: Report): Config {
  const vrrp_instance = config.vrrp_instance.map((vr) =>
    vr.auth_hmac ? { ...vr, auth_hmac: settled(vr.name, vr.auth_hmac, read, report) } : vr,
  );
  return { ...config, vrrp_instance };
}

function settled(name: string, hmac: AuthHmacConfig, read: Read, report: Report): AuthHmacConfig {
  const at = placeOf(hmac, 'key');
  const active = hmac.key.find(({ id }) => id === hmac.active_key);
  const key = hmac.key.map((line): SigningKey => {
    if (line.key.kind === 'secret') return line;
    const { path } = line.key;
    const complain = (what: string, kind: 'general' | 'security'): void =>
      report({
        severity: kind === 'security' ? 'warning' : 'error',
        class: kind,
        message: `(${name}) auth_hmac key ${line.id}: ${path}: ${what}`,
        at,
        ofBlock: false,
      });
    const lost = line === active ? 'FAULT until a reload finds it' : 'ignoring the key';
    const file = read(path);
    if (typeof file === 'string') {
      complain(`${file} - ${lost}`, 'general');
      return line;
    }
    const bytes = file.content.at(-1) === NEWLINE ? file.content.subarray(0, -1) : file.content;
    if (bytes.length < KEY_BYTES.least || bytes.length > KEY_BYTES.most) {
      const limits = `${KEY_BYTES.least} to ${KEY_BYTES.most}`;
      complain(`a key has ${limits} bytes, not ${bytes.length} - ${lost}`, 'general');
      return line;
    }
    if (file.objection !== undefined) complain(file.objection, 'security');
    return { id: line.id, key: { kind: 'secret', secret: secret(bytes) } };
  });
  return { ...hmac, key };
}
