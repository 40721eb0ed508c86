import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Capture } from '../support/capture.js';
import { type Daemon, startOurs } from '../support/daemons.js';
import { Lan, noNamespaces } from '../support/netns.js';
import { LATE } from '../support/timing.js';
import { configuration, instance, simple, skew, VIP } from '../support/vrrp-conf.js';
import { never, until } from '../support/wait.js';

describe.skipIf(noNamespaces)('virtual addresses in the kernel', () => {
  let lan: Lan;
  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['a', 'b', 'watcher'] });
  });
  afterAll(() => lan?.remove());

  it('that a crashed run left are removed at start, before anybody is elected', async () => {
    const [a, b] = [lan.node('a'), lan.node('b')];
    let strong = await startOurs(a, simple({ priority: 200 }));
    await a.gains(VIP);
    const weak = await startOurs(b, simple({ priority: 100 }));
    await strong.crash();
    await b.gains(VIP);
    expect(await a.has(VIP)).toBe(true);
    strong = await startOurs(a, simple({ priority: 90 }));
    await strong.logged('(VI_1) Entering BACKUP STATE (init)');
    await a.loses(VIP, 2_000);
    await never('the loser has the address', () => a.has(VIP), { within: 1_500 });
    expect(await b.has(VIP)).toBe(true);
    await Promise.all([strong.stop(), weak.stop()]);
    expect(await b.has(VIP)).toBe(false);
  });

  it('are left in place at stop with -V', async () => {
    const a = lan.node('a');
    const daemon = await startOurs(a, simple(), { options: ['-V'] });
    await a.gains(VIP);
    expect(await daemon.stop()).toBe(0);
    expect(await a.has(VIP)).toBe(true);
    await a.ip(`address delete ${VIP}/24 dev eth0`);
  });

  it('that somebody removes are noticed: priority 0, and master again after the skew', async () => {
    const a = lan.node('a');
    const wire = await Capture.begin(lan.node('watcher'));
    const daemon = await startOurs(a, simple({ priority: 250 }));
    await a.gains(VIP);
    const removed = Date.now();
    await a.ip(`address delete ${VIP}/24 dev eth0`);
    await daemon.logged(/\(VI_1\) Entering BACKUP STATE$/m);
    await a.gains(VIP);
    const back = await wire.advert(
      'it is master again',
      ({ at, priority }) => at >= removed && priority === 250,
    );
    const seen = wire.adverts().filter(({ at }) => at >= removed);
    expect(seen[0]?.priority).toBe(0);
    const pause = back.at - (seen[0]?.at ?? 0);
    expect(pause).toBeGreaterThan(skew(250) - 10);
    expect(pause).toBeLessThan(skew(250) + 2 * LATE);
    await daemon.logged(`Netlink reflector reports IP ${VIP} removed from eth0`);
    await daemon.stop();
    await wire.end();
  });

  it('are as their line says, and on the interface it says', async () => {
    const a = lan.node('a');
    await a.connect('eth1');
    const lines = [
      '10.78.0.1/24 dev eth1 brd + label eth1:web scope link',
      '10.78.0.2/32 dev eth1 scope host',
      '10.78.1.3/28 dev eth1 brd -',
      '10.78.2.4/24 dev eth1 brd 10.78.2.99',
    ];
    const daemon = await startOurs(a, simple({ vips: lines }));
    for (const vip of ['10.78.0.1', '10.78.0.2', '10.78.1.3', '10.78.2.4']) {
      await a.gains(vip, undefined, 'eth1');
    }
    const found = new Map((await a.addresses('eth1')).map((shown) => [shown.local, shown]));
    expect(found.get('10.78.0.1')).toMatchObject({
      prefixlen: 24,
      label: 'eth1:web',
      scope: 'link',
      broadcast: '10.78.0.255',
    });
    expect(found.get('10.78.0.2')).toMatchObject({ prefixlen: 32, scope: 'host' });
    expect(found.get('10.78.0.2')).not.toHaveProperty('broadcast');
    expect(found.get('10.78.1.3')).toMatchObject({ prefixlen: 28, broadcast: '10.78.1.0' });
    expect(found.get('10.78.2.4')).toMatchObject({ broadcast: '10.78.2.99', scope: 'global' });
    await daemon.stop();
    expect((await a.addresses('eth1')).filter(({ family }) => family === 'inet')).toEqual([]);
  });

  it('that the kernel refuses are logged once, and set as soon as it takes them', async () => {
    const a = lan.node('a');
    // Below 68 octets the kernel takes IPv4 off an interface, and refuses addresses on it.
    await a.ip('link set lo mtu 60');
    const daemon: Daemon = await startOurs(
      a,
      configuration([
        instance({ name: 'GOOD', vrid: 1, vips: ['10.77.0.101'] }),
        instance({ name: 'BAD', vrid: 2, vips: ['10.77.0.102', '10.79.0.1/32 dev lo'] }),
      ]),
    );
    await daemon.logged('(BAD): add 10.79.0.1/32 to lo error (');
    await Promise.all([a.gains('10.77.0.101'), a.gains('10.77.0.102')]);
    await never(
      'the refusal is logged again',
      () => daemon.log().split('10.79.0.1/32 to lo error').length !== 2,
      { within: 2_500 },
    );
    await a.ip('link set lo mtu 65536');
    await a.gains('10.79.0.1', undefined, 'lo');
    await daemon.stop();
    expect(await a.has('10.79.0.1', 'lo')).toBe(false);
  });
});

describe.skipIf(noNamespaces)('a hundred instances', () => {
  let lan: Lan;
  afterAll(() => lan?.remove());

  it('take over together and leave nothing behind', async () => {
    lan = await Lan.create({ nodes: ['a'] });
    const a = lan.node('a');
    const count = 100;
    const all = Array.from({ length: count }, (_, i) =>
      instance({ name: `VI_${i}`, vrid: i + 1, vips: [`10.80.${i}.1/24`] }),
    );
    const daemon = await startOurs(a, configuration(all));
    const vips = async (): Promise<string[]> =>
      (await a.addresses()).map(({ local }) => local).filter((ip) => ip.startsWith('10.80.'));
    await until('all addresses are there', async () => (await vips()).length === count);
    await daemon.stop();
    expect(await vips()).toEqual([]);
  });
});
