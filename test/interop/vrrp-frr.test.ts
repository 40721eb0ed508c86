import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Capture } from '../support/capture.js';
import { startOurs } from '../support/daemons.js';
import { noFrr, startFrr } from '../support/frr.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { LATE } from '../support/timing.js';
import { simple, skew, VIP } from '../support/vrrp-conf.js';

describe.skipIf(noNamespaces ?? noFrr)("ours and FRRouting's vrrpd", () => {
  let lan: Lan;
  let ours: NetNode;
  let theirs: NetNode;
  let wire: Capture;
  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['ours', 'theirs', 'watcher'] });
    [ours, theirs] = [lan.node('ours'), lan.node('theirs')];
    wire = await Capture.begin(lan.node('watcher'));
  });
  afterAll(() => lan?.remove());

  it('elect one master, whoever is the stronger, and take over from each other', async () => {
    const frr = await startFrr(theirs, { vrid: 51, priority: 150, vip: VIP });
    await frr.is('Master');
    const strong = await startOurs(ours, simple({ priority: 200 }));
    await ours.gains(VIP);
    await frr.is('Backup');
    await strong.crash();
    await ours.ip(`address delete ${VIP}/24 dev eth0`);
    await frr.is('Master');
    const weak = await startOurs(ours, simple({ priority: 100 }));
    await weak.logged(`(VI_1) master set to ${theirs.address}`);
    await frr.crash();
    await ours.gains(VIP);
    const first = await wire.advert('ours takes over', ({ priority }) => priority === 100);
    const last = wire.adverts().findLast(({ source }) => source === theirs.address);
    const silence = first.at - (last?.at ?? 0);
    expect(silence).toBeGreaterThan(3_000);
    expect(silence).toBeLessThan(3_000 + skew(100) + 2 * LATE);
    for (const log of [strong.log(), weak.log()]) {
      expect(log).not.toMatch(/invalid|mismatch|expect |not present/i);
    }
    await weak.stop();
  });
});
