import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOurs } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { configuration, instance, simple, VIP } from '../support/vrrp-conf.js';
import { never, until } from '../support/wait.js';

/** Writes a shell script into the node's directory and gives its path. */
function script(node: NetNode, name: string, lines: readonly string[]): string {
  const path = join(node.directory, name);
  writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
  return path;
}

const tracked = (path: string, lines: readonly string[] = []): string[] => [
  'vrrp_script chk {',
  `    script "${path}"`,
  '    interval 1',
  ...lines.map((line) => `    ${line}`),
  '}',
];
const track = ['track_script {', '    chk', '}'];

describe.skipIf(noNamespaces)('scripts', () => {
  let lan: Lan;
  let a: NetNode;
  let b: NetNode;
  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['a', 'b', 'c'] });
    [a, b] = [lan.node('a'), lan.node('b')];
  });
  afterAll(() => lan?.remove());

  it('with a weight move the priority, and with it the address', async () => {
    const good = join(a.directory, 'good');
    writeFileSync(good, '');
    const check = script(a, 'check', [`test -e ${good}`]);
    const strong = await startOurs(
      a,
      configuration(
        [instance({ priority: 100, lines: track })],
        tracked(check, ['weight 50', 'fall 2', 'rise 2']),
      ),
    );
    const weak = await startOurs(b, simple({ priority: 120 }));
    await a.gains(VIP);
    await strong.logged('VRRP_Script(chk) succeeded');
    await strong.logged('(VI_1) Changing effective priority from 100 to 150');
    rmSync(good);
    await strong.logged('VRRP_Script(chk) failed (exited with status 1)');
    await strong.logged('Script `chk` now returning 1');
    await strong.logged('(VI_1) Changing effective priority from 150 to 100');
    await b.gains(VIP);
    await a.loses(VIP);
    writeFileSync(good, '');
    await a.gains(VIP);
    await b.loses(VIP);
    await Promise.all([strong.stop(), weak.stop()]);
  });

  it('that hang are ended, and count as failed', async () => {
    const hang = join(a.directory, 'hang');
    const pids = join(a.directory, 'pids');
    const check = script(a, 'hanging', [
      `if test -e ${hang}; then echo $$ >>${pids}; sleep 1000; fi`,
    ]);
    const daemon = await startOurs(
      a,
      configuration([instance({ lines: track })], tracked(check, ['timeout 1'])),
    );
    await a.gains(VIP);
    writeFileSync(hang, '');
    await daemon.logged('VRRP_Script(chk) timed_out');
    await daemon.logged('(VI_1): entering FAULT state due to script chk');
    await a.loses(VIP);
    rmSync(hang);
    await a.gains(VIP);
    await daemon.stop();
    for (const pid of readFileSync(pids, 'utf8').split('\n').filter(Boolean)) {
      await until(`process ${pid} is gone`, () => !existsSync(`/proc/${pid}`));
    }
  });

  it('that are missing do not keep the others from working, and are named in the log', async () => {
    const check = script(a, 'fine', ['exit 0']);
    const missing = join(a.directory, 'no-such-script');
    const daemon = await startOurs(
      a,
      configuration(
        [
          instance({ name: 'GOOD', vrid: 1, vips: ['10.77.0.101'], lines: track }),
          instance({
            name: 'BAD',
            vrid: 2,
            vips: ['10.77.0.102'],
            lines: ['track_script {', '    gone', '}'],
          }),
        ],
        [...tracked(check), 'vrrp_script gone {', `    script "${missing}"`, '}'],
      ),
    );
    await a.gains('10.77.0.101');
    await daemon.logged(missing);
    await daemon.stop();
    expect(await a.has('10.77.0.101')).toBe(false);
  });

  it('that fail without a weight are FAULT from the start', async () => {
    const check = script(a, 'failing', ['exit 3']);
    const daemon = await startOurs(a, configuration([instance({ lines: track })], tracked(check)));
    await daemon.logged('VRRP_Script(chk) failed (exited with status 3)');
    await daemon.logged('(VI_1): entering FAULT state due to script chk');
    await never('the address is set', () => a.has(VIP), { within: 4_500 });
    await daemon.stop();
  });

  it('told of changes get the arguments that keepalived gives', async () => {
    const c = lan.node('c');
    const out = join(c.directory, 'told');
    const tell = script(c, 'tell', [`echo "$@" >>${out}`]);
    const daemon = await startOurs(
      c,
      simple({
        vips: ['10.77.0.140'],
        lines: [
          `notify ${tell}`,
          `notify_master "${tell} master 'two words'"`,
          `notify_backup "${tell} backup"`,
          `notify_fault "${tell} fault"`,
          `notify_stop "${tell} stop"`,
        ],
      }),
    );
    const told = (): string[] =>
      existsSync(out) ? readFileSync(out, 'utf8').split('\n').filter(Boolean) : [];
    await until('notify of MASTER', () => told().length === 4);
    await c.link('down');
    await until('notify of FAULT', () => told().length === 6);
    await daemon.stop();
    expect(told()).toEqual([
      'backup',
      'INSTANCE VI_1 BACKUP 100',
      'master two words',
      'INSTANCE VI_1 MASTER 100',
      'fault',
      'INSTANCE VI_1 FAULT 100',
      'stop',
      'INSTANCE VI_1 STOP 100',
    ]);
  });
});
