import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Running } from '#test/support/process.js';
import { until } from '#test/support/wait.js';

/*
 * The program as built, with configurations that need no privilege: no instance and no virtual
 * server, so no worker. test/netns/ has those with workers.
 */

const program = fileURLToPath(new URL('../../dist/program/cli.js', import.meta.url));

let folder = '';
beforeEach(() => {
  if (!existsSync(program)) throw new Error('dist/ is missing: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);
const conf = (text: string): string => {
  writeFileSync(path('k.conf'), text, { mode: 0o644 });
  return path('k.conf');
};
const files = (): string[] => ['-f', path('k.conf'), '-p', path('k.pid')];

function keepalived(...argv: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...argv], {
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

const EMPTY = 'global_defs {\n    router_id test\n}\n';

describe('the program', () => {
  test('prints help and version to stderr and succeeds', () => {
    const help = keepalived('-h');
    expect(help).toMatchObject({ status: 0, out: '' });
    expect(help.err).toMatch(/^Usage: keepalived-ts \[OPTION\.\.\.\]/);
    expect(help.err).toMatch(/-f, --use-file +Configuration file/);
    expect(keepalived('-v')).toMatchObject({
      status: 0,
      out: '',
      err: expect.stringMatching(/^Keepalived v\d+\.\d+\.\d+/),
    });
  });

  test('fails with status 1 on an option it does not know', () => {
    expect(keepalived('-Z')).toEqual({ status: 1, out: '', err: 'Unknown option -Z\n' });
  });

  test('prints the number of a signal', () => {
    expect(keepalived('--signum=RELOAD')).toEqual({ status: 0, out: '1\n', err: '' });
  });
});

describe('-t', () => {
  test('--format json prints one document on stdout, also where nothing is wrong', () => {
    const clean = keepalived('-t', '--format', 'json', '-f', conf(EMPTY));
    expect({ ...clean, out: JSON.parse(clean.out) }).toEqual({
      status: 0,
      err: '',
      out: {
        file: path('k.conf'),
        exitCode: 0,
        usable: true,
        diagnostics: [],
        counts: { errors: 0, warnings: 0, advice: 0 },
      },
    });
    const wrong = keepalived(
      '-t',
      '--format=json',
      '-f',
      conf('global_defs {\n  rooter_id x\n}\n'),
    );
    expect(wrong.status).toBe(5);
    expect(JSON.parse(wrong.out)).toMatchObject({
      exitCode: 5,
      diagnostics: [{ class: 'unknown-keyword', line: 2, column: 3, length: 9 }],
      counts: { errors: 1, warnings: 0, advice: 0 },
    });
  });

  test('--format takes text and json only', () => {
    expect(keepalived('-t', '--format', 'xml', '-f', conf(EMPTY))).toMatchObject({
      status: 1,
      out: '',
      err: "Invalid format 'xml': it is text or json\n",
    });
  });

  test('is silent about a good file', () => {
    expect(keepalived('-t', '-f', conf(EMPTY))).toEqual({ status: 0, out: '', err: '' });
  });

  test('shows every mistake at once, with line, caret and hint, and fails with 5', () => {
    conf('global_defs {\n    router_idd x\n}\nvrrp_instance V {\n    priority 300\n}\n');
    const { status, err } = keepalived('-t', '-f', path('k.conf'));
    expect(status).toBe(5);
    expect(err).toContain(`${path('k.conf')}:2:5: error: `);
    expect(err).toContain('  router_idd x\n  ^^^^^^^^^^\n');
    expect(err).toContain(`${path('k.conf')}:5:14: `);
    expect(err).toMatch(/\d+ errors, \d+ warnings\n$/);
  });

  test('appends to a file when one is named', () => {
    conf('nonsense\n');
    writeFileSync(path('out'), 'before\n');
    expect(keepalived(`-t${path('out')}`, '-f', path('k.conf'))).toMatchObject({
      status: 5,
      err: '',
    });
    expect(readFileSync(path('out'), 'utf8')).toMatch(/^before\n.*:1:1: error: /);
  });

  test('does not write through a symbolic link', () => {
    conf('nonsense\n');
    writeFileSync(path('precious'), 'untouched\n');
    symlinkSync(path('precious'), path('link'));
    expect(keepalived(`-t${path('link')}`, '-f', path('k.conf')).status).toBe(1);
    expect(readFileSync(path('precious'), 'utf8')).toBe('untouched\n');
  });

  test('fails with 1 when it can not write there', () => {
    conf(EMPTY);
    expect(keepalived(`-t${path('no/such')}`, '-f', path('k.conf')).status).toBe(1);
  });
});

describe('the daemon in the foreground', () => {
  const start = (...argv: string[]): Running =>
    new Running('daemon', [process.execPath, program, '-n', '-l', '-G', ...files(), ...argv], {
      TMPDIR: path('.'),
    });
  const logged = (daemon: Running, text: string): Promise<unknown> =>
    until(`the log says ${text}`, () => daemon.output.includes(text));

  test('says the phrases that operators look for, from start to end', async () => {
    conf(EMPTY);
    const daemon = start();
    await logged(daemon, 'Startup complete');
    expect(readFileSync(path('k.pid'), 'utf8')).toBe(`${daemon.pid}\n`);
    expect(statSync(path('k.pid')).mode & 0o777).toBe(0o644);
    expect(await daemon.stop()).toBe(0);
    const texts = daemon.output.split('\n').map((line) => line.replace(/^.*? \d{4}: /, ''));
    expect(texts).toEqual([
      expect.stringMatching(/^Starting Keepalived v/),
      expect.stringMatching(/^Running on Linux /),
      expect.stringContaining("Command line: 'keepalived-ts' '-n' '-l' '-G' '-f'"),
      `Configuration file ${path('k.conf')}`,
      'Warning - keepalived has no configuration to run',
      'Startup complete',
      'Stopping',
      expect.stringMatching(/^Stopped Keepalived v/),
      '',
    ]);
    expect(existsSync(path('k.pid'))).toBe(false);
  });

  test('reloads on HUP and keeps the old configuration when the new one has errors', async () => {
    conf(EMPTY);
    const daemon = start();
    await logged(daemon, 'Startup complete');
    daemon.signal('SIGHUP');
    await logged(daemon, 'Reload complete');
    conf('first mistake\nsecond mistake\n');
    daemon.signal('SIGHUP');
    await logged(daemon, `Reload of ${path('k.conf')} refused`);
    expect(daemon.output).toContain(`${path('k.conf')}:1:1: `);
    expect(daemon.output).toContain(`${path('k.conf')}:2:1: `);
    expect(daemon.output.split('Reload complete')).toHaveLength(2);
    expect(await daemon.stop()).toBe(0);
  });

  test('survives the signals of dumps and of the terminal', async () => {
    conf(EMPTY);
    const daemon = start('--ignore-sigint');
    await logged(daemon, 'Startup complete');
    daemon.signal('SIGUSR1');
    await logged(daemon, 'keepalived_parent.data');
    daemon.signal('SIGUSR2');
    daemon.signal('SIGINT');
    daemon.signal('SIGPIPE');
    // SIGRTMIN+2, SIGRTMAX-1 and SIGRTMAX of keepalived, which Node can't name.
    for (const number of [36, 63, 64]) process.kill(daemon.pid, number);
    daemon.signal('SIGHUP');
    await logged(daemon, 'Reload complete');
    expect(await daemon.stop()).toBe(0);
  });

  test('stops on INT, too', async () => {
    conf(EMPTY);
    const daemon = start();
    await logged(daemon, 'Startup complete');
    expect(await daemon.stop('SIGINT')).toBe(0);
    expect(daemon.output).toContain('Stopped Keepalived v');
  });

  test('goes on where nobody hears that its log file can not be written', async () => {
    conf(EMPTY);
    const argv = [program, '-n', '-G', `-g${path('none')}/k.log`, ...files()];
    const env = { ...process.env, TMPDIR: folder };
    const daemon = spawn(process.execPath, argv, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    daemon.stderr?.destroy();
    const status = once(daemon, 'exit');
    await until('it runs', () => existsSync(path('k.pid')));
    daemon.kill('SIGUSR1');
    await until('it has dumped', () => existsSync(path('keepalived_parent.data')));
    daemon.kill('SIGTERM');
    expect(await status).toEqual([0, null]);
  });

  test('ends although nobody reads its log any more', async () => {
    conf(EMPTY);
    spawnSync('mkfifo', [path('log')]);
    const reader = openSync(path('log'), constants.O_RDWR | constants.O_NONBLOCK);
    const stderr = openSync(path('log'), 'w');
    expect(() => {
      for (;;) writeSync(reader, Buffer.alloc(4096));
    }).toThrow('EAGAIN');
    const argv = [program, '-n', '-l', '-G', ...files()];
    const daemon = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', stderr] });
    const status = once(daemon, 'exit');
    await until('it runs', () => existsSync(path('k.pid')));
    daemon.kill('SIGTERM');
    const force = setTimeout(() => daemon.kill('SIGKILL'), 10_000);
    expect(await status).toEqual([0, null]);
    clearTimeout(force);
    closeSync(stderr);
    closeSync(reader);
  }, 20_000);

  test('succeeds at once when it is running already', async () => {
    conf(EMPTY);
    const daemon = start();
    await logged(daemon, 'Startup complete');
    const second = keepalived('-n', '-l', '-G', ...files());
    expect(second.status).toBe(0);
    expect(second.err).toContain('daemon is already running');
    expect(daemon.running).toBe(true);
    expect(await daemon.stop()).toBe(0);
  });

  test('starts over the pid file of one that was killed', async () => {
    conf(EMPTY);
    const killed = start();
    await logged(killed, 'Startup complete');
    await killed.stop('SIGKILL');
    expect(existsSync(path('k.pid'))).toBe(true);
    const next = start();
    await logged(next, 'Startup complete');
    expect(readFileSync(path('k.pid'), 'utf8')).toBe(`${next.pid}\n`);
    expect(await next.stop()).toBe(0);
  });

  test('ends with 6 when there is no configuration file', () => {
    const { status, err } = keepalived('-n', '-l', '-G', ...files());
    expect(status).toBe(6);
    expect(err).toContain(`Unable to use configuration ${path('k.conf')}`);
    expect(existsSync(path('k.pid'))).toBe(false);
  });
});

describe('the daemon in the background', () => {
  test('is ready when the command returns, and logs to files', async () => {
    conf(EMPTY);
    const argv = [...files(), '-G', `-g${path('k.log')}`];
    expect(keepalived(...argv)).toEqual({
      status: 0,
      out: '',
      err: 'Warning - keepalived has no configuration to run\n',
    });
    const pid = Number(readFileSync(path('k.pid'), 'utf8'));
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
    expect(Number(stat[5])).toBe(pid); // it leads a session of its own
    await until('the log says so', () =>
      readFileSync(path('k.log'), 'utf8').includes('Startup complete'),
    );
    process.kill(pid);
    await until('it has ended', () => !existsSync(path('k.pid')));
    await until('its last line', () =>
      readFileSync(path('k.log'), 'utf8').includes('Stopped Keepalived'),
    );
  });

  test('that can not start tells the one who called it', () => {
    const { status, err } = keepalived(...files(), '-G');
    expect(status).toBe(6);
    expect(err).toContain(`Unable to use configuration ${path('k.conf')}`);
  });
});
