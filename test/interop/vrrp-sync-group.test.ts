import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Daemon, noKeepalived, startKeepalived, startOurs } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { configuration, instance } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

/** A group of an instance on eth0 and one on eth1, each with a VRID and an address from `first`. */
function config(node: NetNode, priority: number, first = 51): string {
  const tell = join(node.directory, 'tell');
  const line = `echo "$@" >>${node.directory}/told.$1.$2`;
  writeFileSync(tell, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  const members = [0, 1].map((i) =>
    instance({
      name: `V${i}`,
      interface: `eth${i}`,
      vrid: first + i,
      priority,
      vips: [vip(i, first)],
      lines: [`notify ${tell}`],
    }),
  );
  const group = ['vrrp_sync_group G {', 'group {', 'V0', 'V1', '}', `notify ${tell}`, '}'];
  return configuration(members, group);
}
const vip = (i: number, first = 51): string => `10.77.${i}.${first + 50}/24`;
const address = (i: number, first = 51): string => `10.77.${i}.${first + 50}`;

async function lanOf(...nodes: string[]): Promise<Lan> {
  const lan = await Lan.create({ nodes });
  await Promise.all(nodes.map((name, i) => lan.node(name).connect('eth1', `10.77.1.${i + 1}`)));
  return lan;
}

const holds = async (node: NetNode, within = 30_000): Promise<void> => {
  await node.gains(address(0), within, 'eth0');
  await node.gains(address(1), within, 'eth1');
};
const holdsNone = async (node: NetNode): Promise<void> => {
  await node.loses(address(0), undefined, 'eth0');
  await node.loses(address(1), undefined, 'eth1');
};

const starters = { ours: startOurs, keepalived: startKeepalived };

describe.skipIf(noNamespaces ?? noKeepalived)('a sync group', () => {
  let lan: Lan;
  const daemons: Daemon[] = [];
  afterEach(async () => {
    await Promise.all(daemons.splice(0).map((daemon) => daemon.stop()));
    await lan?.remove();
  });

  it.each([
    ['ours', 'keepalived'],
    ['keepalived', 'ours'],
  ] as const)(
    'moves as a whole from %s to %s when one interface is down, and back',
    async (a, b) => {
      lan = await lanOf('strong', 'weak');
      const [strong, weak] = [lan.node('strong'), lan.node('weak')];
      daemons.push(await starters[a](strong, config(strong, 150)));
      await holds(strong);
      daemons.push(await starters[b](weak, config(weak, 100)));
      await strong.link('down', 'eth1');
      await Promise.all([holds(weak), holdsNone(strong)]);
      await strong.link('up', 'eth1');
      await Promise.all([holds(strong), holdsNone(weak)]);
    },
  );

  it('logs and notifies as keepalived does, in every change', async () => {
    lan = await lanOf('ours', 'theirs');
    const nodes = [lan.node('ours'), lan.node('theirs')] as const;
    const [ours, theirs] = await Promise.all([
      startOurs(nodes[0], config(nodes[0], 100, 51)),
      startKeepalived(nodes[1], config(nodes[1], 100, 61)),
    ]);
    daemons.push(ours, theirs);
    const told = (node: NetNode, who: string): string[] => {
      try {
        return readFileSync(join(node.directory, `told.${who}`), 'utf8')
          .trim()
          .split('\n');
      } catch {
        return [];
      }
    };
    const both = (what: string, changes: number, who = 'GROUP.G'): Promise<unknown> =>
      until(what, () => nodes.every((node) => told(node, who).length >= changes));
    await both('BACKUP and MASTER', 2);
    await Promise.all(nodes.map((node) => node.link('down', 'eth1')));
    await both('FAULT', 3);
    await Promise.all(nodes.map((node) => node.link('up', 'eth1')));
    await both('BACKUP and MASTER again', 5);
    await Promise.all([ours.stop(), theirs.stop()]);
    await both('STOP', 6);
    for (const who of ['GROUP.G', 'INSTANCE.V0', 'INSTANCE.V1']) {
      await both(`STOP of ${who}`, 6, who);
      expect(told(nodes[0], who), who).toEqual(told(nodes[1], who));
      expect(told(nodes[0], who), who).toHaveLength(6);
    }
    // Which member is the last whose master is silent, and so the first to lead, is chance.
    const story = (daemon: Daemon): string[] =>
      daemon
        .log()
        .split('\n')
        .flatMap((line) => /VRRP_Group.*|\(V[01]\) Entering .*/.exec(line)?.[0] ?? [])
        .map((line) => (line.includes('MASTER STATE') ? line.replace(/V[01]/, 'V?') : line));
    expect(story(ours)).toEqual(story(theirs));
    expect(story(ours).filter((line) => line.includes('Syncing'))).toHaveLength(4);
  });
});
