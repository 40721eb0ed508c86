import { type Instant, instant, seconds } from '@keepalived-ts/base/time.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { Reports as CheckReports } from '#checks/shell/report.js';
import { LineLimit, MOST_LINES_A_SECOND, MOST_LINES_AT_ONCE } from '#src/ipc/line-limit.js';
import type { FromWorker } from '#src/ipc/messages.js';
import { Reports as VrrpReports } from '#vrrp/shell/report.js';

let now: Instant;
const clock = { now: () => now };
beforeEach(() => {
  now = instant(0);
});
const pass = (n: number): void => {
  now = instant(now + seconds(n));
};
const linesOf = (posted: readonly FromWorker[]): string[] =>
  posted.flatMap((message) => (message.type === 'log' ? message.records : [])).map((r) => r.text);

describe('the limit of lines', () => {
  it('admits a burst, and then so many a second', () => {
    const limit = new LineLimit(clock);
    const admitted = (tries: number): number =>
      Array.from({ length: tries }, () => limit.admits()).filter(Boolean).length;
    expect(admitted(MOST_LINES_AT_ONCE + 7)).toBe(MOST_LINES_AT_ONCE);
    expect(limit.takeMissing()).toBe(7);
    expect(limit.takeMissing()).toBe(0);
    pass(1);
    expect(admitted(MOST_LINES_A_SECOND + 1)).toBe(MOST_LINES_A_SECOND);
    pass(1_000_000);
    expect(admitted(MOST_LINES_AT_ONCE + 1)).toBe(MOST_LINES_AT_ONCE);
  });
});

it('asks the clock once for many lines', () => {
  let asked = 0;
  const limit = new LineLimit({
    now: () => {
      asked++;
      return now;
    },
  });
  for (let n = 0; n < 1_000; n++) limit.admits();
  expect(asked).toBeLessThan(20);
});

describe.each([
  [
    'vrrp',
    (post: (message: FromWorker) => void) => {
      const reports = new VrrpReports(post, { detail: false, clock });
      const event = { event: 'entered-state', instance: 'VI', state: 'MASTER' } as const;
      return { say: () => reports.log(event), end: () => reports.close() };
    },
  ],
  [
    'check',
    (post: (message: FromWorker) => void) => {
      const reports = new CheckReports(post, { detail: false, clock });
      return { say: () => reports.log({ event: 'ipvs-init' }), end: () => reports.close() };
    },
  ],
])('the %s thread', (_, open) => {
  it('tells how many lines are missing, where they are missing', () => {
    const posted: FromWorker[] = [];
    const { say, end } = open((message) => posted.push(message));
    for (let n = 0; n < MOST_LINES_AT_ONCE + 3; n++) say();
    pass(1);
    say();
    end();
    const lines = linesOf(posted);
    expect(lines).toHaveLength(MOST_LINES_AT_ONCE + 2);
    expect(lines.at(-2)).toMatch(/^3 lines are missing here/);
  });

  it('tells of missing lines at its end at the latest', () => {
    const posted: FromWorker[] = [];
    const { say, end } = open((message) => posted.push(message));
    for (let n = 0; n < MOST_LINES_AT_ONCE + 2; n++) say();
    end();
    expect(linesOf(posted).at(-1)).toMatch(/^2 lines are missing here/);
  });
});
