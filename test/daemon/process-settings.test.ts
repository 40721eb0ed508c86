import { seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, test } from 'vitest';
import { customaryPidFile, pidFolder } from '#src/daemon/pid-files.js';
import {
  identityOf,
  type Overrides,
  processSettings,
  suffixOf,
} from '#src/daemon/process-settings.js';
import { loadText } from '#test/support/config.js';

const nothing: Overrides = { namespace: undefined, umask: undefined };
const settings = (text: string, overrides = nothing) =>
  processSettings(loadText(text).config, overrides);
const identity = (text: string, overrides = nothing) =>
  identityOf(loadText(text).config, overrides);

describe('the settings of the process', () => {
  test('without a word are those of keepalived', () => {
    expect(settings('')).toMatchObject({
      name: 'keepalived',
      threads: { vrrp: { name: 'keepalived', nice: 0, realTime: undefined, cpus: undefined } },
      realTimeLimit: undefined,
      childWait: seconds(5),
      umask: 0o177,
    });
  });

  test('give each part its own name, priority and CPUs', () => {
    const { threads } = settings(`global_defs {
      process_names
      vrrp_priority -10
      vrrp_cpu_affinity 0 1
      checker_process_name checker
      checker_rt_priority 7
      max_auto_priority 20
      min_auto_priority_delay 500000
    }`);
    const rise = { most: 20, late: seconds(0.5) };
    expect(threads).toEqual({
      vrrp: { name: 'keepalived_vrrp', nice: -10, realTime: undefined, cpus: [0, 1], rise },
      check: { name: 'checker', nice: 0, realTime: 7, cpus: undefined, rise },
    });
  });

  test('take the longer limit, and the umask of the command line', () => {
    const text = 'global_defs {\n vrrp_rlimit_rttime 5\n checker_rlimit_rttime 9\n umask 027\n}';
    expect(settings(text).realTimeLimit).toBe(9);
    expect(settings(text).umask).toBe(0o27);
    expect(settings(text, { ...nothing, umask: 0o77 }).umask).toBe(0o77);
  });
});

test.each([
  ['', '/run/vrrp.pid', '/run', ''],
  ['use_pid_dir', '/run/keepalived/vrrp.pid', '/run/keepalived', ''],
  ['instance a', '/run/keepalived/vrrp_a.pid', '/run/keepalived', '_a'],
  ['net_namespace blue', '/run/keepalived/blue/vrrp.pid', '/run/keepalived/blue', '_blue'],
  [
    'net_namespace blue\ninstance a',
    '/run/keepalived/blue/vrrp_a.pid',
    '/run/keepalived/blue',
    '_blue_a',
  ],
])('with "%s" the pid file is %s', (text, file, folder, suffix) => {
  const who = identity(text);
  expect(customaryPidFile('vrrp', who)).toBe(file);
  expect(pidFolder(who)).toBe(folder);
  expect(suffixOf(who)).toBe(suffix);
});

test('-s goes before net_namespace', () => {
  const overrides = { ...nothing, namespace: 'red' };
  expect(identity('net_namespace blue', overrides).namespace).toBe('red');
});
