import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { describe, expect, test } from 'vitest';
import { checkerBlocks, loadCheckers } from '#checks/shell/registry.js';
import { loadConfiguration } from '#src/daemon/load.js';
import { secured } from '#src/daemon/scripts.js';
import { Accounts } from '#src/notify/accounts.js';
import type { FileFacts } from '#src/notify/examine.js';
import { filesOf } from '#test/support/text-files.js';

const checkers = checkerBlocks(await loadCheckers());

const tree: Record<string, FileFacts> = {
  '/': { kind: 'directory', uid: 0, gid: 0, mode: 0o755 },
  '/opt': { kind: 'directory', uid: 0, gid: 0, mode: 0o755 },
  '/opt/good': { kind: 'file', uid: 0, gid: 0, mode: 0o755 },
  '/opt/open': { kind: 'file', uid: 0, gid: 0, mode: 0o757 },
};

const passwd = 'root:x:0:0::/:/bin/sh\nops:x:1000:1000::/:/bin/sh';
const lookup = (database: string, name: string): string | undefined =>
  database === 'passwd'
    ? passwd.split('\n').find((line) => line.startsWith(`${name}:`))
    : undefined;

/** Settles a configuration and gives it with what was said, as one line each. */
function settle(
  text: string,
  scriptUser: string[] | 'unset' = ['root'],
  more: Record<string, FileFacts> = {},
) {
  const files = filesOf({ 'k.conf': text });
  const { config, diagnostics } = loadConfiguration('k.conf', { files, checkers });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const said: Diagnostic[] = [];
  const accounts = new Accounts(
    scriptUser === 'unset' ? undefined : scriptUser,
    { uid: 0, gid: 0 },
    lookup,
  );
  const rules = { accounts, path: ['/opt'], look: (path: string) => more[path] ?? tree[path] };
  const settled = secured(config, rules, (diagnostic) => said.push(diagnostic));
  return { settled, said, texts: said.map(({ message, at }) => `${at?.line ?? '-'}: ${message}`) };
}

const strict = 'global_defs {\n enable_script_security\n}\n';
const instance = (lines: string): string =>
  `vrrp_instance V {\n interface eth0\n virtual_router_id 1\n ${lines}\n}\n`;

