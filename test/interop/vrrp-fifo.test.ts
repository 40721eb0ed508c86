import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { noKeepalived, startKeepalived, startOurs } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { instance } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

/** A program that copies its fifo, named last, to `lines`; it is without a user of its own. */
function reader(node: NetNode): string {
  const path = join(node.directory, 'reader');
  const line = `[ "$1" = argument ] && exec cat "$2" >>${node.directory}/lines`;
  writeFileSync(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return path;
}

const config = (node: NetNode, vrid: number, more: readonly string[]): string =>
  [
    'global_defs {',
    '  script_user root',
    `  notify_fifo ${node.directory}/all`,
    `  vrrp_notify_fifo ${node.directory}/vrrp`,
    `  vrrp_notify_fifo_script "${reader(node)} argument"`,
    '}',
    instance({ name: 'VI_0', vrid, priority: 120, vips: ['10.77.0.101'] }),
    ...more,
  ].join('\n');

describe.skipIf(noNamespaces ?? noKeepalived)('notification fifos', () => {
  let lan: Lan;
  afterAll(() => lan?.remove());

  it("have the lines that Debian's keepalived writes, in every change", async () => {
    lan = await Lan.create({ nodes: ['ours', 'theirs'] });
    const nodes = [lan.node('ours'), lan.node('theirs')] as const;
    const second = (vrid: number) => [
      instance({ name: 'VI-1', vrid, priority: 90, vips: ['10.77.0.102'] }),
    ];
    const texts = nodes.map((node, i) => config(node, 10 + 10 * i, second(11 + 10 * i)));
    const daemons = await Promise.all([
      startOurs(nodes[0], texts[0] ?? ''),
      startKeepalived(nodes[1], texts[1] ?? ''),
    ]);
    const lines = (node: NetNode, name = ''): string[] => {
      const path = join(node.directory, 'lines');
      const all = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
      return all.filter((line) => line.includes(name) && line !== '');
    };
    const both = (what: string, count: number): Promise<unknown> =>
      until(what, () => nodes.every((node) => lines(node).length >= count));
    await both('BACKUP and MASTER', 4);
    const modes = nodes.map((node) => statSync(join(node.directory, 'all')).mode);
    expect(modes[0]).toBe(modes[1]);
    for (const node of nodes) await node.link('down');
    await both('FAULT', 6);
    for (const node of nodes) await node.link('up');
    await both('BACKUP and MASTER again', 10);
    for (const [i, daemon] of daemons.entries()) {
      const node = nodes[i] as NetNode;
      writeFileSync(daemon.configuration, config(node, 10 + 10 * i, []));
      process.kill(daemon.process.pid, 'SIGHUP');
    }
    await both('FAULT of the one that the reload removes', 11);
    await Promise.all(daemons.map((daemon) => daemon.stop()));
    // keepalived ends its reader together with itself, so its last line may find none.
    await until('STOP', () => lines(nodes[0]).length >= 12);
    for (const name of ['VI_0', 'VI-1']) {
      const [ours, theirs] = nodes.map((node) =>
        lines(node, name).filter((line) => !line.includes('STOP')),
      );
      expect(ours, name).toEqual(theirs);
    }
    expect(lines(nodes[0]).at(-1)).toBe('INSTANCE "VI_0" STOP 120');
    for (const node of nodes) expect(existsSync(join(node.directory, 'all'))).toBe(false);
  });
});
