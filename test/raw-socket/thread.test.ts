import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('./fixtures/threads.mjs', import.meta.url));
const noRoot = process.getuid?.() === 0 ? undefined : 'needs root';

/** A worker that changes itself, run on dist/ (npx tsc -b). */
const run = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: 60_000 });
const { attempts, locked, worker, before, main } = JSON.parse(run.stdout || '{}');

describe('a worker thread', () => {
  it('gets a name of its own, of which the kernel keeps 15 bytes', () => {
    expect(attempts.name).toBe('done');
    expect(worker.name).toBe('a-name-far-too-');
  });

  it('is kept on the CPUs it names', () => {
    expect(attempts.affinity).toBe('done');
    expect(worker.cpus).toBe('0');
    expect(attempts.nobody, 'no CPU at all').toBe('EINVAL');
  });

  it('is nice by itself', () => {
    expect(attempts.nice).toBe('done');
    // As nice as can be: who is nice already may become no less so.
    expect(worker.nice).toBe(19);
  });

  it.skipIf(noRoot)('is scheduled in real time (skipped unless root)', () => {
    expect(attempts.scheduler).toBe('done');
    expect(worker).toMatchObject({ policy: 2, priority: 3 });
  });

  it.runIf(noRoot)('is refused real time with EPERM when not root', () => {
    expect(attempts.scheduler).toBe('EPERM');
    expect(worker).toMatchObject({ policy: 0, priority: 0 });
  });

  it('is told when a file is no namespace', () => {
    expect(attempts.wrongFile).toBe('EINVAL');
  });

  it.skipIf(noRoot)('locks and unlocks the memory of the process (skipped unless root)', () => {
    expect(locked).toMatchObject({ done: 'done', unlocked: 'done', after: '0 kB' });
    expect(Number.parseInt(locked.now, 10)).toBeGreaterThan(0);
  });

  it('leaves the main thread as it was', () => {
    expect(main).toEqual(before);
    expect(main.tid).not.toBe(worker.tid);
  });
});
