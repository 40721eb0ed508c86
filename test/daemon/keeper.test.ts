import { type LogRecord, logger } from '@keepalived-ts/base/events.js';
import { milliseconds, seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, test } from 'vitest';
import { daemonEvents } from '#src/daemon/events.js';
import { Keeper } from '#src/daemon/keeper.js';
import type { FromWorker } from '#src/ipc/messages.js';
import { FakeThreads, type FakeWorker } from '#test/support/fake-thread.js';
import { ManualClock } from '#test/support/manual-clock.js';

function stage({ respawn = true, keepAtStop = false } = {}) {
  const clock = new ManualClock();
  const threads = new FakeThreads<string>();
  const lines: string[] = [];
  const news: string[] = [];
  const keeper = new Keeper<string>({
    name: 'VRRP',
    start: threads.start,
    detail: false,
    keepAtStop,
    respawn,
    clock,
    alarm: clock.alarm(),
    log: logger('daemon', daemonEvents, (record: LogRecord) => lines.push(record.text)),
    news: {
      ready: () => news.push('ready'),
      message: (message) => news.push(message.type),
      died: () => news.push('died'),
      hopeless: (exitCode) => news.push(`hopeless ${exitCode}`),
    },
  });
  const worker = (n: number): FakeWorker<string> => threads.worker(n);
  const say = (n: number, message: FromWorker): void => worker(n).say(message);
  const die = (n: number, error?: Error): void => worker(n).die(error);
  const { workers } = threads;
  return { keeper, clock, workers, worker, lines, news, say, die };
}

const done = async (promise: Promise<void>): Promise<boolean> => {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await new Promise((next) => setImmediate(next));
  return settled;
};

