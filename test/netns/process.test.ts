import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { noKeepalived } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { Running, run } from '../support/process.js';
import { family } from '../support/processes.js';
import { instance, VIP } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const cli = fileURLToPath(new URL('../../dist/program/cli.js', import.meta.url));

/** The kernel's ids of everything that a daemon runs: threads of ours, processes of keepalived. */
const tasksOf = (pid: number): number[] =>
  family(pid).flatMap((one) => readdirSync(`/proc/${one}/task`).map(Number));
const nameOf = (task: number): string => readFileSync(`/proc/${task}/comm`, 'utf8').trim();

describe.skipIf(noNamespaces ?? noKeepalived).each([
  ['ours', [process.execPath, cli]],
  ["Debian's keepalived", ['keepalived']],
])('%s', (_, program) => {
  let lan: Lan;
  let a: NetNode;
  let pidFolder: string;
  let daemon: Running | undefined;

  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['a'] });
    a = lan.node('a');
    pidFolder = `/run/keepalived/${a.namespace}`;
    mkdirSync('/run/keepalived', { recursive: true });
  });
  afterEach(async () => {
    await daemon?.stop();
  });
  afterAll(async () => {
    await lan?.remove();
    rmSync(pidFolder, { recursive: true, force: true });
  });

  /** Starts it in the network of this test, not in the node's. */
  function start(before: string, notify: string, ...options: string[]): Running {
    const file = join(a.directory, 'k.conf');
    const lines = [`notify_master "${notify}"`];
    const globals = 'process_names\nvrrp_rt_priority 10\nvrrp_cpu_affinity 0\nscript_user root';
    const limit = 'vrrp_rlimit_rttime 5000000';
    writeFileSync(
      file,
      `${before}\nglobal_defs {\n${globals}\n${limit}\n}\n${instance({ priority: 254, lines })}`,
    );
    daemon = new Running('daemon', [...program, '-n', '-l', '-D', '-f', file, ...options]);
    return daemon;
  }

  it('runs in its namespace, with pid files and threads as configured', async () => {
    const told = join(a.directory, 'told');
    const script = join(a.directory, 'tell');
    writeFileSync(script, `#!/bin/sh\nreadlink /proc/self/ns/net > ${told}\n`, { mode: 0o755 });
    const running = start(`instance one\nnet_namespace ${a.namespace}`, script);
    await a.gains(VIP);
    const pid = readFileSync(join(pidFolder, 'keepalived_one.pid'), 'utf8');
    expect(pid).toBe(`${running.pid}\n`);
    expect(nameOf(running.pid)).toBe('keepalived');
    const vrrp = tasksOf(running.pid).find((task) => nameOf(task) === 'keepalived_vrrp');
    if (vrrp === undefined) throw new Error(running.output);
    const schedule = await run(['chrt', '-p', String(vrrp)]);
    expect(schedule).toContain('policy: SCHED_RR|SCHED_RESET_ON_FORK');
    expect(schedule).toContain('priority: 10');
    expect(readFileSync(`/proc/${vrrp}/status`, 'utf8')).toMatch(/^Cpus_allowed_list:\t0$/m);
    const network = readlinkSync(`/proc/${vrrp}/ns/net`);
    expect(network).not.toBe(readlinkSync('/proc/self/ns/net'));
    await until('its script has run', () => readFileSync(told, 'utf8') === `${network}\n`);
    await running.stop();
    expect(existsSync(pidFolder)).toBe(false);
    expect(await a.has(VIP)).toBe(false);
  });

  it('takes the namespace of -s before the one of its configuration', async () => {
    start('net_namespace nowhere', '/bin/true', '-s', a.namespace);
    await a.gains(VIP);
    await daemon?.stop();
    expect(await a.has(VIP)).toBe(false);
  });

  it('ends where there is no such namespace', async () => {
    const running = start('net_namespace nowhere', '/bin/true');
    await running.ended();
    expect(running.output).toContain('nowhere');
    expect(running.output).not.toContain('MASTER STATE');
  });
});
