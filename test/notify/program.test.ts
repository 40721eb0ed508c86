import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { milliseconds, seconds } from '@keepalived-ts/base/time.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { programEnvironment, start } from '#src/notify/program.js';
import { until } from '#test/support/wait.js';

const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const isRoot = self.uid === 0;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'program-'));
  chmodSync(folder, 0o777);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a script and gives its path. */
function script(text: string): string {
  const path = join(folder, 'script.sh');
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

const isAlive = (pid: number): boolean => {
  try {
    // A killed child that its new parent has not yet fetched is no longer alive.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('a program', () => {
  test('gets its arguments untouched by any shell, and reports its status', async () => {
    const path = script(`printf '%s|' "$@" > ${folder}/out; exit 3`);
    const argv = [path, 'two words', '$HOME', '; rm -rf', '', '*'];
    const outcome = await start({ argv, account: self }, {}).ended;
    expect(outcome).toEqual({ result: 'exited', status: 3 });
    expect(readFileSync(`${folder}/out`, 'utf8')).toBe('two words|$HOME|; rm -rf||*|');
  });

  test('runs in a process group of its own on /dev/null', async () => {
    const open = [0, 1, 2].map((n) => `$(readlink /proc/$$/fd/${n})`).join(' ');
    const path = script(
      `seen="$(cut -d' ' -f5 /proc/$$/stat) $$ ${open}"; echo $seen > ${folder}/out`,
    );
    await start({ argv: [path], account: self }, process.env).ended;
    const [group, pid, ...seen] = readFileSync(`${folder}/out`, 'utf8').trim().split(/\s+/);
    expect(group).toBe(pid);
    expect(seen).toEqual(['/dev/null', '/dev/null', '/dev/null']);
  });

  test('that ends by a signal says by which', async () => {
    const outcome = await start({ argv: [script('kill -USR1 $$')], account: self }, {}).ended;
    expect(outcome).toEqual({ result: 'signalled', signal: 10 });
  });

  test.each([
    ['does not exist', '/nonexistent/program', 'ENOENT'],
    ['is not executable', '/etc/passwd', 'EACCES'],
  ])('that %s has failed', async (_, name, code) => {
    const outcome = await start({ argv: [name], account: self }, {}).ended;
    expect(outcome).toEqual({ result: 'failed', reason: expect.stringContaining(code) });
  });

  test('is told to end when its time is up', async () => {
    const path = script(
      `trap 'echo asked > ${folder}/out; exit 0' TERM; while :; do sleep 0.05; done`,
    );
    const run = start({ argv: [path], account: self, timeout: seconds(1) }, process.env);
    expect(await run.ended).toEqual({ result: 'timed-out' });
    expect(readFileSync(`${folder}/out`, 'utf8')).toBe('asked\n');
  });

  test('that ended while we were held up has not taken too long, nor what it left behind', async () => {
    const path = script(`sleep 600 & echo $! > ${folder}/child`);
    const run = start({ argv: [path], account: self, timeout: milliseconds(100) }, process.env);
    const stalled = new Int32Array(new SharedArrayBuffer(4));
    for (let i = 0; i < 20 && !existsSync(`${folder}/child`); i++) Atomics.wait(stalled, 0, 0, 100);
    Atomics.wait(stalled, 0, 0, 300);
    expect(await run.ended).toEqual({ result: 'exited', status: 0 });
    const child = Number(readFileSync(`${folder}/child`, 'utf8'));
    await new Promise(setImmediate);
    expect(isAlive(child)).toBe(true);
    process.kill(child);
  });

  test('that will not end is killed 2 s later, with everything it has started', async () => {
    const path = script(
      `trap '' TERM; sleep 600 & echo $! > ${folder}/child; wait; wait; sleep 600`,
    );
    const began = performance.now();
    const run = start({ argv: [path], account: self, timeout: seconds(1) }, process.env);
    expect(await run.ended).toEqual({ result: 'timed-out' });
    const took = performance.now() - began;
    expect(took).toBeGreaterThan(2_900);
    expect(took).toBeLessThan(8_000);
    const child = Number(readFileSync(`${folder}/child`, 'utf8'));
    await until('its child is gone', () => !isAlive(child));
  });

  test('ends early when asked, with the children that ignored the request', async () => {
    const path = script(
      `(trap '' TERM; while :; do sleep 1; done) & echo $! > ${folder}/child; sleep 600`,
    );
    const run = start({ argv: [path], account: self }, process.env);
    await until('it runs', () => existsSync(`${folder}/child`));
    run.end();
    expect(await run.ended).toEqual({ result: 'signalled', signal: 15 });
    const child = Number(readFileSync(`${folder}/child`, 'utf8'));
    await until('its child is gone', () => !isAlive(child));
  });

  test.skipIf(!isRoot)('runs as its user and group (needs root)', async () => {
    const path = script(`id -u > ${folder}/out; id -g >> ${folder}/out; id -G >> ${folder}/out`);
    const account = { uid: 65534, gid: 12 };
    await start({ argv: [path], account }, process.env).ended;
    expect(readFileSync(`${folder}/out`, 'utf8')).toBe('65534\n12\n12\n');
  });
});

test('programs inherit our environment without what could change or speak for others', () => {
  const ours = {
    PATH: '/bin',
    IFS: 'x',
    LD_PRELOAD: 'x',
    LD_LIBRARY_PATH: 'x',
    NOTIFY_SOCKET: 'x',
  };
  expect(programEnvironment(ours)).toEqual({ PATH: '/bin' });
  expect(ours.IFS).toBe('x');
});

describe('a daemon that is killed', () => {
  test.runIf(existsSync('/usr/bin/setpriv'))(
    'takes the programs with a time limit along, and no others',
    async () => {
      const module = new URL('../../dist/src/notify/program.js', import.meta.url).href;
      const path = script(`echo $$ > ${folder}/$1; exec sleep 60`);
      const run = (name: string, more: string): string =>
        `start({ argv: ['${path}', '${name}'], account: ${JSON.stringify(self)}${more} }, process.env)`;
      const text = `import { start } from '${module}'; ${run('limited', ', timeout: 60e6')}; ${run('free', '')};`;
      const daemon = spawn(process.execPath, ['--input-type=module', '-e', text]);
      const pidOf = (name: string): number =>
        existsSync(`${folder}/${name}`) ? Number(readFileSync(`${folder}/${name}`, 'utf8')) : 0;
      const names = ['limited', 'free'];
      try {
        await until('both run', () => names.every((name) => pidOf(name) > 0));
        daemon.kill('SIGKILL');
        await until('the limited one is gone', () => !isAlive(pidOf('limited')));
        expect(isAlive(pidOf('free'))).toBe(true);
      } finally {
        daemon.kill('SIGKILL');
        for (const pid of names.map(pidOf))
          if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGKILL');
      }
    },
  );
});
