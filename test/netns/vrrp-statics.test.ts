import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOurs } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { configuration, instance, simple, VIP } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const STATICS = [
  'static_ipaddress {',
  '  10.50.0.1/24 dev eth0 label eth0:st',
  '  2001:db8:50::1/64 dev eth0',
  '}',
  'static_routes {',
  '  10.51.0.0/16 via 10.50.0.9 dev eth0',
  '}',
  'static_rules {',
  '  from 10.51.0.0/16 table 100 preference 100',
  '}',
];

async function statics(node: NetNode): Promise<string[]> {
  const addresses = (await node.addresses()).filter(({ local }) => /^10\.50|db8/.test(local));
  const route = await node.ip('route show proto keepalived');
  const rules = (await node.ip('-d rule')).split('\n').filter((l) => l.includes('keepalived'));
  return [
    ...addresses.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    ...route.split('\n').filter(Boolean),
    ...rules,
  ].map((line) => line.trim().split(/\s+/).slice(0, 3).join(' '));
}

const ALL = [
  '10.50.0.1/24',
  '2001:db8:50::1/64',
  '10.51.0.0/16 via 10.50.0.9',
  '100: from 10.51.0.0/16',
];
const complete = (node: NetNode): Promise<unknown> =>
  until(`${node.name} has its static entries`, async () => {
    const found = await statics(node);
    return ALL.every((entry) => found.includes(entry));
  });

describe.skipIf(noNamespaces)('static addresses, routes and rules', () => {
  let lan: Lan;
  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['a'] });
  });
  afterAll(() => lan?.remove());

  it('are there without any instance, come back when somebody removes them, and go at the end', async () => {
    const a = lan.node('a');
    let daemon = await startOurs(a, configuration([], STATICS));
    await complete(a);
    await a.ip('route delete 10.51.0.0/16');
    await a.ip('rule delete preference 100');
    await a.ip('address delete 2001:db8:50::1/64 dev eth0');
    await daemon.logged('Restoring deleted static route 10.51.0.0/16 via 10.50.0.9 dev eth0');
    await daemon.logged('Restoring deleted static rule from 10.51.0.0/16 table 100 preference 100');
    await daemon.logged('Restoring deleted static address 2001:db8:50::1/64 dev eth0');
    await complete(a);
    await daemon.crash();
    await complete(a);
    daemon = await startOurs(a, configuration([], STATICS));
    await daemon.logged('Startup complete');
    expect(await daemon.stop()).toBe(0);
    expect(daemon.log()).not.toContain(' error (');
    expect(await statics(a)).toEqual([]);
  });

  it('outlive the reign of a master beside them, and survive an interface that goes down', async () => {
    const a = lan.node('a');
    const daemon = await startOurs(a, configuration([instance({ priority: 250 })], STATICS));
    await a.gains(VIP);
    await complete(a);
    await a.link('down');
    await daemon.logged('(VI_1) Entering FAULT STATE');
    expect(await a.has('10.50.0.1')).toBe(true);
    await a.link('up');
    await complete(a);
    await a.gains(VIP);
    await daemon.stop();
    expect(await statics(a)).toEqual([]);
  });

  it('send instances of their track_group to FAULT with their interface', async () => {
    const a = lan.node('a');
    await a.connect('eth1');
    const group = ['track_group UPLINK {', '  group {', '    VI_1', '  }', '}'];
    const address = ['static_ipaddress {', '  10.50.0.1/24 dev eth1 track_group UPLINK', '}'];
    const daemon = await startOurs(
      a,
      configuration([instance({ priority: 250 })], [...group, ...address]),
    );
    await a.gains(VIP);
    await a.link('down', 'eth1');
    await daemon.logged('(VI_1) Entering FAULT STATE');
    await a.link('up', 'eth1');
    await daemon.logged(/\(VI_1\) Entering FAULT STATE$[\s\S]*\(VI_1\) Entering BACKUP STATE$/m);
    await daemon.stop();
    await a.disconnect('eth1');
  });

  it('VIPs have the flags, lifetimes and peers of their lines, like addresses of ip-address(8)', async () => {
    const a = lan.node('a');
    const vips = [`${VIP}/24`, '10.52.0.1 peer 10.52.0.2', '10.53.0.1/24 noprefixroute'];
    const excluded = [
      'virtual_ipaddress_excluded {',
      '  2001:db8:52::1',
      '  2001:db8:52::2/64 -nodad home mngtmpaddr',
      '  2001:db8:52::3/64 preferred_lft 3000 noprefixroute',
      '}',
    ];
    const daemon = await startOurs(a, simple({ vips, lines: excluded }));
    await a.gains('2001:db8:52::3');
    const shown = (await a.ip('-o -d address show dev eth0')).split('\n');
    const line = (part: string): string => shown.find((l) => l.includes(part)) ?? '';
    expect(line('10.52.0.1')).toContain('10.52.0.1 peer 10.52.0.2/32');
    expect(line('10.53.0.1')).toContain('noprefixroute');
    expect(line('db8:52::1/')).toMatch(/\/128 .*nodad.*deprecated.*preferred_lft 0sec/);
    expect(line('db8:52::2/')).toMatch(/home.*mngtmpaddr/);
    expect(line('db8:52::2/')).not.toContain('nodad');
    expect(line('db8:52::3/')).toMatch(/noprefixroute.*preferred_lft [23]\d{3}sec/);
    await daemon.stop();
    const left = await a.ip('-o address show dev eth0');
    expect(left).not.toMatch(/10\.5[23]|db8:52/);
  });

  it('promote_secondaries lets the others of a subnet stay, for as long as the daemon runs', async () => {
    const a = lan.node('a');
    const setting = '/proc/sys/net/ipv4/conf/eth0/promote_secondaries';
    const value = async (): Promise<string> => (await a.exec('cat', setting)).trim();
    const before = await value();
    await a.exec('sysctl', '-qw', 'net.ipv4.conf.eth0.promote_secondaries=0');
    const daemon = await startOurs(a, simple({ lines: ['promote_secondaries'] }));
    await until('it is on', async () => (await value()) === '1');
    await daemon.stop();
    expect(await value()).toBe('0');
    await a.exec('sysctl', '-qw', `net.ipv4.conf.eth0.promote_secondaries=${before}`);
  });
});
