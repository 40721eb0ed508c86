import { seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, test } from 'vitest';
import type { ProgramOutcome } from '#src/ipc/messages.js';
import { Runner } from '#src/notify/runner.js';
import { MOST_WAITING, type ScriptNews, Scripts } from '#src/notify/scripts.js';
import { ManualClock } from '#test/support/manual-clock.js';
import { program, turns } from '#test/support/programs.js';

const exited: ProgramOutcome = { result: 'exited', status: 0 };

/** Programs that run until the test ends them. */
function stage() {
  const running = new Map<string, (outcome: ProgramOutcome) => void>();
  const log: string[] = [];
  const news: ScriptNews[] = [];
  const clock = new ManualClock();
  let pid = 100;
  const runner = new Runner({}, ({ argv: [name = ''] }) => {
    log.push(name);
    const ended = new Promise<ProgramOutcome>((settle) => running.set(name, settle));
    return { pid: ++pid, ended, end: () => undefined };
  });
  const scripts = new Scripts({
    runner,
    clock,
    alarm: () => clock.alarm(),
    tell: (item) => news.push(item),
  });
  return {
    scripts,
    clock,
    log,
    news,
    running,
    change: (object: string, state: string, ...names: string[]) =>
      scripts.enqueue({ object, state, passing: state === 'LOWER', programs: names.map(program) }),
    end: async (name: string, outcome = exited): Promise<void> => {
      running.get(name)?.(outcome);
      await turns();
    },
  };
}

describe('programs of one object', () => {
  test('run one after the other, in order', async () => {
    const { change, log, end } = stage();
    change('VI_1', 'MASTER', 'm', 'n1');
    change('VI_1', 'BACKUP', 'b');
    await turns();
    expect(log).toEqual(['m']);
    await end('m');
    expect(log).toEqual(['m', 'n1']);
    await end('n1', { result: 'exited', status: 1 });
    expect(log).toEqual(['m', 'n1', 'b']);
  });

  test('do not wait for those of another', async () => {
    const { change, log } = stage();
    change('VI_1', 'MASTER', 'a');
    change('VI_2', 'MASTER', 'b');
    await turns();
    expect(log).toEqual(['a', 'b']);
  });

  test('start anew after all have run', async () => {
    const { change, log, end } = stage();
    change('VI_1', 'MASTER', 'a');
    await turns();
    await end('a');
    change('VI_1', 'BACKUP', 'b');
    await turns();
    expect(log).toEqual(['a', 'b']);
  });

  test('that can not be started are told and do not stop the others', async () => {
    const { change, log, news, end } = stage();
    change('VI_1', 'MASTER', 'a', 'b');
    await turns();
    await end('a', { result: 'failed', reason: 'spawn a ENOENT' });
    expect(news).toEqual([{ news: 'failed', program: 'a', reason: 'spawn a ENOENT' }]);
    expect(log).toEqual(['a', 'b']);
  });
});

describe('a program that hangs', () => {
  test('never gets company, and is told of at growing distances, at most an hour', async () => {
    const { change, log, news, clock, end } = stage();
    change('VI_1', 'MASTER', 'hangs');
    await turns();
    clock.advance(seconds(29.9));
    expect(news).toEqual([]);
    change('VI_1', 'BACKUP', 'b');
    clock.advance(seconds(0.2));
    change('VI_1', 'MASTER', 'm');
    clock.advance(seconds(4 * 3600));
    await turns();
    expect(log).toEqual(['hangs']);
    const late = { news: 'late', object: 'VI_1', program: 'hangs', pid: 101 };
    const told = [60, 120, 240, 480, 960, 1920, 3840, 7440, 11040].map((at) => ({
      ...late,
      seconds: at,
      waiting: 2,
    }));
    expect(news.splice(0)).toEqual([{ ...late, seconds: 30, waiting: 1 }, ...told]);
    await end('hangs');
    expect(news).toEqual([
      { news: 'over', object: 'VI_1', program: 'hangs', seconds: 14430, how: 'exit status 0' },
    ]);
    await end('b');
    await end('m');
    expect(log).toEqual(['hangs', 'b', 'm']);
    clock.advance(seconds(7200));
    expect(news).toHaveLength(1);
  });

  test('loses nothing but what is out of date, by name, when too much waits for it', async () => {
    const { change, log, news, end } = stage();
    change('VI_1', 'MASTER', 'hangs', 'and more');
    change('VI_1', 'FAULT', 'fault', 'too');
    change('VI_1', 'BACKUP', 'backup');
    for (let n = 1; n < MOST_WAITING; n++) change('VI_1', 'LOWER', `lower ${n}`);
    change('VI_1', 'LOWER', 'last');
    const dropped = { news: 'dropped', object: 'VI_1' };
    expect(news).toEqual([
      { ...dropped, state: 'FAULT', programs: ['fault', 'too'] },
      { ...dropped, state: 'LOWER', programs: ['lower 1'] },
    ]);
    await turns();
    for (const name of ['hangs', 'and more', 'backup']) await end(name);
    expect(log).toEqual(['hangs', 'and more', 'backup', 'lower 2']);
    for (let n = 2; n < MOST_WAITING; n++) await end(`lower ${n}`);
    expect(log.at(-1)).toBe('last');
  });
});

describe('at the end', () => {
  test('a program that runs is left to itself after a second', async () => {
    const { change, scripts, clock, news } = stage();
    change('VI_1', 'STOP', 'stop');
    await turns();
    let over = false;
    const drained = scripts.drain().then(() => {
      over = true;
    });
    clock.advance(seconds(0.9));
    await turns();
    expect(over).toBe(false);
    clock.advance(seconds(0.2));
    await drained;
    expect(news).toEqual([]);
  });

  test('nothing is waited for where nothing runs', async () => {
    const { change, scripts, end } = stage();
    change('VI_1', 'STOP', 'stop');
    await turns();
    const drained = scripts.drain();
    await end('stop');
    await drained;
  });

  test('those that wait for a slow one still run in order', async () => {
    const { change, scripts, clock, log, end } = stage();
    change('VI_1', 'STOP', 'slow', 'general');
    await turns();
    const drained = scripts.drain();
    clock.advance(seconds(5));
    await turns();
    expect(log).toEqual(['slow']);
    await end('slow');
    expect(log).toEqual(['slow', 'general']);
    await end('general');
    await drained;
  });

  test('behind one that hangs the last state is told all the same, and what is left out', async () => {
    const { change, scripts, clock, log, news, end } = stage();
    change('VI_1', 'MASTER', 'hangs', 'general master');
    change('VI_1', 'BACKUP', 'backup');
    change('VI_1', 'STOP', 'stop', 'general stop');
    await turns();
    const drained = scripts.drain();
    clock.advance(seconds(10));
    await drained;
    expect(log).toEqual(['hangs', 'stop', 'general stop']);
    expect(news).toEqual([
      { news: 'dropped', object: 'VI_1', state: 'MASTER', programs: ['general master'] },
      { news: 'dropped', object: 'VI_1', state: 'BACKUP', programs: ['backup'] },
      { news: 'hurried', object: 'VI_1', state: 'STOP', programs: ['stop', 'general stop'] },
    ]);
    await end('hangs');
    expect(log).toHaveLength(3);
  });
});
