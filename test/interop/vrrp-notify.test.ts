import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { noKeepalived, startKeepalived, startOurs } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { configuration, instance } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const VIPS = ['10.77.0.101', '10.77.0.102'];

/** A script that appends its arguments, one line a call, to `told.NAME`. */
function teller(node: NetNode): string {
  const path = join(node.directory, 'tell');
  const lines = ['#!/bin/sh', 'name=$1; shift', `echo "$#: $*" >>${node.directory}/told.$name`];
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o755 });
  return path;
}

/** `vips`: one instance for each; a script has its user behind it, or none. */
const config = (tell: string, vrid: number, vips = VIPS): string =>
  configuration(
    vips.map((vip, i) =>
      instance({
        name: `VI_${i}`,
        vrid: vrid + i,
        priority: 110 + i,
        vips: [vip],
        lines: [
          `notify "${tell} all"`,
          `notify_master "${tell} master${i} one 'two words'"`,
          `notify_backup "${tell} backup${i}"`,
          `notify_fault "${tell} fault${i} now" root root`,
          `notify_stop "${tell} stop${i}"`,
        ],
      }),
    ),
  );

describe.skipIf(noNamespaces ?? noKeepalived)('notify scripts', () => {
  let lan: Lan;
  afterAll(() => lan?.remove());

  it("get the arguments that Debian's keepalived gives them, in every change", async () => {
    lan = await Lan.create({ nodes: ['ours', 'theirs'] });
    const nodes = [lan.node('ours'), lan.node('theirs')] as const;
    const daemons = await Promise.all([
      startOurs(nodes[0], config(teller(nodes[0]), 10)),
      startKeepalived(nodes[1], config(teller(nodes[1]), 20)),
    ]);
    const told = (node: NetNode, name: string): string[] => {
      try {
        return readFileSync(join(node.directory, `told.${name}`), 'utf8')
          .trim()
          .split('\n');
      } catch {
        return [];
      }
    };
    const both = (what: string, name: string, lines: number): Promise<unknown> =>
      until(what, () => nodes.every((node) => told(node, name).length >= lines));
    await both('BACKUP and MASTER of both', 'all', 4);
    for (const node of nodes) await node.link('down');
    await both('FAULT', 'all', 6);
    for (const node of nodes) await node.link('up');
    await both('BACKUP and MASTER again', 'all', 10);
    for (const [i, daemon] of daemons.entries()) {
      const node = nodes[i] ?? nodes[0];
      writeFileSync(daemon.configuration, config(teller(node), 10 + 10 * i, VIPS.slice(0, 1)));
      process.kill(daemon.process.pid, 'SIGHUP');
    }
    await both('FAULT of the one that the reload removes', 'all', 11);
    await Promise.all(daemons.map((daemon) => daemon.stop()));
    await both('STOP', 'all', 12);
    const times = { master0: 2, master1: 2, backup0: 2, fault0: 1, stop0: 1 };
    for (const [name, count] of Object.entries(times)) {
      await both(name, name, count);
      expect(told(nodes[0], name), name).toEqual(told(nodes[1], name));
      expect(told(nodes[0], name), name).toHaveLength(count);
    }
    // Differs: 2.2.7 leaves notify_fault out for an instance that is removed; 2.4 does not.
    await until('notify_fault of the link and of the removal', () => {
      return told(nodes[0], 'fault1').length === 2;
    });
    expect(told(nodes[1], 'fault1')).toEqual(['1: now']);
    // The instances run beside each other: only the order within one is fixed.
    for (const name of ['VI_0', 'VI_1']) {
      const [ours, theirs] = nodes.map((node) =>
        told(node, 'all').filter((line) => line.includes(name)),
      );
      expect(ours).toEqual(theirs);
    }
  });
});
