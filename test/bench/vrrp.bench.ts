import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Capture } from '../support/capture.js';
import { type Daemon, startKeepalived, startOurs } from '../support/daemons.js';
import { Lan, type NetNode } from '../support/netns.js';
import { processorTime, resident } from '../support/processes.js';
import { until } from '../support/wait.js';
import { type Figure, median, report } from './report.js';

const VIP = '10.77.0.100';
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 20);
const figures: Figure[] = [];

const configuration = (priority: number): string => `
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass bench
    }
    virtual_ipaddress {
        ${VIP}/24
    }
}
`;

/** Two nodes that run the same program, and all that is said between them. */
class Pair {
  readonly #lan: Lan;
  readonly #capture: Capture;
  readonly #start: typeof startOurs;
  readonly a: NetNode;
  readonly b: NetNode;
  first: Daemon | undefined;
  second: Daemon | undefined;

  private constructor(lan: Lan, capture: Capture, start: typeof startOurs) {
    this.#lan = lan;
    this.#capture = capture;
    this.#start = start;
    this.a = lan.node('a');
    this.b = lan.node('b');
  }

  static async create(start: typeof startOurs): Promise<Pair> {
    const lan = await Lan.create({ nodes: ['a', 'b', 'observer'] });
    return new Pair(lan, await Capture.begin(lan.node('observer')), start);
  }

  /** Starts the stronger node; milliseconds from the start until it announces the VIP. */
  async startFirst(): Promise<number> {
    const before = Date.now();
    this.first = await this.#start(this.a, configuration(150));
    return (await this.announced(this.a, before, 30_000)) - before;
  }

  async startSecond(): Promise<void> {
    this.second = await this.#start(this.b, configuration(100));
    await sleep(1_000);
  }

  /** Milliseconds since the epoch of the first gratuitous ARP of a node after a time. */
  async announced(node: NetNode, since: number, within: number): Promise<number> {
    const [link] = JSON.parse(await node.ip('-j link show eth0')) as [{ address: string }];
    const mac = link.address.replaceAll(':', '');
    const frame = await until(
      `${node.name} announces ${VIP}`,
      () =>
        this.#capture
          .gratuitousArps()
          .find((f) => f.at >= since && f.bytes.subarray(6, 12).toString('hex') === mac),
      { within, every: 10 },
    );
    return frame.at;
  }

  lastAdvert(): number {
    return this.#capture.adverts().at(-1)?.at ?? Number.NaN;
  }

  async crashFirst(): Promise<number> {
    const before = Date.now();
    await this.first?.crash();
    const last = this.#capture
      .adverts()
      .filter((advert) => advert.source === this.a.address)
      .at(-1);
    const announced = await this.announced(this.b, before, 15_000);
    // As after a power cut: what the dead daemon left is gone when the machine is back.
    await this.a.ip(`address flush dev eth0`);
    await this.a.ip(`address add ${this.a.address}/24 dev eth0`);
    return announced - (last?.at ?? Number.NaN);
  }

  async stopFirst(): Promise<number> {
    const before = Date.now();
    const [announced] = await Promise.all([
      this.announced(this.b, before, 15_000),
      this.first?.stop(),
    ]);
    return announced - before;
  }

  remove(): Promise<void> {
    return this.#lan.remove();
  }
}

const pairs: Pair[] = [];
const figure = (name: string, unit: string): Figure => {
  const made = { name, unit, ours: [], keepalived: [] };
  figures.push(made);
  return made;
};

beforeAll(async () => {
  pairs.push(await Pair.create(startOurs), await Pair.create(startKeepalived));
});

afterAll(async () => {
  for (const pair of pairs) await pair.remove();
  report('vrrp', figures);
});

it('takeover, hand-over, start until VIP', async () => {
  const takeover = figure('takeover: last advert of the killed master until gratuitous ARP', 'ms');
  const handover = figure('hand-over: SIGTERM until gratuitous ARP', 'ms');
  const start = figure('start until VIP is announced', 'ms');
  const series = async (pair: Pair, who: 'ours' | 'keepalived'): Promise<void> => {
    start[who].push(await pair.startFirst());
    await pair.startSecond();
    for (let round = 0; round < ROUNDS; round++) {
      takeover[who].push(await pair.crashFirst());
      start[who].push(await pair.startFirst());
      await sleep(500);
      handover[who].push(await pair.stopFirst());
      start[who].push(await pair.startFirst());
      await sleep(500);
    }
  };
  const [ours, keepalived] = pairs;
  if (!ours || !keepalived) throw new Error('no pairs');
  await Promise.all([series(ours, 'ours'), series(keepalived, 'keepalived')]);
  expect(median(takeover.ours)).toBeLessThanOrEqual(median(takeover.keepalived) + 20);
  expect(median(handover.ours)).toBeLessThanOrEqual(median(handover.keepalived) + 20);
  expect(median(start.ours)).toBeLessThanOrEqual(median(start.keepalived) + 300);
});

it('the idle master', async () => {
  const cpu = figure('processor use of the idle master, vrrp only', '% of a core');
  const rss = figure('resident memory, vrrp only, all processes', 'MiB');
  const [ours, keepalived] = pairs;
  const measure = async (pair: Pair | undefined, who: 'ours' | 'keepalived'): Promise<void> => {
    const pid = pair?.first?.process.pid;
    if (pid === undefined) throw new Error('not running');
    for (let round = 0; round < 3; round++) {
      const before = processorTime(pid);
      await sleep(20_000);
      cpu[who].push(((processorTime(pid) - before) / 20) * 100);
      rss[who].push(resident(pid));
    }
  };
  await Promise.all([measure(ours, 'ours'), measure(keepalived, 'keepalived')]);
  expect(median(cpu.ours)).toBeLessThan(0.5);
  expect(median(rss.ours)).toBeLessThanOrEqual(110);
});
