import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { optionRows } from '#src/daemon/options.js';
import { runSubcommand, subcommands, synopsis } from '#src/daemon/subcommands.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/program/cli.js');
const keepalived = (...argv: string[]) =>
  spawnSync(process.execPath, [program, ...argv], { encoding: 'utf8' });

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'subcommands-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const conf = (text: string): string => {
  const path = join(folder, 'k.conf');
  writeFileSync(path, text, { mode: 0o644 });
  return path;
};

const INSTANCE = `vrrp_instance V {
  interface eth0
  virtual_router_id 51
  priority 0150
  authentication {
    auth_type PASS
    auth_pass s3cret
  }
  virtual_ipaddress {
    192.0.2.1/24
  }
}
`;
const NORMAL = `vrrp_instance V {
  interface eth0
  virtual_router_id 51
  priority 150
  virtual_ipaddress {
    192.0.2.1/24
  }
  authentication {
    auth_type PASS
    auth_pass ***
  }
}
`;
/** Lines in their own order: the order of rows is the tables' affair. */
const lines = (text: string | undefined): string[] => (text ?? '').split('\n').toSorted();

describe('a command line that begins with a word', () => {
  test.each([
    [['explain'], 'Missing argument: KEYWORD\nUsage: keepalived-ts explain KEYWORD\n'],
    [['explain', 'a', 'b'], "Unexpected argument 'b'\nUsage: keepalived-ts explain KEYWORD\n"],
    [
      ['keywords', '--format', 'xml'],
      '--format is one of tsv, json, md\nUsage: keepalived-ts keywords [--format tsv|json|md]\n',
    ],
    [
      ['completion', 'csh'],
      "'csh' is none of bash, zsh, fish\nUsage: keepalived-ts completion bash|zsh|fish\n",
    ],
    [['expalin', 'priority'], "Unknown command 'expalin': did you mean 'explain'?\n"],
    [['config', 'dmp'], "Unknown command 'config dmp': there is config dump, config diff\n"],
    [
      ['/etc/keepalived.conf'],
      expect.stringMatching(/^Unknown command '\/etc\/keepalived\.conf': there are /),
    ],
  ])('%j is a mistake of usage: status 1', async (argv, err) => {
    expect(await runSubcommand(argv)).toEqual({ status: 1, err });
  });

  it('complains of options that it does not have', async () => {
    const { status, err } = await runSubcommand(['schema', '--secrets']);
    expect(status).toBe(1);
    expect(err).toMatch(/--secrets.*\nUsage: keepalived-ts schema\n$/s);
  });

  it.each(Object.keys(subcommands))('%s --help tells how it is used', async (name) => {
    const { status, out } = await runSubcommand([...name.split(' '), '--help']);
    expect(status).toBe(0);
    expect(out).toContain(`Usage: keepalived-ts ${name}`);
  });

  it.each(Object.keys(subcommands))('%s has a module that runs it', async (name) => {
    expect((await subcommands[name]?.load())?.run).toBeTypeOf('function');
  });
});

