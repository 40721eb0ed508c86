import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Capture, type SeenAdvert, withoutSource } from '../support/capture.js';
import { bothWays, type Daemon, noKeepalived, type StartDaemon } from '../support/daemons.js';
import { Lan, noNamespaces } from '../support/netns.js';
import { LATE, measured } from '../support/timing.js';
import { configuration, instance } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const STRONG = 200;
const WEAK = 100;

/** One way of speaking VRRP: its VRID, its interval in seconds, an address that moves. */
interface Kind {
  what: string;
  vrid: number;
  interval: number;
  version: 2 | 3;
  vip: string;
  vips?: readonly string[];
  lines(own: number, other: number): readonly string[];
}

const unicast = (network: string, own: number, other: number): string[] => [
  `unicast_src_ip ${network}${own}`,
  `unicast_peer {\n${network}${other}\n${network}9\n}`,
];

const kinds: readonly Kind[] = [
  {
    what: 'unicast, version 2',
    vrid: 61,
    interval: 1,
    version: 2,
    vip: '10.77.0.161',
    lines: (own, other) => unicast('10.77.0.', own, other),
  },
  {
    what: 'version 3 at 0.2 s',
    vrid: 62,
    interval: 0.2,
    version: 3,
    vip: '10.77.0.162',
    vips: ['10.77.0.162/24', '10.77.0.172/24'],
    lines: () => ['version 3'],
  },
  {
    what: 'unicast, version 3',
    vrid: 63,
    interval: 0.5,
    version: 3,
    vip: '10.77.0.163',
    lines: (own, other) => ['version 3', 'unicast_ttl 9', ...unicast('10.77.0.', own, other)],
  },
  {
    what: 'the old checksum, version 3',
    vrid: 64,
    interval: 0.5,
    version: 3,
    vip: '10.77.0.164',
    lines: (own, other) => [
      'version 3',
      'old_unicast_checksum',
      ...unicast('10.77.0.', own, other),
    ],
  },
  {
    what: 'IPv6, version 3',
    vrid: 65,
    interval: 0.2,
    version: 3,
    vip: '2001:db8:77::165',
    vips: ['fe80::165', '2001:db8:77::165/64', '2001:db8:77::175'],
    lines: () => ['virtual_ipaddress_excluded {\n2001:db8:77::185/64\n10.77.0.185/24\n}'],
  },
  {
    what: 'IPv6, version 2',
    vrid: 66,
    interval: 1,
    version: 2,
    vip: '2001:db8:77::166',
    lines: () => ['version 2'],
  },
  {
    what: 'IPv6, unicast',
    vrid: 67,
    interval: 0.5,
    version: 3,
    vip: '2001:db8:77::167',
    lines: (own, other) => unicast('2001:db8:77::', own, other),
  },
];

const text = (priority: number, own: number, other: number): string =>
  configuration(
    kinds.map(({ vrid, interval, vip, vips = [`${vip}/${vip.includes(':') ? 64 : 24}`], lines }) =>
      instance({ name: `V${vrid}`, vrid, priority, interval, vips, lines: lines(own, other) }),
    ),
  );

/** The skew of RFC 3768 §6.1, or of RFC 9568 §6.1, in milliseconds. */
const skewOf = ({ version, interval }: Kind): number =>
  ((256 - WEAK) / 256) * (version === 2 ? 1000 : interval * 1000);

class Pair {
  readonly lan: Lan;
  readonly wire: Capture;
  readonly startA: StartDaemon;
  readonly b: Daemon;
  a: Daemon;

  private constructor(lan: Lan, wire: Capture, startA: StartDaemon, a: Daemon, b: Daemon) {
    this.lan = lan;
    this.wire = wire;
    this.startA = startA;
    this.a = a;
    this.b = b;
  }

  static async start(startA: StartDaemon, startB: StartDaemon): Promise<Pair> {
    const lan = await Lan.create({ nodes: ['a', 'b', 'watcher'] });
    // A hub: the watcher sees what is sent to others.
    await lan.batch(lan.bridge, ['link set br0 type bridge ageing_time 0']);
    for (const [i, name] of ['a', 'b'].entries()) {
      const node = lan.node(name);
      await node.ip(`address add 2001:db8:77::${i + 1}/64 dev eth0 nodad`);
      await until('link-local addresses are there', async () =>
        /fe80:.*scope link (?!tentative)/.test(await node.ip('address show dev eth0')),
      );
    }
    const wire = await Capture.begin(lan.node('watcher'), 'proto 112 or ip6 proto 112 or icmp6');
    const a = await startA(lan.node('a'), text(STRONG, 1, 2));
    for (const { vrid } of kinds) await a.logged(`(V${vrid}) Entering BACKUP STATE (init)`);
    const b = await startB(lan.node('b'), text(WEAK, 2, 1));
    return new Pair(lan, wire, startA, a, b);
  }

