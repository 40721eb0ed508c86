import { reveal } from '@keepalived-ts/base/secret.js';
import { describe, expect, it } from 'vitest';
import { withHmacKeys } from '#src/daemon/hmac-keys.js';
import type { PrivateFile } from '#src/notify/private-file.js';
import { loadText } from '#test/support/config.js';

const LONG = 'k'.repeat(40);
const files: Record<string, PrivateFile | string> = {
  '/good': { content: Buffer.from(`${LONG}\n`), objection: undefined },
  '/open': { content: Buffer.from(LONG), objection: 'others may read or write it' },
  '/short': { content: Buffer.from('short\n'), objection: undefined },
  '/link': 'it is a symbolic link',
};

function keysOf(...lines: string[]): { keys: [number, string][]; told: string[] } {
  const block = ['auth_hmac {', ...lines, 'active_key 1', '}'].join('\n');
  const { config } = loadText(
    `vrrp_instance V {\n interface eth0\n virtual_router_id 1\n${block}\n}\n`,
  );
  const told: string[] = [];
  const read = (path: string): PrivateFile | string => files[path] ?? 'ENOENT';
  const { vrrp_instance } = withHmacKeys(config, read, ({ severity, class: kind, message, at }) =>
    told.push(`${severity} ${kind} ${at?.line}: ${message}`),
  );
  const keys = (vrrp_instance[0]?.auth_hmac?.key ?? []).map(({ id, key }): [number, string] => [
    id,
    key.kind === 'secret' ? reveal(key.secret).toString() : 'a file',
  ]);
  return { keys, told };
}

describe('keys of auth_hmac in files', () => {
  it('are what the files hold, without the end of the line', () => {
    expect(keysOf('key 1 file:/good', `key 2 ${LONG}`)).toEqual({
      keys: [
        [1, LONG],
        [2, LONG],
      ],
      told: [],
    });
  });

  it('are used if others may read them, and that is told', () => {
    const told = ['warning security 5: (V) auth_hmac key 1: /open: others may read or write it'];
    expect(keysOf('key 1 file:/open')).toEqual({ keys: [[1, LONG]], told });
  });

  it('stay in their files if they are none, and what follows is told', () => {
    expect(keysOf('key 1 file:/short', 'key 2 file:/link').told).toEqual([
      'error general 6: (V) auth_hmac key 1: /short: a key has 32 to 64 bytes, not 5 - FAULT until a reload finds it',
      'error general 6: (V) auth_hmac key 2: /link: it is a symbolic link - ignoring the key',
    ]);
    // Of two with one number the first one counts.
    expect(keysOf('key 1 file:/good', 'key 1 file:/none').told).toEqual([
      'error general 6: (V) auth_hmac key 1: /none: ENOENT - ignoring the key',
    ]);
    expect(keysOf('key 1 file:/none').keys).toEqual([[1, 'a file']]);
  });
});
