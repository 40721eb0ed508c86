import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { reveal } from '@keepalived-ts/base/secret.js';
import { seconds } from '@keepalived-ts/base/time.js';
import { afterAll, describe, expect, test } from 'vitest';
import { notifySettings } from '#src/daemon/notify-settings.js';
import { Accounts } from '#src/notify/accounts.js';
import { loadText } from '#test/support/config.js';

const folder = mkdtempSync(join(tmpdir(), 'kt-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string, mode = 0o600): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode });
  return path;
};

/** What follows from lines of global_defs, and what is said of them. */
function settle(lines: readonly string[], parts = { vrrp: true, lvs: true }) {
  const { config } = loadText(`global_defs {\n${lines.join('\n')}\n}\n`);
  const accounts = new Accounts(['ops'], { uid: 0, gid: 0 }, (database, name) =>
    name === 'ops'
      ? 'ops:x:7:8:::'
      : name === 'adm' && database === 'group'
        ? 'adm:x:9:'
        : undefined,
  );
  const said: Diagnostic[] = [];
  const settings = notifySettings(config, accounts, parts, (one) => said.push(one));
  return { ...settings, said: said.map(({ message }) => message) };
}

describe('fifos', () => {
  const three = ['notify_fifo /f', 'vrrp_notify_fifo /v ops adm', 'lvs_notify_fifo /l'];

  test('belong to the user named, else to script_user', () => {
    const { fifos, said } = settle([...three, 'vrrp_notify_fifo_script "/bin/cat -u"']);
    expect(said).toEqual([]);
    expect(fifos).toEqual([
      { scope: 'all', path: '/f', account: { uid: 7, gid: 8 }, script: undefined },
      {
        scope: 'vrrp',
        path: '/v',
        account: { uid: 7, gid: 9 },
        script: { argv: ['/bin/cat', '-u'], account: { uid: 7, gid: 8 } },
      },
      { scope: 'lvs', path: '/l', account: { uid: 7, gid: 8 }, script: undefined },
    ]);
  });

  test('are made for the parts that run', () => {
    const scopes = (vrrp: boolean, lvs: boolean): string[] =>
      settle(three, { vrrp, lvs }).fifos.map(({ scope }) => scope);
    expect(scopes(true, false)).toEqual(['all', 'vrrp']);
    expect(scopes(false, true)).toEqual(['all', 'lvs']);
    expect(scopes(false, false)).toEqual([]);
  });

  test('that are also the one for everything are not told twice', () => {
    const { fifos } = settle(['notify_fifo /f', 'vrrp_notify_fifo /f']);
    expect(fifos.map(({ scope }) => scope)).toEqual(['all']);
  });

  test('of nobody are left out, and that is an error', () => {
    const { fifos, said } = settle(['vrrp_notify_fifo /v nobody-known']);
    expect(fifos).toEqual([]);
    expect(said).toEqual(['Invalid user/group for vrrp fifo /v - ignoring']);
  });
});

test('startup and shutdown scripts may take 10 s, or what is said', () => {
  const { startup, shutdown } = settle([
    'startup_script "/bin/a b"',
    'shutdown_script /bin/c',
    'shutdown_script_timeout 3',
  ]);
  expect([startup?.command.argv, startup?.timeout]).toEqual([['/bin/a', 'b'], seconds(10)]);
  expect([shutdown?.command.argv, shutdown?.timeout]).toEqual([['/bin/c'], seconds(3)]);
});

describe('mail', () => {
  const to = ['smtp_server mail.example.com 587', 'notification_email {', 'a@b', '}'];

  test.each([
    ['a server', to.slice(1)],
    ['a recipient', to.slice(0, 1)],
  ])('is not sent without %s', (_, lines) => {
    expect(settle(lines).mail).toBeUndefined();
  });

  test('goes in the clear and without a login, unless said', () => {
    expect(settle(to).mail).toMatchObject({
      server: { host: 'mail.example.com', port: 587 },
      tls: 'none',
      login: undefined,
      to: ['a@b'],
      timeout: seconds(30),
    });
  });

  test('with a login is encrypted, unless that is ruled out', () => {
    const login = ['smtp_user lb1', 'smtp_password s3cret'];
    const { mail, said } = settle([...to, ...login]);
    expect(said).toEqual([]);
    expect(mail?.tls).toBe('starttls');
    expect(mail?.login && reveal(mail.login.password).toString()).toBe('s3cret');
    expect(settle([...to, ...login, 'smtp_tls none']).mail?.tls).toBe('none');
    expect(settle([...to, ...login, 'smtp_tls tls']).mail?.tls).toBe('tls');
  });

  test('takes the password of a file that is private', () => {
    const path = file('password', 's3cret\n');
    const { mail } = settle([...to, 'smtp_user lb1', `smtp_password_file ${path}`]);
    expect(mail?.login && reveal(mail.login.password).toString()).toBe('s3cret');
  });

  test('does without a password that others may read, and says so', () => {
    const path = file('open', 's3cret\n', 0o644);
    const { mail, said } = settle([...to, 'smtp_user lb1', `smtp_password_file ${path}`]);
    expect(mail?.login).toBeUndefined();
    expect(said).toEqual([
      `smtp_password_file: ${path}: others may read or write it (mode 644): chmod 600 ${path}`,
    ]);
  });

  test('says that a user has no password, and that a file of authorities is missing', () => {
    expect(settle([...to, 'smtp_user lb1']).said).toEqual([
      'smtp_user: there is no smtp_password or smtp_password_file',
    ]);
    const { mail, said } = settle([...to, 'smtp_tls_ca /no/ca.pem']);
    expect(said).toEqual([expect.stringMatching(/^smtp_tls_ca: ENOENT/)]);
    expect(mail?.authorities).toEqual([]);
  });
});
