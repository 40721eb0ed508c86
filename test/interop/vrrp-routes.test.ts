import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Daemon, noKeepalived, startKeepalived, startOurs } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { configuration, instance, VIP } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const ROUTES = [
  'virtual_routes {',
  '  10.20.0.0/16 via 10.77.0.9 dev eth0',
  '  10.22.0.0/16 dev eth0 src 10.77.0.100 metric 5 scope link mtu 1400 advmss lock 1300 rtt 400ms rto_min 300 initcwnd 10 features ecn quickack 1 fastopen_no_cookie 1 no_track',
  '  10.23.0.0/16 table 100 no_track nexthop via 10.77.0.9 dev eth0 weight 2 nexthop via 10.77.0.8 dev eth0 weight 1',
  '  blackhole 10.24.0.0/16 no_track',
  '  10.25.0.0/16 dev eth0 protocol static no_track',
  '  2001:db8:9::/48 via 2001:db8:77::9 dev eth0 metric 7 pref high no_track',
  '  2001:db8:a::/48 dev eth0',
  '  10.27.0.0/16 via 10.99.0.9 dev eth0 onlink',
  '  10.31.0.0/16 via 10.77.0.9 dev eth0 tos 0x10 realms 4/5 append',
  '}',
];
const RULES = [
  'virtual_rules {',
  '  from 10.20.0.0/16 table 100 preference 200',
  '  from 2001:db8::/32 table 101 preference 201',
  '  to 10.30.0.0/16 blackhole preference 202',
  '  from 10.40.0.0/16 lookup 100',
  '  fwmark 0x5/0xf table 100 preference 204',
  '  iif eth0 oif lo goto 300 preference 205',
  '  nop preference 300',
  '  from 10.41.0.0/16 tos 0x10 table 100 preference 206 suppress_prefixlength 0 realms 3/4',
  '  from 10.42.0.0/16 table 100 preference 207 ipproto tcp sport 10-20 dport 30-40 uidrange 0-100 tunnel-id 77',
  '}',
];
const EXCLUDED = [
  'virtual_ipaddress_excluded {',
  '  2001:db8:77::1',
  '  2001:db8:77::2/64',
  '  2001:db8:78::3/64 preferred_lft forever noprefixroute',
  '}',
];
const STATICS = [
  'static_ipaddress {',
  '  10.50.0.1/24 dev eth0 label eth0:st scope link',
  '  2001:db8:50::1/64 dev eth0',
  '}',
  'static_routes {',
  '  10.51.0.0/16 via 10.50.0.9 dev eth0',
  '  blackhole 10.52.0.0/16 no_track',
  '}',
  'static_rules {',
  '  from 10.51.0.0/16 table 100 preference 100',
  '}',
];
const text = (priority: number): string =>
  configuration([instance({ priority, lines: [...EXCLUDED, ...ROUTES, ...RULES] })], STATICS);

/** All addresses, routes and rules of a node, sorted, without what no daemon decides. */
async function kernelState(node: NetNode): Promise<string[]> {
  const shown = [
    await node.ip('-o -d address show dev eth0 scope global'),
    await node.ip('-o -d address show dev eth0 scope link'),
    await node.ip('-o -d -4 route show table all'),
    await node.ip('-o -d -6 route show table all'),
    await node.ip('-d -4 rule'),
    await node.ip('-d -6 rule'),
  ];
  const lines = shown.flatMap((part) => part.split('\n')).filter((line) => !/fe80:|^$/.test(line));
  return lines.map((line) => line.replace(/^\d+: (?=eth0)/, '')).sort();
}

const last = (node: NetNode): Promise<unknown> =>
  until(`${node.name} has all rules`, async () => (await node.ip('rule')).includes('300:'));

describe.skipIf(noNamespaces ?? noKeepalived)('routes and rules beside keepalived', () => {
  let lan: Lan;
  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['a', 'b'] });
  });
  afterAll(() => lan?.remove());

  it('are the same in the kernel, while master and after the end', async () => {
    const a = lan.node('a');
    await a.ip('link set eth0 addrgenmode none');
    const before = await kernelState(a);
    const states: string[][] = [];
    for (const start of [startKeepalived, startOurs]) {
      const daemon: Daemon = await start(a, text(200));
      await last(a);
      await until(
        'IPv6 is ready',
        async () => !(await kernelState(a)).join().includes('tentative'),
      );
      states.push(await kernelState(a));
      await daemon.stop();
      expect(await kernelState(a)).toEqual(before);
    }
    expect(states[1]).toEqual(states[0]);
    expect(states[0]?.join('\n')).toContain('10.31.0.0/16 tos 0x10');
  });

  it('go from keepalived to us and back, and leave nothing behind', async () => {
    const [a, b] = [lan.node('a'), lan.node('b')];
    const ours = await startOurs(b, text(100));
    await last(b);
    const theirs = await startKeepalived(a, text(200));
    await last(a);
    await b.loses(VIP);
    await until('ours has no rules left', async () => !(await b.ip('rule')).includes('300:'));
    await until('nor its routes', async () => {
      return !(await b.ip('route show proto keepalived')).includes('10.20.0.0/16');
    });
    expect(await b.ip('route show proto keepalived')).toContain('10.51.0.0/16');
    await theirs.stop();
    await last(b);
    expect(await b.ip('route show proto keepalived')).toContain('10.20.0.0/16');
    await ours.stop();
    expect(await b.ip('route show table all proto keepalived')).toBe('');
  });
});
