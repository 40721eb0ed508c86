import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Capture } from '../support/capture.js';
import { type Daemon, startOurs } from '../support/daemons.js';
import { Lan, noNamespaces } from '../support/netns.js';
import { measured } from '../support/timing.js';
import { configuration, instance, simple, skew, VIP } from '../support/vrrp-conf.js';

const STRONG = 200;
const WEAK = 100;

describe.skipIf(noNamespaces)('two of ours on a LAN', () => {
  let lan: Lan;
  let wire: Capture;
  let a: Daemon;
  let b: Daemon;

  const startStrong = (): Promise<Daemon> => startOurs(lan.node('a'), simple({ priority: STRONG }));

  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['a', 'b', 'watcher'] });
    wire = await Capture.begin(lan.node('watcher'));
    a = await startStrong();
    await a.logged('(VI_1) Entering BACKUP STATE (init)');
    b = await startOurs(lan.node('b'), simple({ priority: WEAK }));
  });
  afterAll(() => lan?.remove());

  it('elect the stronger one, and it alone has the address', async () => {
    await lan.node('a').gains(VIP);
    expect(await lan.node('b').has(VIP)).toBe(false);
    expect(wire.adverts().map(({ source }) => source)).not.toContain(lan.node('b').address);
    expect(a.log()).toContain('(VI_1) Entering MASTER STATE');
    expect(b.log()).toContain('(VI_1) Entering BACKUP STATE (init)');
  });

  it('announce the address five times at once, and again after five seconds', async () => {
    const entered = await wire.advert('an advert of a', ({ priority }) => priority === STRONG);
    const due = entered.at + 5_000 - Date.now() + 500;
    await new Promise((resolve) => setTimeout(resolve, Math.max(due, 0)));
    const times = wire.gratuitousArps().map(({ at }) => at - entered.at);
    expect(times).toHaveLength(10);
    expect(Math.max(...times.slice(0, 5))).toBeLessThan(500);
    expect(Math.min(...times.slice(5))).toBeGreaterThan(4_900);
  });

  it('hand over when the master is killed: in time, and not too early', async () => {
    await measured(async () => {
      await a.crash();
      const last = wire.adverts().findLast(({ priority }) => priority === STRONG);
      const first = await wire.advert(
        'b takes over',
        ({ at, priority }) => priority === WEAK && at > (last?.at ?? 0),
      );
      await lan.node('b').gains(VIP);
      const silence = first.at - (last?.at ?? 0);
      expect(silence).toBeGreaterThan(3_000);
      // Leave everything as it was for another try.
      await lan.node('a').ip(`address flush dev eth0 to ${VIP}`);
      a = await startStrong();
      await lan.node('b').loses(VIP);
      return { is: silence, most: 3_000 + skew(WEAK) + 100 };
    });
  });

  it('hand over within the skew time when the master is asked to stop', async () => {
    await measured(async () => {
      const before = wire.frames.length;
      expect(await a.stop()).toBe(0);
      const zero = await wire.advert(
        'a resigns',
        ({ at, priority }) => priority === 0 && at >= (wire.frames[before]?.at ?? 0),
      );
      const first = await wire.advert(
        'b takes over',
        ({ at, priority }) => priority === WEAK && at > zero.at,
      );
      expect(await lan.node('a').has(VIP)).toBe(false);
      expect(a.log()).toContain('(VI_1) sent 0 priority');
      a = await startStrong();
      await lan.node('b').loses(VIP);
      const handover = first.at - zero.at;
      expect(handover).toBeGreaterThan(skew(WEAK) - 20);
      return { is: handover, most: skew(WEAK) + 100 };
    });
  });

  it('keep the order of the log that operators know', () => {
    const order = [
      '(VI_1) Entering BACKUP STATE (init)',
      '(VI_1) Receive advertisement timeout',
      '(VI_1) Entering MASTER STATE',
      '(VI_1) setting VIPs.',
      `(VI_1) Sending/queueing gratuitous ARPs on eth0 for ${VIP}`,
      `Sending gratuitous ARP on eth0 for ${VIP}`,
      'Entering BACKUP STATE',
      '(VI_1) removing VIPs.',
    ];
    let at = 0;
    for (const line of order) {
      at = b.log().indexOf(line, at);
      expect(at, line).toBeGreaterThanOrEqual(0);
    }
  });
});

describe.skipIf(noNamespaces)('preemption', () => {
  let lan: Lan;
  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['a', 'b'] });
  });
  afterAll(() => lan?.remove());

  it('is left out with nopreempt, delayed with preempt_delay', async () => {
    const vips = { kept: '10.77.0.101', delayed: '10.77.0.102' };
    const both = (priority: number): string =>
      configuration([
        instance({
          name: 'KEPT',
          vrid: 1,
          priority,
          vips: [vips.kept],
          lines: ['state BACKUP', 'nopreempt'],
        }),
        instance({
          name: 'DELAYED',
          vrid: 2,
          priority,
          vips: [vips.delayed],
          lines: ['preempt_delay 2'],
        }),
      ]);
    const [a, b] = [lan.node('a'), lan.node('b')];
    await startOurs(b, both(WEAK));
    await Promise.all([b.gains(vips.kept), b.gains(vips.delayed)]);
    const started = performance.now();
    const strong = await startOurs(a, both(STRONG));
    await a.gains(vips.delayed);
    // 2 s of bearing the weaker master, then 3 s of its silence plus the skew.
    expect(performance.now() - started).toBeGreaterThan(2_000);
    expect(await a.has(vips.kept)).toBe(false);
    expect(await b.has(vips.kept)).toBe(true);
    expect(strong.log()).toContain('(DELAYED) start preempt delay (2.000000)');
  });
});

describe.skipIf(noNamespaces)('the address owner', () => {
  let lan: Lan;
  afterAll(() => lan?.remove());

  it('is master at once', async () => {
    lan = await Lan.create({ nodes: ['a', 'b'] });
    const a = lan.node('a');
    const wire = await Capture.begin(a);
    await startOurs(lan.node('b'), simple({ priority: WEAK }));
    await lan.node('b').gains(VIP);
    const weak = wire.adverts().length;
    await startOurs(a, simple({ priority: 255, lines: ['state MASTER'] }));
    await a.gains(VIP, 3_000);
    await lan.node('b').loses(VIP, 3_000);
    const first = await wire.advert('owner', ({ priority }) => priority === 255);
    expect(wire.adverts().length).toBeGreaterThan(weak);
    expect(first.source).toBe(a.address);
  });
});