describe('config dump', () => {
  it('prints the normal form, without secrets', async () => {
    const { status, out } = await runSubcommand(['config', 'dump', '-f', conf(INSTANCE)]);
    expect(status).toBe(0);
    expect(lines(out)).toEqual(lines(NORMAL));
  });

  it('prints secrets when it is asked to', async () => {
    const argv = ['config', 'dump', '--use-file', conf(INSTANCE), '--secrets'];
    const { out } = await runSubcommand(argv);
    expect(lines(out)).toEqual(lines(NORMAL.replace('***', 's3cret')));
    const json = await runSubcommand([...argv, '--format', 'json']);
    expect(json.out).toContain('"auth_pass": "s3cret"');
  });

  it.each(['conf', 'json'])('as %s keeps keys and passphrases, too', async (format) => {
    const key = '0f'.repeat(32);
    const text = INSTANCE.replace('}\n', `}\n  auth_hmac {\n    key 1 hex:${key}\n  }\n`);
    const path = conf(`SSL {\n  password passphrase\n}\n${text}`);
    const argv = ['config', 'dump', '-f', path, '--format', format];
    const { out = '', err = '' } = await runSubcommand(argv);
    expect(out).toContain('***');
    for (const secret of [key, 'passphrase', 's3cret']) {
      expect(out + err).not.toContain(secret);
      expect((await runSubcommand([...argv, '--secrets'])).out).toContain(secret);
    }
  });

  it('heeds the lines of the configuration id that -i tells, as config diff does', async () => {
    const marked = conf(INSTANCE.replace('  priority 0150', '  priority 0150\n  @b1 priority 90'));
    const other = join(folder, 'other.conf');
    writeFileSync(other, INSTANCE);
    const dump = (id: string) => runSubcommand(['config', 'dump', '-f', marked, '-i', id]);
    expect(lines((await dump('b2')).out)).toEqual(lines(NORMAL));
    expect((await dump('b1')).out).toContain('priority 90');
    const diff = (id: string) => runSubcommand(['config', 'diff', '-i', id, other, marked]);
    expect((await diff('b2')).status).toBe(0);
    expect((await diff('b1')).status).toBe(1);
  });

  it('says on stderr what is wrong, and still prints what counts', async () => {
    const { status, out, err } = await runSubcommand([
      ...['config', 'dump', '--format', 'json'],
      ...['-f', conf(INSTANCE.replace('priority', 'prioriti'))],
    ]);
    expect(status).toBe(0);
    expect(err).toContain("Unknown keyword 'prioriti'");
    expect(JSON.parse(out ?? '')).toMatchObject({ vrrp_instance: [{ virtual_router_id: 51 }] });
  });

  it('of a file that is not there fails and prints nothing', async () => {
    const missing = join(folder, 'none.conf');
    const { status, out, err } = await runSubcommand(['config', 'dump', '-f', missing]);
    expect(status).toBe(1);
    expect(out).toBeUndefined();
    expect(err).toContain(missing);
  });
});

