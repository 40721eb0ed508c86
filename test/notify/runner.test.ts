import { expect, test } from 'vitest';
import type { ProgramOutcome } from '#src/ipc/messages.js';
import { Runner } from '#src/notify/runner.js';
import { program, turns } from '#test/support/programs.js';

function stage() {
  const log: string[] = [];
  const settled: ((outcome: ProgramOutcome) => void)[] = [];
  const runner = new Runner({}, ({ argv: [name = ''] }) => {
    log.push(`start ${name}`);
    const ended = new Promise<ProgramOutcome>((settle) => settled.push(settle));
    return { pid: 77, ended, end: () => log.push(`end ${name}`) };
  });
  return { runner, log };
}

test('at most one program is started in a turn of the event loop', async () => {
  const { runner, log } = stage();
  for (let n = 0; n < 5; n++) void runner.run('vrrp', program(`p${n}`));
  expect(log).toHaveLength(0);
  await turns(1);
  expect(log).toHaveLength(1);
  await turns(1);
  expect(log).toHaveLength(2);
  await runner.started();
  expect(log).toHaveLength(5);
});

test('whoever asks is told of the process', async () => {
  const { runner } = stage();
  const pids: (number | undefined)[] = [];
  void runner.run('vrrp', program('check script'), { begun: (pid) => pids.push(pid) });
  await turns();
  expect(pids).toEqual([77]);
});

test('the programs of a worker that died are ended, and no others', async () => {
  const { runner, log } = stage();
  void runner.run('vrrp', program('check script'));
  void runner.run('check', program('misc check'));
  void runner.run('INSTANCE VI_1', program('notify'));
  await turns();
  runner.cancel('vrrp');
  expect(log.filter((line) => line.startsWith('end'))).toEqual(['end check script']);
});

test('what a worker that has died had asked for is not started', async () => {
  const { runner, log } = stage();
  const asked = runner.run('vrrp', program('check script'));
  runner.cancel('vrrp');
  await turns();
  expect(log).toEqual([]);
  expect(await asked).toEqual({ result: 'failed', reason: 'nobody waits for it any more' });
});
