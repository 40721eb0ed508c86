import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Capture } from '../support/capture.js';
import { bothWays, type Daemon, noKeepalived, type StartDaemon } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { configuration, instance } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

/** One way of using a virtual MAC, the interface that comes of it, and where adverts come from. */
interface Kind {
  vrid: number;
  vip: string;
  /** Behind the address in its line. */
  options?: string;
  device: string;
  mac: string;
  /** Adverts have the MAC of the base. */
  sentByBase?: true;
  lines?: readonly string[];
}

const kinds: readonly Kind[] = [
  {
    vrid: 51,
    vip: '10.77.0.151',
    device: 'vrrp.51',
    mac: '00:00:5e:00:01:33',
    lines: ['use_vmac'],
  },
  {
    vrid: 52,
    vip: '10.77.0.152',
    device: 'vm52',
    mac: '00:00:5e:00:01:34',
    sentByBase: true,
    lines: ['version 3', 'use_vmac vm52', 'vmac_xmit_base'],
  },
  {
    vrid: 53,
    vip: '10.77.0.153',
    device: 'vrrp.53',
    mac: '02:11:22:33:44:35',
    lines: ['use_vmac 02:11:22:33:44', 'virtual_ipaddress_excluded {\n2001:db8:77::153/64\n}'],
  },
  {
    vrid: 51,
    vip: '2001:db8:77::151',
    device: 'vrrp6.51',
    mac: '00:00:5e:00:02:33',
    lines: ['use_vmac'],
  },
  {
    vrid: 54,
    vip: '10.77.0.154',
    options: 'use_vmac',
    device: 'vrrp.54',
    mac: '00:00:5e:00:01:36',
    sentByBase: true,
  },
  {
    vrid: 55,
    vip: '10.78.0.155',
    options: 'dev eth1',
    device: 'vrrp.55',
    mac: '00:00:5e:00:01:37',
    sentByBase: true,
    lines: ['use_vmac_addr'],
  },
];

const text = (priority: number): string =>
  configuration(
    kinds.map(({ vrid, vip, options = '', lines = [] }, i) => {
      const vips = vip.includes(':') ? ['fe80::151', `${vip}/64`] : [`${vip}/24 ${options}`];
      return instance({ name: `V${i}`, vrid, priority, vips, lines });
    }),
  );

const settings = [
  'ipv4.conf.DEVICE.arp_ignore',
  'ipv4.conf.DEVICE.arp_filter',
  'ipv4.conf.DEVICE.accept_local',
  'ipv4.conf.DEVICE.rp_filter',
  'ipv4.conf.DEVICE.promote_secondaries',
  'ipv6.conf.DEVICE.disable_ipv6',
  'ipv6.conf.DEVICE.addr_gen_mode',
];

interface ShownLink {
  ifname: string;
  address: string;
  flags: readonly string[];
  linkinfo: { info_kind: string; info_data: { mode: string } };
}

/** What a master's kernel has, in words that two machines should share. */
async function facts(node: NetNode): Promise<unknown> {
  const links = JSON.parse(await node.ip('-d -j link show type macvlan')) as ShownLink[];
  const ofBases: readonly string[] =
    (await node.ip('-br address show type veth')).match(/fe80:\S+/g) ?? [];
  const devices = ['eth0', 'eth1', ...links.map(({ ifname }) => ifname)];
  return {
    links: links.map(({ ifname, address, flags, linkinfo }) => [
      ifname,
      address,
      flags,
      linkinfo.info_kind,
      linkinfo.info_data.mode,
    ]),
    addresses: await Promise.all(
      devices.map(async (device) =>
        (await node.addresses(device))
          .map(({ local, prefixlen, scope, label }) => [
            ofBases.includes(`${local}/${prefixlen}`) ? 'of a base' : `${local}/${prefixlen}`,
            scope,
            label,
          ])
          .sort(),
      ),
    ),
    settings: await Promise.all(
      devices.map((device) => {
        // A dot in a name is a slash to sysctl(8).
        const name = device.replace('.', '/');
        return node.exec(
          'sysctl',
          ...settings.map((setting) => `net.${setting.replace('DEVICE', name)}`),
        );
      }),
    ),
  };
}

const macOf = (bytes: Buffer, at: number): string =>
  bytes.toString('hex', at, at + 6).replace(/..(?=.)/g, '$&:');

interface Pair {
  lan: Lan;
  wire: Capture;
  a: Daemon;
  b: Daemon;
  before: string;
}

