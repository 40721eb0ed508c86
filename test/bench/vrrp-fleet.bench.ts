import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { startKeepalived, startOurs } from '../support/daemons.js';
import { processorTime, resident } from '../support/processes.js';
import { FleetPair } from './fleet.js';
import { type Figure, report } from './report.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 2);
/** How long nothing may happen, in seconds. */
const STEADY = Number(process.env.BENCH_STEADY ?? 60);
/** Three adverts and the skew of priority 100 (RFC 3768 §6.1), and what the issue allows us. */
const PROTOCOL_MS = 3_609;
const ALLOWED_MS = 500;

const figures: Figure[] = [];
afterAll(() => report('vrrp-fleet', figures));

const programs = [
  ['ours', startOurs],
  ['keepalived', startKeepalived],
] as const;

for (const instances of [50, 250, 1_000]) {
  it(`${instances} instances`, async () => {
    const made = (name: string, unit: string): Figure => {
      const figure = { name: `${instances} instances: ${name}`, unit, ours: [], keepalived: [] };
      figures.push(figure);
      return figure;
    };
    const start = made('start until the last VIP is held', 'ms');
    const spurious = made('addresses that changed hands without reason', 'VIPs');
    const masterCpu = made('processor use of the master, all threads', '% of a core');
    const backupCpu = made('processor use of the backup', '% of a core');
    const memory = made('resident memory of the master', 'MiB');
    const held = made(
      "last advert of the killed master until its VIP is the other's, slowest",
      'ms',
    );
    const announced = made('until it is held and announced, slowest', 'ms');
    const whole = made('kill until the last VIP is held and announced', 'ms');
    for (let round = 0; round < ROUNDS; round++) {
      for (const [who, program] of programs) {
        const pair = await FleetPair.create(instances, program);
        try {
          const before = Date.now();
          await pair.start();
          start[who].push(Date.now() - before);
          const [strong = 0, weak = 0] = [pair.strong?.process.pid, pair.weak?.process.pid];
          await sleep(8_000); // the second batch of gratuitous ARP is over
          const used = [processorTime(strong), processorTime(weak)] as const;
          await sleep(STEADY * 1_000);
          masterCpu[who].push(((processorTime(strong) - used[0]) / STEADY) * 100);
          backupCpu[who].push(((processorTime(weak) - used[1]) / STEADY) * 100);
          memory[who].push(resident(strong));
          spurious[who].push(pair.transitions);
          const failover = await pair.failOver();
          held[who].push(failover.held);
          announced[who].push(failover.announced);
          whole[who].push(failover.whole);
        } finally {
          await pair.remove();
        }
      }
    }
    expect(Math.max(...spurious.ours)).toBe(0);
    expect(Math.max(...announced.ours)).toBeLessThanOrEqual(PROTOCOL_MS + ALLOWED_MS);
  });
}
