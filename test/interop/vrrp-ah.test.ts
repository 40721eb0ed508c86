import { afterAll, describe, expect, it } from 'vitest';
import { bothWays, type Daemon, noKeepalived, type StartDaemon } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { configuration, instance } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const VIPS = ['10.77.0.101', '10.77.0.102'];
const lans: Lan[] = [];

/** An instance that advertises to the group, and one that does to its peer. */
const config = (priority: number, peer: string): string => {
  const authentication = ['authentication {', ' auth_type AH', ' auth_pass s3cret', '}'];
  const toPeer = ['unicast_peer {', ` ${peer}`, '}'];
  return configuration([
    instance({ name: 'G', vrid: 51, priority, vips: VIPS.slice(0, 1), lines: authentication }),
    instance({
      name: 'P',
      vrid: 52,
      priority,
      vips: VIPS.slice(1),
      lines: [...authentication, ...toPeer],
    }),
  ]);
};

const holds = (node: NetNode, all: boolean) => async (): Promise<boolean> => {
  const held = (await node.addresses()).map(({ local }) => local);
  return VIPS.every((vip) => held.includes(vip) === all);
};
const became = (daemon: Daemon, state: string): number =>
  daemon.log().split(`Entering ${state} STATE`).length - 1;

/** The stronger of two routers leads, goes, comes back and leads again. */
async function play(strong: StartDaemon, weak: StartDaemon): Promise<void> {
  const lan = await Lan.create({ nodes: ['a', 'b'] });
  lans.push(lan);
  const [a, b] = [lan.node('a'), lan.node('b')];
  const first = await strong(a, config(200, '10.77.0.2'));
  const backup = await weak(b, config(100, '10.77.0.1'));
  await until('the stronger leads', holds(a, true));
  // A few adverts later: who does not believe them would lead as well.
  await new Promise((over) => setTimeout(over, 4_500));
  expect(became(backup, 'MASTER')).toBe(0);
  await first.stop();
  await until('the other takes over', holds(b, true));
  const second = await strong(a, config(200, '10.77.0.2'));
  await until('the stronger leads again', holds(a, true));
  await until('the other yields', holds(b, false));
  const reigns = (): number[] => [backup, second].map((daemon) => became(daemon, 'MASTER'));
  await until('both tell of both instances', () => reigns().every((n) => n >= 2));
  expect(reigns()).toEqual([2, 2]);
  await Promise.all([second.stop(), backup.stop()]);
}

describe.skipIf(noNamespaces ?? noKeepalived)('auth_type AH', () => {
  afterAll(() => Promise.all(lans.map((lan) => lan.remove())));

  it("is what Debian's keepalived means by it, to a group and to a peer, both ways round", async () => {
    await bothWays(play);
  });
});
