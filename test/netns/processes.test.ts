import { spawn } from 'node:child_process';
import { openProcMonitor, type ProcEvent } from '@keepalived-ts/netlink/proc-events.js';
import { describe, expect, it } from 'vitest';
import { until } from '#test/support/wait.js';
import { readProcess, readProcesses } from '#vrrp/shell/proc-files.js';

/** Why the kernel would not tell us of processes. */
async function silence(): Promise<string | undefined> {
  const heard: ProcEvent[] = [];
  try {
    const monitor = openProcMonitor(
      (event) => void heard.push(event),
      () => undefined,
    );
    const isHeard = until('an answer', () => heard.length > 0, { within: 2_000 });
    return await isHeard
      .then(() => undefined)
      .catch(() => 'the kernel does not answer')
      .finally(() => monitor.close());
  } catch (error) {
    return (error as Error).message;
  }
}
const reason = await silence();

describe('processes of this machine', () => {
  it.skipIf(reason)(`are told of as they start and end (${reason ?? 'as root'})`, async () => {
    const events: ProcEvent[] = [];
    const monitor = openProcMonitor(
      (event) => void events.push(event),
      () => undefined,
    );
    try {
      const child = spawn('sleep', ['60']);
      const { pid = 0 } = child;
      const has = (what: ProcEvent['what']) => () =>
        events.some((e) => e.what === what && 'pid' in e && e.pid === pid);
      await until('it is another program', has('renamed'));
      await until('it is called so', async () => (await readProcess(pid))?.comm === 'sleep');
      expect((await readProcess(pid))?.argv).toEqual(['sleep', '60']);
      child.kill('SIGKILL');
      await until('it has ended', has('ended'));
      await until('it is gone', async () => (await readProcess(pid)) === undefined);
    } finally {
      monitor.close();
    }
  });

  it('are all found in /proc, this one too', async () => {
    const pids: number[] = [];
    for await (const { pid } of readProcesses()) pids.push(pid);
    expect(pids).toContain(process.pid);
  });
});
