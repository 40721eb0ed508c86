import { KernelError } from '@keepalived-ts/base/errors.js';
import { milliseconds, seconds } from '@keepalived-ts/base/time.js';
import { SCHED_OTHER, SCHED_RESET_ON_FORK, SCHED_RR } from '@keepalived-ts/raw-socket/constants.js';
import { afterEach, expect, test, vi } from 'vitest';
import { ThreadKeeper, type ThreadNews, type ThreadSettings } from '#src/ipc/thread-settings.js';

const usual: ThreadSettings = {
  name: 'keepalived',
  nice: 0,
  realTime: undefined,
  cpus: undefined,
  rise: { most: 0, late: seconds(1) },
};
const REAL_TIME = SCHED_RR | SCHED_RESET_ON_FORK;

/** A keeper whose kernel notes what it is asked for, and refuses all of `refused`. */
function keeper(refused = ''): { keeper: ThreadKeeper; asked: unknown[]; news: ThreadNews[] } {
  const asked: unknown[] = [];
  const news: ThreadNews[] = [];
  const note =
    (name: string) =>
    (...given: unknown[]): void => {
      if (name === refused) throw new KernelError(name, 1, 'EPERM');
      asked.push([name, ...given]);
    };
  const on = {
    setAffinity: note('setAffinity'),
    setNice: note('setNice'),
    setScheduler: note('setScheduler'),
    setThreadName: note('setThreadName'),
  };
  return { keeper: new ThreadKeeper((one) => news.push(one), on), asked, news };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test('a thread is treated as its settings say, and only where they say something', () => {
  const { keeper: thread, asked } = keeper();
  thread.apply(usual);
  expect(asked.splice(0)).toEqual([['setThreadName', 'keepalived']]);
  thread.apply({ ...usual, nice: -5, realTime: 10, cpus: [1, 2] });
  expect(asked.splice(0)).toEqual([
    ['setNice', -5],
    ['setAffinity', [1, 2]],
    ['setScheduler', REAL_TIME, 10],
  ]);
});

test('what is no longer said is undone', () => {
  const { keeper: thread, asked } = keeper();
  thread.apply({ ...usual, nice: 3, realTime: 10, cpus: [1] });
  asked.splice(0);
  thread.apply(usual);
  const all = Array.from({ length: 1024 }, (_, cpu) => cpu);
  expect(asked).toEqual([
    ['setNice', 0],
    ['setAffinity', all],
    ['setScheduler', SCHED_OTHER, 0],
  ]);
});

test('what the kernel refuses is told, and the rest done', () => {
  const { keeper: thread, asked, news } = keeper('setNice');
  thread.apply({ ...usual, nice: -5, realTime: 1 });
  expect(news).toEqual([{ news: 'refused', setting: 'priority', reason: 'setNice: EPERM' }]);
  expect(asked).toContainEqual(['setScheduler', REAL_TIME, 1]);
});

test('a thread that runs late rises step by step, up to its limit', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  let held = 0;
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + held);
  /** A while, in which the thread has no processor for so long. */
  const pass = (hold: number): void => {
    held += hold;
    vi.advanceTimersByTime(250);
  };
  const { keeper: thread, asked, news } = keeper();
  thread.apply({ ...usual, rise: { most: 2, late: milliseconds(100) } });
  asked.splice(0);
  pass(50);
  expect(asked).toEqual([]);
  for (const hold of [500, 0, 500, 500]) pass(hold);
  expect(asked).toEqual([
    ['setScheduler', REAL_TIME, 1],
    ['setScheduler', REAL_TIME, 2],
  ]);
  expect(news).toEqual([
    { news: 'raised', priority: 1, late: milliseconds(500) },
    { news: 'raised', priority: 2, late: milliseconds(500) },
  ]);
});
