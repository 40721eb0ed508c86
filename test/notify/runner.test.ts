import { milliseconds, seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, test } from 'vitest';
import type { ProgramOutcome } from '#src/ipc/messages.js';
import type { Program } from '#src/notify/program.js';
import { MOST_WAITING, Runner, type RunnerNews } from '#src/notify/runner.js';

const account = { uid: 0, gid: 0 };
const program = (name: string): Program => ({ argv: [name], account });
const exited: ProgramOutcome = { result: 'exited', status: 0 };

/** A runner whose programs run until the test ends them. */
function stage(patience = seconds(30)) {
  const running = new Map<string, (outcome: ProgramOutcome) => void>();
  const log: string[] = [];
  const news: RunnerNews[] = [];
  const runner = new Runner({
    environment: {},
    patience,
    tell: (item) => news.push(item),
    start: ({ argv: [name = ''] }) => {
      log.push(`start ${name}`);
      const ended = new Promise<ProgramOutcome>((settle) => running.set(name, settle));
      return { ended, end: () => log.push(`end ${name}`) };
    },
  });
  const finish = (name: string, outcome = exited): void => running.get(name)?.(outcome);
  return { runner, log, news, finish };
}

/** Lets the event loop turn until nothing is left to start. */
const settle = async (turns = 6): Promise<void> => {
  for (let n = 0; n < turns; n++) await new Promise((next) => setImmediate(next));
};

describe('programs of one object', () => {
  test('run one after the other, in order', async () => {
    const { runner, log, finish } = stage();
    for (const name of ['a', 'b', 'c']) runner.enqueue('VI_1', program(name));
    await settle();
    expect(log).toEqual(['start a']);
    finish('a');
    await settle();
    expect(log).toEqual(['start a', 'start b']);
    finish('b', { result: 'exited', status: 1 });
    await settle();
    expect(log).toEqual(['start a', 'start b', 'start c']);
  });

  test('do not wait for those of another', async () => {
    const { runner, log } = stage();
    runner.enqueue('VI_1', program('a'));
    runner.enqueue('VI_2', program('b'));
    await settle();
    expect(log).toEqual(['start a', 'start b']);
  });

  test('start anew after the queue has run empty', async () => {
    const { runner, log, finish } = stage();
    runner.enqueue('VI_1', program('a'));
    await settle();
    finish('a');
    await settle();
    runner.enqueue('VI_1', program('b'));
    await settle();
    expect(log).toEqual(['start a', 'start b']);
  });

  test('wait only so long for one that does not end, which is told', async () => {
    const { runner, log, news } = stage(milliseconds(50));
    runner.enqueue('VI_1', program('slow'));
    runner.enqueue('VI_1', program('next'));
    await settle();
    expect(log).toEqual(['start slow']);
    await new Promise((next) => setTimeout(next, 80));
    await settle();
    expect(log).toEqual(['start slow', 'start next']);
    expect(news).toEqual([{ news: 'late', program: 'slow', seconds: 0.05 }]);
  });

  test('that can not be started are told and do not stop the others', async () => {
    const { runner, log, news, finish } = stage();
    runner.enqueue('VI_1', program('a'));
    runner.enqueue('VI_1', program('b'));
    await settle();
    finish('a', { result: 'failed', reason: 'spawn a ENOENT' });
    await settle();
    expect(news).toEqual([{ news: 'failed', program: 'a', reason: 'spawn a ENOENT' }]);
    expect(log).toEqual(['start a', 'start b']);
  });

  test('are dropped, the oldest first, when too many wait; the last state is kept', async () => {
    const { runner, log, news, finish } = stage();
    runner.enqueue('VI_1', program('hangs'));
    for (let n = 1; n <= MOST_WAITING + 3; n++) runner.enqueue('VI_1', program(`n${n}`));
    expect(news).toEqual([1, 2, 3].map((n) => ({ news: 'dropped', program: `n${n}` })));
    await settle();
    for (const name of ['hangs', ...Array.from({ length: MOST_WAITING }, (_, n) => `n${n + 4}`)]) {
      finish(name);
      await settle();
    }
    expect(log.at(1)).toBe('start n4');
    expect(log.at(-1)).toBe(`start n${MOST_WAITING + 3}`);
  });
});

describe('the runner', () => {
  test('starts at most one program in a turn of the event loop', async () => {
    const { runner, log } = stage();
    for (let n = 0; n < 5; n++) runner.enqueue(`VI_${n}`, program(`p${n}`));
    expect(log).toHaveLength(0);
    await settle(1);
    expect(log).toHaveLength(1);
    await settle(1);
    expect(log).toHaveLength(2);
  });

  test('ends the programs of a worker that died, and no others', async () => {
    const { runner, log } = stage();
    void runner.run('vrrp', program('check script'));
    void runner.run('check', program('misc check'));
    runner.enqueue('INSTANCE VI_1', program('notify'));
    await settle();
    runner.cancel('vrrp');
    expect(log.filter((line) => line.startsWith('end'))).toEqual(['end check script']);
  });

  test('does not start for a worker that has died what it had asked for', async () => {
    const { runner, log } = stage();
    const asked = runner.run('vrrp', program('check script'));
    runner.cancel('vrrp');
    await settle();
    expect(log).toEqual([]);
    expect(await asked).toEqual({ result: 'failed', reason: 'nobody waits for it any more' });
  });

  test('at the end waits for programs, then starts what is left without waiting', async () => {
    const { runner, log } = stage();
    runner.enqueue('VI_1', program('backup'));
    runner.enqueue('VI_1', program('stop'));
    runner.enqueue('VI_1', program('general'));
    await runner.drain(milliseconds(60));
    expect(log).toEqual(['start backup', 'start stop', 'start general']);
  });

  test('at the end does not wait longer than its programs run', async () => {
    const { runner, finish } = stage();
    runner.enqueue('VI_1', program('stop'));
    await settle();
    const began = performance.now();
    const drained = runner.drain(seconds(10));
    finish('stop');
    await drained;
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
