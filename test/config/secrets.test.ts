import { describe, expect, it } from 'vitest';
import { concealed } from '#src/config/secrets.js';

describe('a line is quoted without its secrets', () => {
  it.each([
    ['  auth_pass s3cret', '  auth_pass ***'],
    ['auth_pas s3cret', 'auth_pas ***'],
    ['auht_pass s3cret', 'auht_pass ***'],
    ['auth_password s3cret', 'auth_password ***'],
    ['authpass s3cret', 'authpass ***'],
    ['smtp_password s3cret', 'smtp_password ***'],
    [
      'authentication { auth_type PASS auth_pass s3cret }',
      'authentication { auth_type PASS auth_pass ***',
    ],
    ['    key 1 hex:0011', '    key 1 ***'],
    ['$ROUTER_PASS=s3cret', '$ROUTER_PASS=***'],
    ['  password "s3 cret"', '  password ***'],
  ])('%s', (line, shown) => expect(concealed(line)).toBe(shown));

  it.each([
    'auth_type PASS',
    'auth_hmac {',
    'auth_pass',
    'key /etc/ssl/client.key',
    'misc_path "/usr/bin/check 1"',
    'virtual_router_id 51',
  ])('%s as it is', (line) => expect(concealed(line)).toBe(line));
});
