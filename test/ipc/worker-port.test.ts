import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';

/** As built: workers do not run TypeScript. */
const port = new URL('../../dist/src/ipc/worker-port.js', import.meta.url).href;

/** Sets itself up for a while, then says what it has been told since its start. */
const worker = `
  import { workerPort } from '${port}';
  const { start, post, serve, close } = await workerPort();
  post('start ' + start.plan);
  await new Promise((next) => setTimeout(next, 100));
  serve((message) => {
    post(message.type);
    if (message.type === 'stop') close();
  });
`;

/** What a worker says, and what it dies of, when its parent posts these messages. */
function said(...messages: unknown[]): unknown {
  const parent = `
    import { Worker } from 'node:worker_threads';
    const code = ${JSON.stringify(worker)};
    const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(code)));
    const said = [];
    worker.on('message', (message) => said.push(message));
    worker.on('error', (error) => said.push(error.message));
    worker.on('exit', () => console.log(JSON.stringify(said)));
    for (const message of ${JSON.stringify(messages)}) worker.postMessage(message);
  `;
  const argv = ['--input-type=module', '-e', parent];
  const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as unknown;
}

describe('the worker end of the line', () => {
  test('gives the start, and loses no message that comes before it is served', () => {
    const start = { protocol: 1, plan: 'A' };
    expect(said(start, { type: 'reload' }, { type: 'program-ended' }, { type: 'stop' })).toEqual([
      'start A',
      'reload',
      'program-ended',
      'stop',
    ]);
  });

  test('refuses a parent that speaks another protocol', () => {
    expect(said({ protocol: 0, plan: 'A' })).toEqual(['protocol 0 of the parent']);
  });
});
