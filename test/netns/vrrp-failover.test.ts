import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Capture } from '../support/capture.js';
import { type Daemon, startOurs } from '../support/daemons.js';
import { Lan, noNamespaces } from '../support/netns.js';
import { LATE, measured } from '../support/timing.js';
import { configuration, instance, simple, skew, VIP } from '../support/vrrp-conf.js';
import { never, until } from '../support/wait.js';

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
    await a.logged('(VI_1) Entering MASTER STATE');
    await b.logged('(VI_1) Entering BACKUP STATE (init)');
  });

  it('announce the address five times at once, and again after five seconds', async () => {
    const entered = await wire.advert('an advert of a', ({ priority }) => priority === STRONG);
    const seen = (): number[] => wire.gratuitousArps().map(({ at }) => at - entered.at);
    await until('ten announcements', () => seen().length >= 10);
    await never('an eleventh', () => seen().length > 10, { within: 500 });
    const times = seen();
    expect(Math.max(...times.slice(0, 5))).toBeLessThan(2 * LATE);
    expect(Math.min(...times.slice(5))).toBeGreaterThan(4_900);
  });

  it('hand over when the master is killed: in time, and not too early', async () => {
    await measured(async () => {
      const killed = Date.now();
      await a.crash();
      const first = await wire.advert(
        'b takes over',
        ({ at, priority }) => priority === WEAK && at > killed,
      );
      const last = wire
        .adverts()
        .findLast(({ at, priority }) => priority === STRONG && at < first.at);
      await lan.node('b').gains(VIP);
      const silence = first.at - (last?.at ?? 0);
      expect(silence).toBeGreaterThan(3_000);
      // Leave everything as it was for another try.
      await lan.node('a').ip(`address flush dev eth0 to ${VIP}`);
      a = await startStrong();
      await lan.node('b').loses(VIP);
      return { is: silence, most: 3_000 + skew(WEAK) + LATE };
    });
  });

  it('hand over within the skew time when the master is asked to stop', async () => {
    await measured(async () => {
      const asked = Date.now();
      expect(await a.stop()).toBe(0);
      const zero = await wire.advert(
        'a resigns',
        ({ at, priority }) => priority === 0 && at >= asked,
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
      return { is: handover, most: skew(WEAK) + LATE };
    });
  });

  it('keep the order of the log that operators know', async () => {
    await b.logged(/Entering MASTER STATE[\s\S]*\(VI_1\) removing VIPs\./);
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
    await strong.logged('(DELAYED) start preempt delay (2.000000)');
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
    const owner = await startOurs(a, simple({ priority: 255, lines: ['state MASTER'] }));
    await a.gains(VIP);
    await lan.node('b').loses(VIP);
    const first = await wire.advert('owner', ({ priority }) => priority === 255);
    expect(first.source).toBe(a.address);
    // It waits for nobody's silence: without a time as BACKUP there is none to measure.
    await owner.logged('(VI_1) Entering MASTER STATE');
    expect(owner.log()).not.toContain('Entering BACKUP STATE');
  });
});
