import { ip } from '@keepalived-ts/base/ip.js';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Counted, FromWorker } from '#src/ipc/messages.js';
import { Tally } from '#src/ipc/tally.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const stage = () => {
  const told: FromWorker[] = [];
  return { told, tally: new Tally({ up: 'Up.', down: 'Down.' }, (m) => void told.push(m)) };
};
const counted = (object: string, up: number, down: number): Counted => ({
  object,
  values: { up, down },
});
const message = (...changed: Counted[]): FromWorker => ({ type: 'counters', changed });

it('tells changed counters once a second, each object once and all in one message', () => {
  const { tally, told } = stage();
  tally.count('a', 'up');
  tally.count('a', 'up');
  tally.count('b', 'down');
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([message(counted('a', 2, 0), counted('b', 0, 1))]);
  vi.advanceTimersByTime(10_000);
  expect(told).toHaveLength(1);
});

it('forgets objects that are no more: what comes by that name later counts from zero', () => {
  const { tally, told } = stage();
  tally.count('stays', 'up');
  tally.count('goes', 'up');
  tally.retain(new Set(['stays']));
  tally.count('goes', 'down');
  tally.count('stays', 'up');
  tally.tell();
  expect(told).toEqual([message(counted('stays', 2, 0), counted('goes', 0, 1))]);
});

it('tells whom the last of what is counted came from, if anybody', () => {
  const { tally, told } = stage();
  tally.count('a', 'down', ip('10.0.0.1'));
  tally.count('a', 'down', ip('10.0.0.2'));
  tally.count('a', 'up');
  tally.tell();
  tally.count('a', 'up');
  tally.tell();
  expect(told).toEqual([
    message({ ...counted('a', 1, 2), from: ip('10.0.0.2') }),
    message({ ...counted('a', 2, 2) }),
  ]);
});
