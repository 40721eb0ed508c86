import { seconds, systemClock } from '@keepalived-ts/base/time.js';
import { describe, expect, test } from 'vitest';
import { SpareWorker, type ThreadEvents, workerThread } from '#src/daemon/thread.js';
import { type FromWorker, PROTOCOL_VERSION, type WorkerStart } from '#src/ipc/messages.js';
import { until } from '#test/support/wait.js';

/** A module for a worker, whole: the test's own loader is not that of workers. */
const entry = (code: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads';${code}`)}`,
  );

/** Says what it is told, the plan of its start first, and ends when it is told to stop. */
const parrot = entry(`
  parentPort.on('message', (message) => {
    parentPort.postMessage({ type: 'log', records: [message.plan ?? message.type] });
    if (message.type === 'stop') parentPort.close();
  });
`);

const start: WorkerStart<string> = {
  protocol: PROTOCOL_VERSION,
  plan: 'plan',
  posted: systemClock.now(),
  detail: false,
  keepAtStop: false,
  restarted: false,
};

function ears(): ThreadEvents & { said: unknown[]; failures: string[]; over: () => boolean } {
  const said: unknown[] = [];
  const failures: string[] = [];
  let over = false;
  return {
    said,
    failures,
    over: () => over,
    message: (message: FromWorker) =>
      said.push('records' in message ? message.records[0] : message),
    output: (text) => said.push(`printed ${text}`),
    failed: (error) => failures.push(error.message),
    ended: () => {
      over = true;
    },
  };
}

describe('a worker thread', () => {
  test('gets its start first, then what it is told', async () => {
    const heard = ears();
    const thread = workerThread<string>('vrrp', parrot)(start, heard);
    thread.post({ type: 'reload', plan: 'other' });
    thread.post({ type: 'stop' });
    await until('it has ended', heard.over);
    expect(heard.said).toEqual(['plan', 'other', 'stop']);
    expect(heard.failures).toEqual([]);
  });

  test('is the spare one the first time, and another one after that', async () => {
    const spare = new SpareWorker(
      'vrrp',
      entry("parentPort.postMessage({ type: 'log', records: ['spare'] });"),
    );
    const begin = workerThread<string>('vrrp', parrot, spare);
    const first = ears();
    begin(start, first);
    await until('the spare one has ended', first.over);
    expect(first.said).toEqual(['spare']);
    const second = ears();
    begin(start, second).post({ type: 'stop' });
    await until('the second has ended', second.over);
    expect(second.said).toEqual(['plan', 'stop']);
  });

  test('is a new one when the spare one has died of itself', async () => {
    const spare = new SpareWorker('vrrp', entry("throw new Error('not today')"));
    await new Promise((next) => setTimeout(next, 500));
    const heard = ears();
    workerThread<string>('vrrp', parrot, spare)(start, heard).post({ type: 'stop' });
    await until('it has ended', heard.over);
    expect(heard.said[0]).toBe('plan');
  });

  test('that throws tells why, and ends', async () => {
    const heard = ears();
    workerThread<string>('vrrp', entry("throw new Error('bang')"))(start, heard);
    await until('it has ended', heard.over);
    expect(heard.failures).toEqual(['bang']);
  });

  test('that fills its heap is ended alone', { timeout: 30_000 }, async () => {
    const heard = ears();
    const hoarder = entry(
      'const all = []; for (;;) all.push(new Array(1 << 17).fill(all.length));',
    );
    workerThread<string>('vrrp', hoarder)(start, heard);
    await until('it has ended', heard.over, { within: 25_000 });
    expect(heard.failures).toEqual([expect.stringContaining('memory limit')]);
  });

  test('has what it prints passed on, line by line', async () => {
    const heard = ears();
    workerThread<string>('vrrp', entry("console.log('one\\ntwo'); console.error('three')"))(
      start,
      heard,
    );
    await until('it has printed', () => heard.said.length === 3);
    expect([...heard.said].sort()).toEqual(['printed one', 'printed three', 'printed two']);
    await until('it has ended', heard.over);
  });

  test('ends when it is terminated, whatever it does', async () => {
    const heard = ears();
    const thread = workerThread<string>('vrrp', entry('for (;;);'))(start, heard);
    await new Promise((next) => setTimeout(next, seconds(0.1) / 1000));
    thread.terminate();
    await until('it has ended', heard.over);
  });
});
