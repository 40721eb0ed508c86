import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Daemon, startOurs } from '../support/daemons.js';
import { Lan, noNamespaces } from '../support/netns.js';
import { configuration, instance, VIP } from '../support/vrrp-conf.js';

describe.skipIf(noNamespaces)('what a router tracks', () => {
  let lan: Lan;
  let daemon: Daemon | undefined;
  afterEach(async () => {
    await daemon?.stop();
    daemon = undefined;
    await lan?.remove();
  });

  it('is a file: another number than 0 is a FAULT, and init_file makes it', async () => {
    lan = await Lan.create({ nodes: ['node'] });
    const node = lan.node('node');
    const file = join(node.directory, 'drain');
    const definition = ['track_file drain {', `file ${file}`, 'weight 0', 'init_file 0', '}'];
    const lines = ['track_file {', 'drain', '}'];
    daemon = await startOurs(node, configuration([instance({ lines })], definition));
    await node.gains(VIP);
    expect(readFileSync(file, 'utf8')).toBe('0\n');
    writeFileSync(file, '1\n');
    await node.loses(VIP);
    await daemon.logged('(VI_1): tracked file drain now FAULT state');
    rmSync(file);
    await node.gains(VIP);
  });

  it('is a process, which is looked for where the kernel does not tell of it', async () => {
    lan = await Lan.create({ nodes: ['node'] });
    const node = lan.node('node');
    // A name that no other process of this machine has.
    const name = `kts${process.pid}`;
    const program = join(node.directory, name);
    copyFileSync('/bin/sleep', program);
    const definition = ['vrrp_track_process web {', `process ${name}`, 'weight 0', '}'];
    const lines = ['track_process {', 'web', '}'];
    daemon = await startOurs(node, configuration([instance({ lines })], definition));
    await daemon.logged('(VI_1) entering FAULT state (tracked process web quorum not achieved)');
    await daemon.logged('The kernel does not tell of processes');
    const child = node.spawn([program, '60']);
    await node.gains(VIP);
    await child.stop();
    await node.loses(VIP);
    await daemon.logged('Quorum lost for tracked process web');
  });
});
