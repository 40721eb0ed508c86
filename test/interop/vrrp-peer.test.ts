import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Capture, type Frame, type SeenAdvert, withoutSource } from '../support/capture.js';
import {
  bothWays,
  type Daemon,
  noKeepalived,
  type StartDaemon,
  startKeepalived,
  startOurs,
} from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces, type ShownAddress } from '../support/netns.js';
import { LATE, measured } from '../support/timing.js';
import { configuration, instance, skew, VIP } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const STRONG = 200;
const WEAK = 100;

/** Everything that shows on the wire or on the interface. */
const rich = (priority: number): string =>
  configuration([
    instance({ priority }),
    instance({
      name: 'VI_2',
      vrid: 52,
      priority,
      vips: [
        '10.77.0.110/24 brd 10.77.0.255 dev eth0 label eth0:v2',
        '10.77.0.111 brd + scope link',
        '10.77.1.112/25 brd +',
      ],
      lines: [
        'authentication {',
        '    auth_type PASS',
        '    auth_pass longer-than-eight',
        '}',
        'virtual_ipaddress_excluded {',
        '    10.77.0.120/24',
        '    2001:db8:77::121/64',
        '    2001:db8:77::122',
        '}',
        'garp_master_repeat 2',
        'garp_master_delay 2',
      ],
    }),
    instance({
      name: 'VI_3',
      vrid: 53,
      priority,
      interval: 2,
      vips: ['10.77.0.130', '10.77.0.131'],
      lines: [
        'mcast_dst_ip 224.0.0.99',
        'garp_master_refresh 3',
        'garp_master_refresh_repeat 2',
        'garp_master_delay 1',
      ],
    }),
  ]);

const VIPS = [
  '10.77.0.100',
  '10.77.0.110',
  '10.77.0.111',
  '10.77.1.112',
  '10.77.0.120',
  '2001:db8:77::121',
  '2001:db8:77::122',
];

/** One LAN with a master and a backup, and what was seen on it. */
class Pair {
  readonly lan: Lan;
  readonly wire: Capture;
  readonly daemons: Record<'a' | 'b', Daemon>;

  private constructor(lan: Lan, wire: Capture, a: Daemon, b: Daemon) {
    this.lan = lan;
    this.wire = wire;
    this.daemons = { a, b };
  }

  static async start(startA: StartDaemon, startB: StartDaemon): Promise<Pair> {
    const lan = await Lan.create({ nodes: ['a', 'b', 'watcher'] });
    const wire = await Capture.begin(lan.node('watcher'), 'ip proto 112 or arp or icmp6');
    const a = await startA(lan.node('a'), rich(STRONG));
    await a.logged('(VI_3) Entering BACKUP STATE (init)');
    const b = await startB(lan.node('b'), rich(WEAK));
    return new Pair(lan, wire, a, b);
  }

  node(name: 'a' | 'b'): NetNode {
    return this.lan.node(name);
  }

  async allVips(name: 'a' | 'b'): Promise<void> {
    for (const vip of VIPS) {
      await this.node(name)
        .gains(vip)
        .catch((error: Error) => {
          throw new Error(`${error.message}\n${this.daemons[name].log()}`);
        });
    }
  }

  /** The frames of a kind that a node has sent, with its hardware address masked. */
  sent(name: 'a' | 'b', frames: readonly Frame[]): string[] {
    const source = Buffer.from(this.node(name).address.split('.').map(Number));
    return frames
      .filter(({ bytes }) => bytes.readUInt16BE(12) !== 0x0800 || bytes.includes(source, 26))
      .map(({ bytes }) => withoutSource(bytes).toString('hex'));
  }
}

/** What is on eth0, but for the address that the kernel makes itself. */
const shown = async (node: NetNode): Promise<ShownAddress[]> =>
  (await node.addresses()).filter(({ local }) => !local.startsWith('fe80:'));