describe('the scripts of a configuration', () => {
  test('that are fine stay as they are', () => {
    const { settled, texts } = settle(`${strict}${instance('notify "/opt/good a b"')}`);
    expect(settled.vrrp_instance[0]?.notify?.argv).toEqual(['/opt/good', 'a', 'b']);
    expect(texts).toEqual([]);
  });

  test('that are missing are left out, each with a line that says where it stands', () => {
    const lines = 'notify_master /opt/none\n notify_fault /opt/good\n notify_stop /opt/gone';
    const { settled, said, texts } = settle(`${strict}${instance(lines)}`);
    expect(settled.vrrp_instance[0]).toMatchObject({
      notify_master: undefined,
      notify_fault: { argv: ['/opt/good'] },
      notify_stop: undefined,
    });
    expect(texts).toEqual([
      '7: script /opt/none does not exist; it will not be run',
      '9: script /opt/gone does not exist; it will not be run',
    ]);
    expect(said.map(({ severity }) => severity)).toEqual(['warning', 'warning']);
  });

  test('that are missing are not tracked either', () => {
    const text = [
      'vrrp_script gone {\n script /opt/none\n}',
      'vrrp_script here {\n script /opt/good\n user ops\n}',
      instance('track_script {\n gone\n here weight 5\n }'),
    ].join('\n');
    const { settled } = settle(`${strict}${text}`);
    expect(settled.vrrp_script.map(({ name, script }) => [name, script.user])).toEqual([
      ['here', 'ops'],
    ]);
    expect(settled.vrrp_instance[0]?.track_script.map(({ script }) => script)).toEqual(['here']);
  });

  test('that others could change run as root only without enable_script_security', () => {
    const text = instance('notify /opt/open');
    const secure = settle(`${strict}${text}`);
    expect(secure.settled.vrrp_instance[0]?.notify).toBeUndefined();
    expect(secure.texts).toEqual([
      '7: script /opt/open: /opt/open is writable by others (mode 0757); it will not be run',
    ]);
    const insecure = settle(text);
    expect(insecure.settled.vrrp_instance[0]?.notify?.argv).toEqual(['/opt/open']);
    expect(insecure.texts).toEqual([
      '4: script /opt/open: /opt/open is writable by others (mode 0757)',
      '-: SECURITY VIOLATION - scripts are being executed but script_security not enabled.',
    ]);
    expect(insecure.said.map((diagnostic) => diagnostic.class)).toEqual(['security', 'security']);
  });

  test('without a path are replaced by what PATH holds', () => {
    const { settled } = settle(`${strict}${instance('notify "good x"')}`);
    expect(settled.vrrp_instance[0]?.notify?.argv).toEqual(['/opt/good', 'x']);
  });

  test('without a path are no mistake of a vrrp_script either', () => {
    const script = 'vrrp_script chk {\n script "good -0 x"\n}\n';
    const { settled, texts } = settle(`${strict}${script}${instance('track_script {\n  chk\n }')}`);
    expect(settled.vrrp_script[0]?.script.argv).toEqual(['/opt/good', '-0', 'x']);
    expect(texts).toEqual([]);
  });

  const opens = (path: string): string =>
    `vrrp_script chk {\n script "${path}"\n}\n${instance('track_script {\n  chk\n }')}`;

  test('that open a file are given to the shell, and are not executed', () => {
    const { settled, texts } = settle(opens("</run/ready 'a b'"));
    expect(settled.vrrp_script[0]?.script.argv).toEqual(['/bin/sh', '-c', "</run/ready 'a b'"]);
    expect(settled.vrrp_instance[0]?.track_script).toHaveLength(1);
    expect(texts).toEqual([]);
  });

  test('that open a file are one redirection, whatever its path is', () => {
    const { settled } = settle(opens('</run/a;reboot'));
    expect(settled.vrrp_script[0]?.script.argv).toEqual(['/bin/sh', '-c', "<'/run/a;reboot'"]);
  });

  test.each(['|', '&&', ';', '>', '>>/x', '2>&1', '&>/dev/null', '`cat', '$(cat', 'b;'])(
    'that need a shell for %s are told of, and run as they are',
    (word) => {
      const { settled, said } = settle(instance(`notify "/opt/good a ${word} c"`));
      expect(said).toMatchObject([{ code: 'script-without-shell' }, { class: 'security' }]);
      expect(settled.vrrp_instance[0]?.notify?.argv).toEqual(['/opt/good', 'a', word, 'c']);
    },
  );

  test('that connect by a path need Bash', () => {
    const text = opens('</dev/tcp/127.0.0.1/80');
    expect(settle(text).texts).toEqual([]);
    const { said } = settle(text, ['root'], { '/bin/sh': { kind: 'link', target: 'dash' } });
    expect(said).toMatchObject([{ class: 'advice', code: 'script-needs-bash', at: { line: 2 } }]);
    const bash = settle(text, ['root'], { '/bin/sh': { kind: 'link', target: '/usr/bin/bash' } });
    expect(bash.texts).toEqual([]);
  });

  test('of a virtual server that is ignored are not looked at', () => {
    const server = 'real_server 10.0.0.2 80 {\n notify_up /opt/none\n }';
    const unknown = `virtual_server group g {\n quorum_up /opt/good\n ${server}\n}\n`;
    expect(settle(unknown).texts).toEqual([]);
    expect(settle(`virtual_server_group g {\n}\n${unknown}`).texts).toEqual([]);
    expect(settle('virtual_server 10.0.0.1 80 {\n quorum_up /opt/good\n}\n').texts).toEqual([]);
    const known = `virtual_server_group g {\n 10.0.0.1 80\n}\n${unknown}`;
    expect(settle(known).texts).toEqual([
      '7: script /opt/none does not exist; it will not be run',
      '-: SECURITY VIOLATION - scripts are being executed but script_security not enabled.',
    ]);
  });

  test('of an unknown user do not run, of which keepalived tells in its log only', () => {
    const { settled, said } = settle(`${strict}${instance('notify /opt/good ghost')}`);
    expect(settled.vrrp_instance[0]?.notify).toBeUndefined();
    expect(said).toMatchObject([
      { class: 'advice', message: 'script /opt/good: unknown user ghost; it will not be run' },
    ]);
  });

  test('of an unknown user are not there for those that track them', () => {
    const script = 'vrrp_script chk {\n script /opt/good\n user ghost\n}\n';
    const { settled, said, texts } = settle(
      `${strict}${script}${instance('track_script {\n  chk\n }')}`,
    );
    expect(settled.vrrp_instance[0]?.track_script).toEqual([]);
    expect(said.map(({ severity }) => severity)).toEqual(['error', 'error']);
    expect(texts).toEqual([
      '6: script /opt/good: unknown user ghost; it will not be run',
      '12: (V) track script chk not found, ignoring...',
    ]);
  });

  test('need somebody to run them as, with enable_script_security', () => {
    const text = instance('notify /opt/good\n notify_master /opt/good root');
    const { settled, texts } = settle(`${strict}${text}`, 'unset');
    expect(settled.vrrp_instance[0]?.notify).toBeUndefined();
    expect(settled.vrrp_instance[0]?.notify_master).toBeDefined();
    expect(texts).toEqual(['7: script /opt/good: nobody to run it as; it will not be run']);
  });

  test('of servers and services are settled like those of instances', () => {
    const text = [
      'virtual_server 10.0.0.1 80 {',
      ' quorum_up /opt/none',
      ' quorum_down /opt/good',
      ' real_server 10.0.0.2 80 {',
      '  notify_up /opt/none',
      '  notify_down /opt/good',
      ' }',
      '}',
    ].join('\n');
    const { settled, texts } = settle(`${strict}${text}`);
    const [service] = settled.virtual_server;
    expect(service).toMatchObject({ quorum_up: undefined, quorum_down: { argv: ['/opt/good'] } });
    expect(service?.real_server[0]).toMatchObject({
      notify_up: undefined,
      notify_down: { argv: ['/opt/good'] },
    });
    expect(texts).toHaveLength(2);
  });
});

