import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Capture } from '../support/capture.js';
import { noKeepalived, startKeepalived, startOurs } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { configuration, instance } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

/** Why there can't be rules here. */
const noNftables =
  spawnSync('nft', ['list', 'ruleset']).status === 0 ? undefined : 'needs nftables';

const GLOBALS = ['global_defs {', '  nftables_counters', '}'];

/** A router whose addresses begin with `net`, and what of them answers. */
const router = (net: string, vrid: number, mode: string): string =>
  configuration(
    [
      instance({
        vrid,
        interval: 0.3,
        vips: [`10.77.0.${net}0/24`],
        lines: [
          'version 3',
          mode,
          'virtual_ipaddress_excluded {',
          `  2001:db8::${net}0/64`,
          `  fe80::${net}0/64`,
          '}',
        ],
      }),
      instance({
        name: 'VI_2',
        vrid: vrid + 1,
        interval: 0.3,
        vips: [`10.77.0.${net}1/24`],
        lines: ['version 3', 'accept'],
      }),
    ],
    GLOBALS,
  );
const closed = (net: string): string[] => [
  `10.77.0.${net}0`,
  `2001:db8::${net}0`,
  `fe80::${net}0%eth0`,
];

/** What a frame of IGMP or ICMPv6 is about; reports have a hop-by-hop header of 8 octets. */
function kindOf(frame: Buffer): string {
  if (frame.readUInt16BE(12) === 0x0800) return 'IGMP';
  const type = frame[20] === 0 ? frame[62] : frame[54];
  if (type === 131 || type === 132 || type === 143) return 'MLD';
  return type === 135 || type === 136 ? 'neighbours' : 'other';
}

describe.skipIf(noNamespaces ?? noKeepalived ?? noNftables)('no_accept', () => {
  let lan: Lan;
  let client: NetNode;
  const answers = (address: string): Promise<boolean> =>
    client.exec('ping', '-c1', '-W3', '-n', address).then(
      () => true,
      () => false,
    );
  const answering = async (addresses: readonly string[]): Promise<string[]> => {
    const found = await Promise.all(addresses.map(answers));
    return addresses.filter((_, i) => found[i]);
  };
  const ruleset = (node: NetNode): Promise<string> => node.exec('nft', 'list', 'ruleset');
  /** What is dropped, without what differs by design: the names of interfaces, and the order. */
  const drops = async (node: NetNode): Promise<string[]> =>
    (await ruleset(node))
      .split('\n')
      .filter((line) => /\b(drop|accept|goto)\b/.test(line))
      .map((line) =>
        line
          .trim()
          .replace(/packets \d+ bytes \d+/, '')
          .replace(/(iif|oif)name/, '$1')
          .replace('_link_local_name', '_link_local'),
      )
      .sort();

  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['ours', 'theirs', 'client'] });
    client = lan.node('client');
    await Promise.all(
      [...lan.nodes.values()].map((node, i) =>
        node.ip(`address add 2001:db8::${i + 1}/64 dev eth0 nodad`),
      ),
    );
  });
  afterAll(() => lan?.remove());

  it('keeps packets from the addresses by the same rules as keepalived, through reload, crash and stop', async () => {
    const [ours, theirs] = [lan.node('ours'), lan.node('theirs')];
    await ours.exec(
      'nft',
      'add table ip mine; add chain ip mine keepalived; add table ip keepalived; add chain ip keepalived left',
    );
    const daemons = await Promise.all([
      startOurs(ours, router('10', 51, 'no_accept')),
      startKeepalived(theirs, router('20', 61, 'no_accept')),
    ]);
    let [daemon] = daemons;
    const master = async (node: NetNode, net: string): Promise<void> => {
      await Promise.all([node.gains(`10.77.0.${net}1`), node.gains(`fe80::${net}0`)]);
    };
    await Promise.all([master(ours, '10'), master(theirs, '20')]);
    const open = ['10.77.0.101', '10.77.0.201'];
    expect(await answering([...closed('10'), ...closed('20'), ...open])).toEqual(open);
    // Neighbour discovery passes, so the addresses are found though they do not answer.
    expect(await client.ip('-6 neighbour show 2001:db8::100')).toContain('lladdr');
    expect(await drops(ours)).toEqual(await drops(theirs));
    expect(await ruleset(ours)).not.toContain('left');

    const reload = async (mode: string, answered: readonly string[]): Promise<void> => {
      writeFileSync(daemon.configuration, router('10', 51, mode));
      daemon.process.signal('SIGHUP');
      const settled = async (): Promise<boolean> =>
        (await answering(closed('10'))).join() === answered.join();
      await until(`${mode}: ${answered.length} addresses answer`, settled);
    };
    await reload('accept', closed('10'));
    await reload('no_accept', []);

    await daemon.crash();
    daemon = await startOurs(ours, router('10', 51, 'no_accept'));
    await daemon.logged('(VI_1) Entering MASTER STATE');
    await master(ours, '10');
    expect(await answering(closed('10'))).toEqual([]);
    expect(await drops(ours)).toEqual(await drops(theirs));
    expect(await daemon.stop()).toBe(0);
    expect(daemon.log()).not.toContain(' error (');
    expect((await ruleset(ours)).split(/\s+/).join(' ').trim()).toBe(
      'table ip mine { chain keepalived { } }',
    );
  });

  it('also keeps a backup from being heard with its virtual MACs', async () => {
    const node = lan.node('ours');
    const wire = await Capture.begin(client, 'igmp or icmp6');
    const base = /ether (\S+)/.exec(await node.ip('-o link show dev eth0'))?.[1] ?? '';
    const daemon = await startOurs(
      node,
      configuration(
        [
          instance({ name: 'V4', vrid: 71, vips: ['10.77.0.170/24'], lines: ['use_vmac'] }),
          instance({
            name: 'V6',
            vrid: 72,
            vips: ['fe80::72', '2001:db8::72'],
            lines: ['use_vmac'],
          }),
        ],
        GLOBALS,
      ),
    );
    await Promise.all([
      node.gains('10.77.0.170', undefined, 'vrrp.71'),
      node.gains('2001:db8::72', undefined, 'vrrp.72'),
    ]);
    /** The kinds of reports and solicitations that an interface has sent. */
    const saidBy = (mac: string): Set<string> =>
      new Set(
        wire.frames
          .filter(({ bytes }) => bytes.toString('hex', 6, 12) === mac.replaceAll(':', ''))
          .map(({ bytes }) => kindOf(bytes)),
      );
    await until('a report leaves by the interface below', () => saidBy(base).has('IGMP'));
    // Copies of those get lost in the kernel, as with keepalived.
    await until('one of IPv6 was held back', async () =>
      /@mld-report.* counter packets [1-9]/.test(await ruleset(node)),
    );
    expect(await daemon.stop()).toBe(0);
    expect([...saidBy('00:00:5e:00:01:47')]).toEqual([]);
    expect([...saidBy('00:00:5e:00:02:48')]).toEqual(['neighbours']);
    expect(await ruleset(node)).not.toContain('vmac');
  });
});