describe.skipIf(noNamespaces ?? noKeepalived)("ours and Debian's keepalived", () => {
  let oursFirst: Pair;
  let theirsFirst: Pair;
  const pairs = (): [Pair, Pair] => [oursFirst, theirsFirst];

  beforeAll(async () => {
    [oursFirst, theirsFirst] = await bothWays(Pair.start);
    for (const pair of pairs()) await pair.allVips('a');
  });
  afterAll(async () => {
    for (const pair of pairs()) await pair?.lan.remove();
  });

  it('put the same addresses on the interface, with the same label, scope and broadcast', async () => {
    for (const pair of pairs()) {
      for (const vip of VIPS) expect(await pair.node('b').has(vip)).toBe(false);
    }
    for (const pair of pairs()) await pair.node('a').gains('10.77.0.131');
    const ours = await shown(oursFirst.node('a'));
    const theirs = await shown(theirsFirst.node('a'));
    const byAddress = (x: ShownAddress, y: ShownAddress): number => x.local.localeCompare(y.local);
    expect(ours.sort(byAddress)).toEqual(theirs.sort(byAddress));
  });

  it('send the same adverts, byte for byte but for the source', async () => {
    const distinct = (pair: Pair): string[] =>
      [...new Set(pair.sent('a', pair.wire.advertFrames()))].sort();
    for (const pair of pairs()) {
      await until('adverts of all instances', () => distinct(pair).length >= 3);
    }
    expect(distinct(oursFirst)).toHaveLength(3);
    expect(distinct(oursFirst)).toEqual(distinct(theirsFirst));
  });

  it('send the same gratuitous ARP: frames, numbers and order per instance', async () => {
    const seen = (pair: Pair, pattern: RegExp): string[] =>
      pair.wire
        .gratuitousArps()
        .filter(({ address }) => pattern.test(address))
        .map(({ bytes }) => withoutSource(bytes).toString('hex'));
    const refreshed = /\.13[01]$/;
    // Both batches; two addresses five times in each, and refreshed for ever.
    const counts: [pattern: RegExp, count: number][] = [
      [/\.100$/, 10],
      [/\.1(10|11|12|20)$/, 16],
      [refreshed, 20],
    ];
    const isComplete = (pair: Pair): boolean =>
      counts.every(([pattern, count]) => seen(pair, pattern).length >= count);
    await until('both batches of all', () => pairs().every(isComplete));
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // for frames too many
    for (const [pattern, count] of counts) {
      const [ours, theirs] = pairs().map((pair) => seen(pair, pattern));
      const most = pattern === refreshed ? count : undefined;
      expect(ours?.slice(0, most)).toEqual(theirs?.slice(0, most));
    }
  });

  it('send the same neighbour advertisements for IPv6 addresses that follow the master', async () => {
    const seen = (pair: Pair): string[] =>
      pair.wire.neighbourAdvertisements().map((bytes) => withoutSource(bytes).toString('hex'));
    await until('as many by both', () => {
      const [ours, theirs] = pairs().map((pair) => seen(pair).length);
      return ours !== 0 && ours === theirs;
    });
    expect(seen(oursFirst)).toEqual(seen(theirsFirst));
  });

  it('hear each other: no complaint about adverts, one master a group', () => {
    for (const pair of pairs()) {
      for (const { log } of Object.values(pair.daemons)) {
        expect(log()).not.toMatch(/invalid|mismatch|expected|expect |not present|wrong version/i);
      }
      expect(pair.daemons.b.log()).not.toContain('Entering MASTER STATE');
    }
  });

  it('hand over to each other within the skew time after SIGTERM, and take back', async () => {
    for (const pair of pairs()) {
      const start = pair === oursFirst ? startOurs : startKeepalived;
      await measured(async () => {
        const asked = Date.now();
        await pair.daemons.a.stop();
        const after = (wanted: number): Promise<SeenAdvert> =>
          pair.wire.advert(
            `an advert of priority ${wanted}`,
            ({ at, vrid, priority }) => at >= asked && vrid === 51 && priority === wanted,
          );
        await pair.node('b').gains(VIP);
        const [zero, first] = [await after(0), await after(WEAK)];
        for (const vip of VIPS) expect(await pair.node('a').has(vip)).toBe(false);
        await pair.allVips('b');
        pair.daemons.a = await start(pair.node('a'), rich(STRONG));
        await pair.allVips('a');
        await pair.node('b').loses(VIP);
        return { is: first.at - zero.at, most: skew(WEAK) + LATE };
      });
    }
  });

  it('take over from each other after kill -9: in time, and not too early', async () => {
    const takeOver = async (pair: Pair): Promise<{ is: number; most: number }> => {
      const start = pair === oursFirst ? startOurs : startKeepalived;
      const { wire } = pair;
      const of = (wanted: number) => (advert: SeenAdvert) =>
        advert.vrid === 51 && advert.priority === wanted;
      const killed = Date.now();
      await pair.daemons.a.crash();
      await pair.allVips('b');
      const first = await wire.advert('b', (seen) => of(WEAK)(seen) && seen.at > killed);
      const last = wire.adverts().findLast((seen) => of(STRONG)(seen) && seen.at < first.at);
      pair.daemons.a = await start(pair.node('a'), rich(STRONG));
      await pair.allVips('a');
      await pair.node('b').loses(VIP);
      const silence = first.at - (last?.at ?? 0);
      expect(silence).toBeGreaterThan(3_000);
      return { is: silence, most: 3_000 + skew(WEAK) + LATE };
    };
    await Promise.all(pairs().map((pair) => measured(() => takeOver(pair))));
  });

  it('send the same as the other would, also as the one that took over', () => {
    const fromB = (pair: Pair): string[] =>
      [...new Set(pair.sent('b', pair.wire.advertFrames()))].sort();
    expect(fromB(oursFirst).length).toBeGreaterThanOrEqual(3);
    expect(fromB(oursFirst)).toEqual(fromB(theirsFirst));
  });
});