describe('a keeper', () => {
  test('asks its worker how the part stands', async () => {
    const { keeper, worker, say } = stage();
    expect(await keeper.status()).toBeUndefined();
    keeper.run('plan');
    say(0, { type: 'ready' });
    const first = keeper.status();
    const second = keeper.status();
    expect(worker(0).heard).toEqual([
      { type: 'ask-status', ticket: 1 },
      { type: 'ask-status', ticket: 2 },
    ]);
    const status = {
      part: 'vrrp',
      instances: [],
      groups: [],
      scripts: [],
      files: [],
      processes: [],
      links: [],
    } as const;
    say(0, { type: 'status', ticket: 2, status, more: false });
    expect(await second).toBe(status);
    worker(0).die();
    expect(await first).toBeUndefined();
  });

  test('starts a worker with its plan and tells when it is ready', () => {
    const { keeper, clock, worker, news, say } = stage();
    keeper.run('plan A');
    expect(worker(0).start).toEqual({
      protocol: 1,
      plan: 'plan A',
      posted: clock.now(),
      detail: false,
      keepAtStop: false,
      restarted: false,
    });
    expect(keeper.isReady).toBe(false);
    say(0, { type: 'ready' });
    expect(keeper.isReady).toBe(true);
    expect(news).toEqual(['ready']);
  });

  test('hands what a worker leaves on to its successors, until it runs anew', async () => {
    const { keeper, worker, say, die } = stage();
    const legacy = { timeouts: { tcp: 900, tcpFin: 120, udp: 300 } };
    keeper.run('plan');
    say(0, { type: 'bequeath', legacy: { reversePath: { all: 2, usual: 1, own: new Map() } } });
    say(0, { type: 'bequeath', legacy });
    say(0, { type: 'bequeath', legacy: { reversePath: undefined } });
    say(0, { type: 'ready' });
    die(0);
    expect(worker(0).start.legacy).toBeUndefined();
    expect(worker(1).start.legacy).toEqual(legacy);
    const ended = keeper.stop();
    say(1, { type: 'stopped' });
    die(1);
    await ended;
    keeper.run('plan');
    expect(worker(2).start.legacy).toBeUndefined();
  });

  test('restarts a worker that died, first at once, and says that it is a restart', () => {
    const { keeper, clock, workers, worker, lines, say, die } = stage();
    keeper.run('plan');
    say(0, { type: 'ready' });
    die(0);
    expect(worker(1).start.restarted).toBe(true);
    say(1, { type: 'ready' });
    die(1);
    expect(workers).toHaveLength(2);
    clock.advance(milliseconds(999));
    expect(workers).toHaveLength(2);
    clock.advance(milliseconds(1));
    expect(workers).toHaveLength(3);
    const pid = process.pid;
    expect(lines.filter((line) => !line.startsWith('VRRP child process failed'))).toEqual([
      `Starting VRRP child process, pid=${pid}`,
      `VRRP child process(${pid}) died: Respawning`,
      `Starting VRRP child process, pid=${pid}`,
      `VRRP child process(${pid}) died: Respawning`,
      'Restart of VRRP process delayed 1 seconds to limit respawn rate',
      `Starting VRRP child process, pid=${pid}`,
    ]);
  });

  test('names the reason when a worker ran out of memory', () => {
    const { keeper, lines, die } = stage();
    keeper.run('plan');
    die(0, Object.assign(new Error('limit'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }));
    expect(lines).toContain('VRRP child process failed: out of memory');
  });

  test('gives up when workers die before they are ready, time after time', () => {
    const { keeper, clock, workers, news, lines, die } = stage();
    keeper.run('plan');
    for (let n = 0; n < 6; n++) {
      die(n);
      clock.advance(seconds(60));
    }
    expect(workers).toHaveLength(6);
    expect(news.at(-1)).toBe('hopeless 1');
    expect(lines.at(-1)).toBe('VRRP child process died 6 times before it was ready. Terminating');
    expect(keeper.runs).toBe(false);
  });

  test('does not restart a worker that calls its case hopeless', async () => {
    const { keeper, worker, workers, news, lines, say } = stage();
    keeper.run('plan');
    say(0, { type: 'hopeless', reason: 'socket: EPERM', exitCode: 4 });
    expect(worker(0).terminated).toBe(true);
    expect(news).toEqual(['hopeless 4', 'died']);
    expect(lines.at(-1)).toBe(
      'VRRP exited with permanent error missing permission: socket: EPERM. Terminating',
    );
    expect(await done(keeper.stop())).toBe(true);
    expect(workers).toHaveLength(1);
  });

  test('passes a reload on and waits for the worker to go by it', async () => {
    const { keeper, worker, say } = stage();
    keeper.run('plan A');
    say(0, { type: 'ready' });
    const reloaded = keeper.reload('plan B');
    expect(worker(0).heard).toEqual([{ type: 'reload', plan: 'plan B' }]);
    expect(await done(reloaded)).toBe(false);
    say(0, { type: 'reloaded' });
    expect(await done(reloaded)).toBe(true);
  });

  test('starts the next worker with the plan of a reload that the former did not survive', async () => {
    const { keeper, worker, say, die } = stage();
    keeper.run('plan A');
    say(0, { type: 'ready' });
    const reloaded = keeper.reload('plan B');
    die(0);
    expect(await done(reloaded)).toBe(true);
    expect(worker(1).start.plan).toBe('plan B');
  });

  test('stops when the worker has said so and ended', async () => {
    const { keeper, worker, workers, say } = stage();
    keeper.run('plan');
    say(0, { type: 'ready' });
    const stopped = keeper.stop();
    expect(worker(0).heard).toEqual([{ type: 'stop' }]);
    say(0, { type: 'stopped' });
    expect(await done(stopped)).toBe(false);
    worker(0).end();
    expect(await done(stopped)).toBe(true);
    expect(workers).toHaveLength(1);
  });

  test('ends a worker that has said `stopped` and does not end', async () => {
    const { keeper, clock, worker, lines, say } = stage();
    keeper.run('plan');
    const stopped = keeper.stop();
    say(0, { type: 'stopped' });
    clock.advance(seconds(1));
    expect(worker(0).terminated).toBe(true);
    expect(await done(stopped)).toBe(true);
    expect(lines).not.toContain('VRRP process failed to die - forcing termination');
  });

  test('waits for a worker that is still busy, and not for one that is silent for 5 s', async () => {
    const { keeper, clock, worker, lines, say } = stage({ keepAtStop: true });
    keeper.run('plan');
    const stopped = keeper.stop();
    for (let n = 0; n < 10; n++) {
      clock.advance(seconds(4));
      say(0, { type: 'busy' });
    }
    expect(worker(0).terminated).toBe(false);
    clock.advance(seconds(5));
    expect(worker(0).terminated).toBe(true);
    expect(lines.at(-1)).toBe('VRRP process failed to die - forcing termination');
    expect(await done(stopped)).toBe(true);
  });

  test('lets one more worker clean up when it is stopped while none runs', async () => {
    const { keeper, workers, worker, say, die } = stage();
    keeper.run('plan');
    say(0, { type: 'ready' });
    die(0);
    die(1);
    expect(workers).toHaveLength(2);
    const stopped = keeper.stop();
    expect(worker(2).start.restarted).toBe(true);
    expect(worker(2).heard).toEqual([{ type: 'stop' }]);
    say(2, { type: 'stopped' });
    worker(2).end();
    expect(await done(stopped)).toBe(true);
  });

  test('lets one more worker, and only one, clean up after one that died while it stopped', async () => {
    const { keeper, workers, die } = stage();
    keeper.run('plan');
    const stopped = keeper.stop();
    die(0);
    expect(workers).toHaveLength(2);
    die(1);
    expect(workers).toHaveLength(2);
    expect(await done(stopped)).toBe(true);
  });

  test('cleans nothing up with -V or -I', async () => {
    const { keeper, workers, die } = stage({ keepAtStop: true });
    keeper.run('plan');
    const stopped = keeper.stop();
    die(0);
    expect(await done(stopped)).toBe(true);
    expect(workers).toHaveLength(1);
  });

  test('with -R ends the daemon instead of restarting, but cleans up', async () => {
    const { keeper, workers, worker, news, lines, say, die } = stage({ respawn: false });
    keeper.run('plan');
    say(0, { type: 'ready' });
    die(0);
    expect(news.at(-1)).toBe('hopeless 1');
    expect(lines.at(-1)).toBe(`VRRP child process(${process.pid}) died: Exiting`);
    expect(workers).toHaveLength(1);
    const stopped = keeper.stop();
    expect(worker(1).heard).toEqual([{ type: 'stop' }]);
    say(1, { type: 'stopped' });
    worker(1).end();
    expect(await done(stopped)).toBe(true);
  });
});
