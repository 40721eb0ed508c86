import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startOurs } from '../support/daemons.js';
import { Lan, noNamespaces } from '../support/netns.js';
import { instance, VIP } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

describe.skipIf(noNamespaces)('startup_script and shutdown_script', () => {
  let lan: Lan;
  afterAll(() => lan?.remove());

  it('stand around all other programs, and a failure is told', async () => {
    lan = await Lan.create({ nodes: ['a'] });
    const node = lan.node('a');
    const told = join(node.directory, 'told');
    const script = join(node.directory, 'tell');
    const body = `sleep 0.2; echo "$*" >>${told}; [ "$1" != shutdown ]`;
    writeFileSync(script, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    const daemon = await startOurs(
      node,
      [
        'global_defs {',
        '  script_user root',
        `  startup_script "${script} startup"`,
        `  shutdown_script "${script} shutdown"`,
        '}',
        instance({ priority: 200, lines: [`notify "${script}"`] }),
      ].join('\n'),
    );
    const lines = (): string[] =>
      existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : [];
    await node.gains(VIP);
    await until('MASTER is told', () => lines().length >= 3);
    process.kill(daemon.process.pid, 'SIGHUP');
    await daemon.logged('Reload complete');
    expect(await daemon.stop()).toBe(0);
    expect(lines()).toEqual([
      'startup',
      'INSTANCE VI_1 BACKUP 200',
      'INSTANCE VI_1 MASTER 200',
      'INSTANCE VI_1 STOP 200',
      'shutdown',
    ]);
    expect(daemon.log()).toContain(`shutdown_script ${script} failed: exit status 1`);
  });
});