async function start(first: StartDaemon, second: StartDaemon): Promise<Pair> {
  const lan = await Lan.create({ nodes: ['a', 'b'] });
  for (const name of ['a', 'b']) {
    await lan.node(name).connect('eth1', `10.78.0.${name === 'a' ? 1 : 2}/24`);
    await until('link-local addresses are there', async () =>
      /fe80:.*scope link (?!tentative)/.test(await lan.node(name).ip('address show dev eth0')),
    );
  }
  const before = await lan.node('a').exec('sysctl', 'net.ipv4.conf.eth0.arp_ignore');
  const wire = await Capture.begin(lan.node('b'), 'proto 112 or ip6 proto 112 or arp or icmp6');
  const a = await first(lan.node('a'), text(200));
  for (const { vip, device } of kinds) await lan.node('a').gains(vip, undefined, device);
  const b = await second(lan.node('b'), text(100));
  for (const i of kinds.keys()) await b.logged(`(V${i}) Entering BACKUP STATE (init)`);
  return { lan, wire, a, b, before };
}

describe.skipIf(noNamespaces ?? noKeepalived)("virtual MACs beside Debian's keepalived", () => {
  let oursFirst: Pair;
  let theirsFirst: Pair;
  const pairs = (): [Pair, Pair] => [oursFirst, theirsFirst];
  beforeAll(async () => {
    [oursFirst, theirsFirst] = await bothWays(start);
  });
  afterAll(() => Promise.all(pairs().map((pair) => pair?.lan.remove())));

  it('make the same interfaces, with the same addresses and settings', async () => {
    const both = (): Promise<unknown[]> =>
      Promise.all(pairs().map(({ lan }) => facts(lan.node('a'))));
    // The kernel makes link-local addresses in its own time; what stays different fails below.
    const areSame = async (): Promise<boolean> => isDeepStrictEqual(...((await both()) as [1, 2]));
    await until('both are the same', areSame, { every: 500 }).catch(() => undefined);
    const [ours, theirs] = await both();
    expect(ours).toEqual(theirs);
    expect(ours).toMatchObject({
      links: kinds.map(({ device, mac }) => [device, mac, expect.anything(), 'macvlan', 'private']),
    });
  });

  it('speak with the virtual MAC, or with that of the base', async () => {
    for (const { lan, wire } of pairs()) {
      const base = (await lan.node('a').ip('-o link show dev eth0')).match(/ether (\S+)/)?.[1];
      const sendersOf = (): Set<string> => {
        const adverts = wire.adverts();
        const frames = wire.advertFrames();
        return new Set(frames.map(({ bytes }, i) => `${adverts[i]?.vrid} ${macOf(bytes, 6)}`));
      };
      await until('all have advertised', () => sendersOf().size >= kinds.length);
      const senders = sendersOf();
      const expected = kinds.map(
        ({ vrid, mac, sentByBase }) => `${vrid} ${sentByBase ? base : mac}`,
      );
      expect([...senders].sort()).toEqual(expected.sort());
      const announced = (): string[] =>
        wire
          .gratuitousArps()
          .map(({ bytes, address }) => `${address} ${macOf(bytes, 6)} ${macOf(bytes, 22)}`);
      for (const { vip, mac } of kinds.filter((kind) => kind.vip.startsWith('10.77.'))) {
        const line = `${vip} ${mac} ${mac}`;
        await until(`an announcement ${line}`, () => announced().includes(line));
      }
      await until('a neighbour advertisement', () =>
        wire.neighbourAdvertisements().some((b) => macOf(b, 6) === '00:00:5e:00:02:33'),
      );
    }
  });

  it('hand over: the other node speaks with the same MAC, and nothing is left behind', async () => {
    await Promise.all(
      pairs().map(async ({ lan, a, b, before }) => {
        await a.stop();
        const [left, right] = [lan.node('a'), lan.node('b')];
        for (const { vip, device } of kinds) await right.gains(vip, undefined, device);
        expect((await left.ip('-br link show type macvlan')).trim()).toBe('');
        expect(b.log()).not.toMatch(/invalid|mismatch|not present|wrong version/i);
        if (a === oursFirst.a) {
          // Differs: keepalived 2.2.7 leaves arp_ignore and arp_filter of the base as it set them.
          expect(await left.exec('sysctl', 'net.ipv4.conf.eth0.arp_ignore')).toBe(before);
        }
      }),
    );
    const heard = (pair: Pair): string[] => {
      const adverts = pair.wire.adverts();
      const frames = pair.wire.advertFrames();
      const ofB = frames.filter((_, i) => adverts[i]?.priority === 100);
      return [...new Set(ofB.map(({ bytes }) => macOf(bytes, 6)))].filter((mac) =>
        mac.startsWith('00:00:5e'),
      );
    };
    for (const pair of pairs()) {
      const both = ['00:00:5e:00:01:33', '00:00:5e:00:02:33'];
      await until('both are heard from b', () => heard(pair).length === both.length);
      expect(heard(pair).sort()).toEqual(both);
    }
  });
});
