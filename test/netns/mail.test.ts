import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startOurs } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import type { Running } from '../support/process.js';
import { instance, VIP } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const PORT = 2525;
const sink = join(import.meta.dirname, '../support/mail-sink.mjs');
const serve = (node: NetNode): Running => node.spawn([process.execPath, sink, `${PORT}`]);
const subjects = ({ output }: Running): string[] =>
  [...output.matchAll(/Subject: (.*?)\\r\\n/g)].map(([, subject = '']) => subject);

const config = (router: string): string =>
  [
    'global_defs {',
    `  router_id ${router}`,
    '  notification_email {',
    '    ops@example.com',
    '  }',
    `  smtp_server 127.0.0.1 ${PORT}`,
    '  smtp_alert_vrrp',
    '}',
    instance({ priority: 200 }),
  ].join('\n');

describe.skipIf(noNamespaces)('mail', () => {
  let lan: Lan;
  afterAll(() => lan?.remove());

  it('waits for a server that is away, and a server that hangs keeps nobody from ending', async () => {
    lan = await Lan.create({ nodes: ['a'] });
    const node = lan.node('a');
    const daemon = await startOurs(node, config('R1'));
    await daemon.logged('SMTP alert delayed');
    await node.gains(VIP);
    await daemon.logged('Entering MASTER STATE');
    // What waits goes out by the configuration in use.
    writeFileSync(daemon.configuration, config('R2'));
    process.kill(daemon.process.pid, 'SIGHUP');
    await daemon.logged('Reload complete');
    const server = serve(node);
    await until('both arrive', () => subjects(server).length === 2, { within: 20_000 });
    expect(subjects(server)).toEqual([
      '[R2] VRRP Instance VI_1 - Entering BACKUP state',
      '[R2] VRRP Instance VI_1 - Entering MASTER state',
    ]);
    process.kill(server.pid, 'SIGSTOP');
    const begin = performance.now();
    // Five seconds are the daemon's; the server would take those of its connect timeout, 30.
    expect(await daemon.process.stop('SIGTERM', 25_000)).toBe(0);
    expect(performance.now() - begin).toBeLessThan(15_000);
    expect(daemon.log()).toContain('SMTP alerts that could not be sent: 1');
    process.kill(server.pid, 'SIGCONT');
  });
});
