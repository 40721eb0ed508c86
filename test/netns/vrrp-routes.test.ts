import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOurs } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { configuration, instance, simple, VIP } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const routes = (...lines: string[]): string[] => ['virtual_routes {', ...lines, '}'];
const rules = (...lines: string[]): string[] => ['virtual_rules {', ...lines, '}'];

/** The routes and rules that are keepalived's, a word or two each. */
async function ours(node: NetNode): Promise<string[]> {
  const shown = [
    await node.ip('-o -4 route show table all proto keepalived'),
    await node.ip('-o -6 route show table all proto keepalived'),
    ...(await Promise.all(['-4 -d rule', '-6 -d rule'].map((words) => node.ip(words)))).map(
      (text) => text.replace(/^.*proto (?!keepalived).*\n/gm, ''),
    ),
  ];
  const lines = shown.join('').split('\n').filter(Boolean);
  return lines.map((line) => line.replace(/\s+/g, ' ').split(' ').slice(0, 3).join(' ').trim());
}

const gone = (node: NetNode): Promise<unknown> =>
  until(`${node.name} has no routes`, async () => (await ours(node)).length === 0);
const has = (node: NetNode, entry: string): Promise<unknown> =>
  until(`${node.name} has ${entry}`, async () => (await ours(node)).includes(entry));

describe.skipIf(noNamespaces)('virtual routes and rules in the kernel', () => {
  let lan: Lan;
  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['a', 'b'] });
  });
  afterAll(() => lan?.remove());

  const LINES = [
    ...routes(
      '10.90.0.0/16 via 10.77.0.9 dev eth0',
      '10.91.0.0/16 dev eth0 src 10.77.0.100 table 7',
    ),
    ...rules('from 10.90.0.0/16 table 7 preference 70'),
  ];
  const ALL = ['10.90.0.0/16 via 10.77.0.9', '10.91.0.0/16 dev eth0', '70: from 10.90.0.0/16'];

  it('go over to the next master, also after a crash, and are cleared away at start', async () => {
    const [a, b] = [lan.node('a'), lan.node('b')];
    let strong = await startOurs(a, simple({ priority: 200, lines: LINES }));
    await a.gains(VIP);
    await has(a, ALL[2] ?? '');
    for (const entry of ALL) await has(a, entry);
    const weak = await startOurs(b, simple({ priority: 100, lines: LINES }));
    await strong.crash();
    await b.gains(VIP);
    await has(b, ALL[2] ?? '');
    expect(await ours(a)).toHaveLength(3);
    strong = await startOurs(a, simple({ priority: 90, lines: LINES }));
    await gone(a);
    await weak.stop();
    expect(await ours(b)).toEqual([]);
    await a.gains(VIP);
    await has(a, ALL[2] ?? '');
    await strong.stop();
    expect(await ours(a)).toEqual([]);
  });

  it('that somebody else removes make the master give up for a moment, unless untracked', async () => {
    const a = lan.node('a');
    const daemon = await startOurs(
      a,
      simple({
        priority: 250,
        lines: [
          ...routes('10.90.0.0/16 via 10.77.0.9 dev eth0', '10.92.0.0/16 dev eth0 no_track'),
          ...rules('from 10.90.0.0/16 table 7 preference 70'),
        ],
      }),
    );
    await has(a, '70: from 10.90.0.0/16');
    await a.ip('route delete 10.92.0.0/16');
    await a.ip('route delete 10.90.0.0/16');
    await daemon.logged('virtual route 10.90.0.0/16 via 10.77.0.9 dev eth0 was deleted');
    await daemon.logged(/\(VI_1\) Entering BACKUP STATE$/m);
    await has(a, '10.90.0.0/16 via 10.77.0.9');
    await has(a, '70: from 10.90.0.0/16');
    await a.ip('rule delete preference 70');
    await daemon.logged('virtual rule from 10.90.0.0/16 table 7 preference 70 was deleted');
    await has(a, '70: from 10.90.0.0/16');
    expect(daemon.log()).not.toContain('10.92.0.0/16 dev eth0 was deleted');
    await daemon.stop();
  });

  it('of others are left alone, though they look the same', async () => {
    const a = lan.node('a');
    await a.ip('route add 10.90.0.0/16 via 10.77.0.9');
    await a.ip('rule add from 10.90.0.0/16 table 7 preference 70');
    const daemon = await startOurs(a, simple({ lines: LINES }));
    await has(a, ALL[2] ?? '');
    const shown = await a.ip('-o route show 10.90.0.0/16');
    expect(shown.trim().split('\n')).toHaveLength(2);
    await daemon.stop();
    expect(await ours(a)).toEqual([]);
    expect(await a.ip('route show 10.90.0.0/16')).toContain('via 10.77.0.9');
    expect(await a.ip('rule show')).toContain('70:');
    await a.ip('route delete 10.90.0.0/16');
    await a.ip('rule delete preference 70');
  });

  it('that the kernel refuses are told in words, and set as soon as it takes them', async () => {
    const a = lan.node('a');
    const daemon = await startOurs(
      a,
      simple({ lines: routes('10.93.0.0/16 via 10.66.0.9', '10.94.0.0/16 dev eth0') }),
    );
    await daemon.logged('(VI_1): add route 10.93.0.0/16 via 10.66.0.9 error (');
    await has(a, '10.94.0.0/16 dev eth0');
    await a.ip('address add 10.66.0.1/24 dev eth0');
    await has(a, '10.93.0.0/16 via 10.66.0.9');
    expect(daemon.log().split('10.93.0.0/16 via 10.66.0.9 error')).toHaveLength(2);
    await daemon.stop();
    await a.ip('address delete 10.66.0.1/24 dev eth0');
  });

  it('come back with an interface that nobody tracks', async () => {
    const a = lan.node('a');
    await a.connect('eth1', '10.78.0.1/24');
    const lines = routes('10.95.0.0/16 via 10.78.0.9 dev eth1 no_track');
    const daemon = await startOurs(a, simple({ lines }));
    await has(a, '10.95.0.0/16 via 10.78.0.9');
    await a.link('down', 'eth1');
    await gone(a);
    await a.link('up', 'eth1');
    await has(a, '10.95.0.0/16 via 10.78.0.9');
    await daemon.stop();
    await a.disconnect('eth1');
  });

  it('two masters have in common stay until the second one leaves', async () => {
    const a = lan.node('a');
    const common = routes('10.96.0.0/16 via 10.77.0.9 dev eth0');
    const both = [1, 2].map((n) =>
      instance({ name: `V${n}`, vrid: n, vips: [`10.77.0.${100 + n}/24`], lines: common }),
    );
    const daemon = await startOurs(a, configuration(both));
    await Promise.all([a.gains('10.77.0.101'), a.gains('10.77.0.102')]);
    await has(a, '10.96.0.0/16 via 10.77.0.9');
    expect(daemon.log()).not.toContain(' error (');
    await a.ip('address delete 10.77.0.102/24 dev eth0');
    await daemon.logged(/\(V2\) Entering BACKUP STATE$/m);
    expect(await ours(a)).toEqual(['10.96.0.0/16 via 10.77.0.9']);
    await daemon.stop();
    expect(await ours(a)).toEqual([]);
  });
});
