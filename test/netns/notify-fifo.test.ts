import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startOurs } from '../support/daemons.js';
import { Lan, noNamespaces } from '../support/netns.js';
import { instance } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

describe.skipIf(noNamespaces)('a notification fifo', () => {
  let lan: Lan;
  afterAll(() => lan?.remove());

  it('tells of groups, priorities, and after a reload of how everything stands', async () => {
    lan = await Lan.create({ nodes: ['a'] });
    const node = lan.node('a');
    const path = join(node.directory, 'lines');
    const reader = join(node.directory, 'reader');
    writeFileSync(reader, `#!/bin/sh\nexec cat "$1" >>${path}\n`, { mode: 0o755 });
    const config = (weight: number): string =>
      [
        'global_defs {',
        '  script_user root',
        `  notify_fifo ${node.directory}/fifo`,
        `  notify_fifo_script ${reader}`,
        '  vrrp_notify_priority_changes on',
        '  fifo_write_vrrp_states_on_reload',
        '}',
        'vrrp_script up {',
        '  script /bin/true',
        '  interval 1',
        `  weight ${weight}`,
        '}',
        'vrrp_sync_group G {',
        '  group {',
        '    GROUPED',
        '  }',
        '}',
        instance({ name: 'GROUPED', vrid: 1, vips: ['10.77.0.101'] }),
        instance({
          name: 'ALONE',
          vrid: 2,
          vips: ['10.77.0.102'],
          lines: ['track_script {', '  up', '}'],
        }),
      ].join('\n');
    const lines = (): string[] =>
      existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
    const daemon = await startOurs(node, config(5));
    await until('all is told', () => lines().filter((line) => / MASTER /.test(line)).length === 3);
    expect(lines().filter((line) => line.includes('"ALONE"'))).toEqual([
      'INSTANCE "ALONE" BACKUP 100',
      'INSTANCE "ALONE" BACKUP_PRIORITY 105',
      'INSTANCE "ALONE" MASTER 105',
    ]);
    const before = lines().length;
    writeFileSync(daemon.configuration, config(7));
    process.kill(daemon.process.pid, 'SIGHUP');
    await until('all is told again', () => lines().length >= before + 4);
    expect(lines().slice(before)).toEqual([
      'INSTANCE "ALONE" MASTER_PRIORITY 107',
      'GROUP "G" MASTER 0',
      'INSTANCE "GROUPED" MASTER 100',
      'INSTANCE "ALONE" MASTER 107',
    ]);
    expect(await daemon.stop()).toBe(0);
    expect(existsSync(`${node.directory}/fifo`)).toBe(false);
  });
});