describe('the program of a MISC_CHECK', () => {
  const checked = (lines: string): string =>
    `virtual_server 10.0.0.1 80 {\n real_server 10.0.0.2 80 {\n MISC_CHECK {\n ${lines}\n }\n }\n }`;
  const kept = (lines: string, before = '') => {
    const { settled, said } = settle(before + checked(lines));
    const misc = settled.virtual_server[0]?.real_server[0]?.checkers[0];
    return { path: misc?.config.misc_path, classes: said.map((one) => one.class) };
  };

  test('is run as its own user says, or as script_user', () => {
    expect(kept('misc_path "/opt/good a b"\n user ops', strict)).toMatchObject({
      path: { argv: ['/opt/good', 'a', 'b'], user: 'ops' },
      classes: [],
    });
    expect(kept('misc_path "/opt/good" nobody', strict).path).toMatchObject({ user: undefined });
  });

  test('that is missing or must not run takes its checker along', () => {
    expect(kept('misc_path /opt/none', strict)).toEqual({ path: undefined, classes: ['advice'] });
    expect(kept('misc_path /opt/open', strict)).toEqual({ path: undefined, classes: ['security'] });
  });

  test('that nobody can run is a mistake', () => {
    const said = kept('misc_path /opt/good\n user nosuch', strict);
    expect(said).toEqual({ path: undefined, classes: ['general'] });
  });
});
