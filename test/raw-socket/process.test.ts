import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('./fixtures/callbacks.mjs', import.meta.url));

/** Runs an act of the fixture on dist/ (npx tsc -b). */
function act(name: string): { status: number | null; stdout: string; stderr: string } {
  const argv = ['--expose-gc', script, name];
  return spawnSync(process.execPath, argv, { encoding: 'utf8', timeout: 60_000 });
}

describe('a socket in a process', () => {
  it('ends it when a callback throws and nobody catches', () => {
    const { status, stderr } = act('throw');
    expect(status).toBe(1);
    expect(stderr).toContain('Error: thrown at 1');
  });

  it('goes on reading after an exception that somebody caught', () => {
    const { status, stdout } = act('uncaught');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      ['thrown at 1', 'uncaughtException'],
      ['thrown at 2', 'uncaughtException'],
    ]);
  });

  it('is closed by the garbage collector, but not while it is watched', () => {
    const { stdout, stderr } = act('collect');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ opened: 100, left: 1, watched: true });
  });

  it('that is unref-ed does not keep it alive', () => {
    expect(act('idle')).toMatchObject({ status: 0, stdout: '"ended"' });
  });
});