describe('the program', () => {
  it('prints what a subcommand says to stdout, all of it', () => {
    const { stdout, stderr, status } = keepalived('keywords');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^block\tkeyword\teffect\tnote\n/);
    expect(stdout.split('\n').length).toBeGreaterThan(400);
  });

  it('ends with 1 and a hint for a keyword that it does not know', () => {
    expect(keepalived('explain', 'prioriti')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: "There is no keyword 'prioriti'; did you mean 'priority'?\n",
    });
  });

  it('mentions every subcommand in its help', () => {
    const { stderr } = keepalived('--help');
    for (const [name, command] of Object.entries(subcommands)) {
      expect(stderr).toContain(`  ${synopsis(name, command)}\n`);
    }
  });

  it('does not load a subcommand when it runs as a daemon', () => {
    const text = readFileSync(program, 'utf8');
    const eager = [...text.matchAll(/^\w.*\brequire\("([^"]+)"\)/gm)].map((m) => m[1] ?? '');
    expect(eager).toContain('node:path');
    expect(
      eager.filter((file) => /subcommands|keywords|explain|completion|schema/.test(file)),
    ).toEqual([]);
    expect(text).toMatch(/^\t.*\brequire\("\.\/cli-subcommands/m);
  });
});

/** Asks the completion in the file `$0` about the words behind it. */
const ASK = [
  'source "$0"',
  'COMP_WORDS=("$@")',
  'COMP_CWORD=$(($# - 1))',
  '_keepalived_ts',
  'for word in "$' + '{COMPREPLY[@]}"; do echo "$word"; done',
].join('\n');

/** The same for zsh, whose own functions that offer and parse only print here what they got. */
const ASK_ZSH = [
  'compdef() { }',
  'compadd() { shift; print -l -- $@ }',
  '_arguments() { print -l -- "$' + '{@%%\\[*}" }',
  'file=$1; shift',
  'words=("$@"); CURRENT=$#',
  'source $file',
  '_keepalived_ts',
].join('\n');

/** Of a shell, for `skipIf`. */
const isMissing = (shell: string): boolean => spawnSync(shell, ['--version']).status !== 0;

describe('completion', () => {
  const script = (shell: string): string => keepalived('completion', shell).stdout;

  /** What bash offers for the words, the last of which is being typed. */
  const offered = (...typed: string[]): string[] => {
    const { stdout, stderr, status } = spawnSync(
      'bash',
      ['-c', ASK, join(folder, 'bash'), 'keepalived-ts', ...typed],
      { encoding: 'utf8', cwd: folder },
    );
    expect([status, stderr]).toEqual([0, '']);
    return stdout
      .split('\n')
      .filter((word) => word !== '')
      .toSorted();
  };
  beforeAll(() => writeFileSync(join(folder, 'bash'), script('bash')));

  it.each([
    [['ex'], ['explain']],
    [
      ['config', 'd'],
      ['diff', 'dump'],
    ],
    [
      ['config', 'dump', '--format', ''],
      ['conf', 'json'],
    ],
    [['config', 'dump', '--s'], ['--secrets']],
    [
      ['completion', ''],
      ['bash', 'fish', 'zsh'],
    ],
    [['explain', 'virtual_router'], ['virtual_router_id']],
    [
      ['-n', '--log-f'],
      ['--log-facility', '--log-file', '--log-format'],
    ],
    [['-n', '-f', 'k.c'], ['k.conf']],
    [['config', 'dump', '-f', 'k.c'], ['k.conf']],
    [['genhash', '--server', ''], []],
  ])('bash completes %j', (typed, expected) => {
    conf('');
    expect(offered(...typed)).toEqual(expected);
  });

  it('bash completes every long option of the daemon', () => {
    expect(offered('-n', '--')).toEqual(optionRows.map(({ long }) => `--${long}`).toSorted());
  });

  it.each(['zsh', 'fish'])('%s gets every subcommand, and a script that it can read', (shell) => {
    const text = script(shell);
    for (const name of Object.keys(subcommands)) expect(text).toContain(name.split(' ').at(-1));
    expect(text).toContain('virtual_router_id');
    const file = join(folder, shell);
    writeFileSync(file, text);
    const { error, status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    // Not every machine has these shells; where one is, it is asked.
    if (error === undefined) expect([status, stderr]).toEqual([0, '']);
  });

  /** Lines of a shell's standard output, sorted. */
  const linesOf = (shell: string, argv: readonly string[]): string[] => {
    const { stdout, stderr, status } = spawnSync(shell, argv, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .toSorted();
  };

  it.skipIf(isMissing('fish'))('fish completes as bash does (where fish is installed)', () => {
    const file = join(folder, 'fish');
    writeFileSync(file, script('fish'));
    const offered = (typed: string): string[] =>
      linesOf('fish', [
        '--no-config',
        '-c',
        `source ${file}; complete -C 'keepalived-ts ${typed}'`,
      ]).map((line) => line.replace(/\t.*/, ''));
    expect(offered('ex')).toEqual(['explain']);
    expect(offered('config d')).toEqual(['diff', 'dump']);
    expect(offered('config dump --format ')).toEqual(['conf', 'json']);
    expect(offered('config dump --s')).toEqual(['--secrets']);
    expect(offered('completion ')).toEqual(['bash', 'fish', 'zsh']);
    expect(offered('explain virtual_router')).toEqual(['virtual_router_id']);
    expect(offered('-n --log-f')).toEqual(['--log-facility', '--log-file', '--log-format']);
  });

  it.skipIf(isMissing('zsh'))('zsh asks for the same (where zsh is installed)', () => {
    const file = join(folder, 'zsh');
    writeFileSync(file, script('zsh'));
    const asked = (...typed: string[]): string[] =>
      linesOf('zsh', ['-f', '-c', ASK_ZSH, 'zsh', file, 'keepalived-ts', ...typed]);
    expect(asked('ex')).toContain('explain');
    expect(asked('config', 'd')).toEqual(['diff', 'dump']);
    expect(asked('config', 'dump', '--s')).toContain('--secrets');
    expect(asked('config', 'dump', '--s')).not.toContain('--vrrp');
    expect(asked('completion', '')).toEqual([':operand:(bash zsh fish)']);
    expect(asked('-n', '--log-f')).toContain('--log-facility');
  });
});
