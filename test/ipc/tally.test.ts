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

it('tells of many in portions, so that none holds the thread up, those that wait longest first', () => {
  const { tally, told } = stage();
  const sizes = (): number[] =>
    told.map((message) => (message.type === 'counters' ? message.changed.length : 0));
  for (let n = 0; n < 100; n++) tally.count(`server ${n}`, 'up');
  vi.advanceTimersByTime(1_000);
  tally.count('server 99', 'up');
  expect(sizes()).toEqual([40]);
  vi.advanceTimersByTime(500);
  expect(sizes()).toEqual([40, 40]);
  vi.advanceTimersByTime(1_000);
  expect(sizes()).toEqual([40, 40, 20]);
  expect(told.at(-1)).toMatchObject({ changed: { 19: counted('server 99', 2, 0) } });
  tally.count('server 0', 'down');
  for (let n = 0; n < 60; n++) tally.count(`server ${n}`, 'up');
  tally.tellAll();
  expect(sizes()).toEqual([40, 40, 20, 60]);
});

it('forgets objects that are no more: what comes by that name later counts from zero', () => {
  const { tally, told } = stage();
  tally.count('stays', 'up');
  tally.count('goes', 'up');
  tally.retain(new Set(['stays']));
  tally.count('goes', 'down');
  tally.count('stays', 'up');
  tally.tellAll();
  expect(told).toEqual([message(counted('stays', 2, 0), counted('goes', 0, 1))]);
});

it('tells whom the last of what is counted came from, if anybody', () => {
  const { tally, told } = stage();
  tally.count('a', 'down', ip('10.0.0.1'));
  tally.count('a', 'down', ip('10.0.0.2'));
  tally.count('a', 'up');
  tally.tellAll();
  tally.count('a', 'up');
  tally.tellAll();
  expect(told).toEqual([
    message({ ...counted('a', 1, 2), from: ip('10.0.0.2') }),
    message({ ...counted('a', 2, 2) }),
  ]);
});