  async startAgain(): Promise<void> {
    this.a = await this.startA(this.lan.node('a'), text(STRONG, 1, 2));
    await this.settled('a', 'b');
  }

  /** The first node has every address, the second none. */
  async settled(has: 'a' | 'b', hasNot?: 'a' | 'b'): Promise<void> {
    for (const { vip } of kinds) {
      await this.lan.node(has).gains(vip);
      if (hasNot) await this.lan.node(hasNot).loses(vip);
    }
  }

  of(vrid: number, priority: number): (advert: SeenAdvert) => boolean {
    return (advert) => advert.vrid === vrid && advert.priority === priority;
  }

  /** When the first advert of a priority came after a moment. */
  async first({ what, vrid }: Kind, priority: number, after: number): Promise<number> {
    const fits = this.of(vrid, priority);
    const name = `${what}: an advert of priority ${priority}`;
    return (await this.wire.advert(name, (seen) => fits(seen) && seen.at > after)).at;
  }

  /** What was advertised with a priority, each distinct frame once. */
  distinct(vrid: number, priority: number): string[] {
    const adverts = this.wire.adverts();
    const fits = this.of(vrid, priority);
    return [
      ...new Set(
        this.wire
          .advertFrames()
          .filter((_, i) => fits(adverts[i] as SeenAdvert))
          .map(({ bytes }) => withoutSource(bytes).toString('hex', 12)),
      ),
    ].sort();
  }
}

describe.skipIf(noNamespaces ?? noKeepalived)("ours and Debian's keepalived, in every way", () => {
  let oursFirst: Pair;
  let theirsFirst: Pair;
  const pairs = (): [Pair, Pair] => [oursFirst, theirsFirst];

  beforeAll(async () => {
    [oursFirst, theirsFirst] = await bothWays(Pair.start);
    for (const pair of pairs()) await pair.settled('a');
  });
  afterAll(async () => {
    for (const pair of pairs()) await pair?.lan.remove();
  });

  it('take over from each other after kill -9: in time, and not too early', async () => {
    const takeOver = async (pair: Pair): Promise<{ is: number; most: number }> => {
      const killed = Date.now();
      await pair.a.crash();
      await pair.settled('b');
      let [is, most] = [0, 0];
      for (const kind of kinds) {
        const first = await pair.first(kind, WEAK, killed);
        const isStrong = pair.of(kind.vrid, STRONG);
        const last = pair.wire.adverts().findLast((seen) => isStrong(seen) && seen.at < first);
        const silence = first - (last?.at ?? Number.NaN);
        const least = 3_000 * kind.interval;
        expect(silence, kind.what).toBeGreaterThan(least);
        const room = least + skewOf(kind) + LATE;
        if (silence - room > is - most) [is, most] = [silence, room];
      }
      await pair.startAgain();
      return { is, most };
    };
    await Promise.all(pairs().map((pair) => measured(() => takeOver(pair))));
  });

  it('hand over within the skew time after SIGTERM, and take back', async () => {
    for (const pair of pairs()) {
      await measured(async () => {
        const asked = Date.now();
        await pair.a.stop();
        await pair.settled('b', 'a');
        let [is, most] = [0, 0];
        for (const kind of kinds) {
          const zero = await pair.first(kind, 0, asked);
          const first = await pair.first(kind, WEAK, asked);
          const room = skewOf(kind) + LATE;
          if (first - zero - room > is - most) [is, most] = [first - zero, room];
        }
        await pair.startAgain();
        return { is, most };
      });
    }
  });

  it.each(kinds)('send the same adverts, byte for byte: $what', async ({ vrid }) => {
    for (const priority of [STRONG, WEAK, 0]) {
      await oursFirst.wire.advert(`one of priority ${priority}`, oursFirst.of(vrid, priority));
      const ours = oursFirst.distinct(vrid, priority);
      // Of those that took over, each pair has one.
      if (priority !== 0) expect(ours).toEqual(theirsFirst.distinct(vrid, priority));
    }
  });

  it('announce IPv6 addresses alike', () => {
    const seen = (pair: Pair): string[] =>
      [
        ...new Set(
          pair.wire.neighbourAdvertisements().map((bytes) => withoutSource(bytes).toString('hex')),
        ),
      ].sort();
    expect(seen(oursFirst).length).toBeGreaterThan(0);
    expect(seen(oursFirst)).toEqual(seen(theirsFirst));
  });

  it('hear each other: no complaint about adverts', () => {
    for (const pair of pairs()) {
      for (const { log } of [pair.a, pair.b]) {
        expect(log()).not.toMatch(/invalid|mismatch|expected|expect |not present|wrong version/i);
      }
    }
  });
});
