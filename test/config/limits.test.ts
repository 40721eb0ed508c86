// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are names of the configuration language
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { MOST_BYTES } from '#src/config/limits.js';

const folder = mkdtempSync(join(tmpdir(), 'config-limits-'));
afterAll(() => rmSync(folder, { recursive: true }));
const program = fileURLToPath(new URL('../../dist/program/cli.js', import.meta.url));
const probe = fileURLToPath(new URL('../support/peak-memory.mjs', import.meta.url));

/** Megabytes that no configuration may take, whatever is in it. */
const MOST_MEMORY = 200;
/** Seconds of processor time: generous, as the tests share the machine. */
const MOST_TIME = 30;

/** Writes a text many times over. */
function write(name: string, text: string | Uint8Array, times = 1): string {
  const path = join(folder, name);
  const file = openSync(path, 'w');
  const chunk = Buffer.concat(
    Array.from({ length: Math.min(times, 1000) }, () => Buffer.from(text)),
  );
  for (let left = times; left > 0; left -= 1000) {
    writeSync(
      file,
      left < 1000 ? chunk.subarray(0, (chunk.length / Math.min(times, 1000)) * left) : chunk,
    );
  }
  closeSync(file);
  return path;
}

/** Runs `-t` as a process of its own: its exit code, its words, its peak memory and its time. */
function test(path: string) {
  const argv = ['--import', probe, program, '-t', '-f', path];
  const { status, signal, stderr } = spawnSync(process.execPath, argv, {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 1 << 26,
  });
  const [, memory, time] = /^peak (\d+) MB, (\S+) s$/m.exec(stderr) ?? [];
  expect(signal).toBeNull();
  expect(Number(memory)).toBeLessThan(MOST_MEMORY);
  expect(Number(time)).toBeLessThan(MOST_TIME);
  return { status, said: stderr };
}

/** Noise that is the same in each run: a linear congruential generator (Numerical Recipes). */
function noise(bytes: number): Uint8Array {
  let seed = 1;
  return Uint8Array.from({ length: bytes }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed >>> 24;
  });
}

/** Virtual servers with ten servers each that ask `lines` of each of them. */
const services = (count: number, lines: string): string =>
  Array.from({ length: count }, (_, i) => {
    const net = `${i >> 8}.${i & 255}`;
    const head = ['delay_loop 6', 'lvs_sched wlc', 'lvs_method NAT', 'protocol TCP'];
    const servers = Array.from(
      { length: 10 },
      (_, j) => `  real_server 192.${net}.${j + 1} 80 {\n    weight 1\n${lines}  }\n`,
    );
    return `virtual_server 10.${net}.1 80 {\n  ${head.join('\n  ')}\n${servers.join('')}}\n`;
  }).join('');

const TCP_CHECK = '    TCP_CHECK {\n      connect_timeout 3\n      retry 2\n    }\n';

const BOMBS: Record<string, { file: () => string; says: RegExp }> = {
  '50 MB of a good configuration': {
    file: () => write('huge.conf', 'vrrp_instance V {\n interface eth0\n}\n', 1_500_000),
    says: new RegExp(`all files together may have ${MOST_BYTES}`),
  },
  '20 MB with a character that takes two bytes of memory, as then do all others': {
    file: () =>
      write('wide.conf', `# →\n${'vrrp_instance V {\n interface eth0\n}\n'.repeat(500_000)}`),
    says: new RegExp(`take \\d+ bytes, and all files together may have ${MOST_BYTES}`),
  },
  '20 MB in one line': {
    file: () => write('line.conf', 'x'.repeat(1000), 20_000),
    says: /line too long/,
  },
  '10 MB of empty blocks': {
    file: () => write('blocks.conf', 'virtual_server 10.0.0.1 80 {\n}\n', 300_000),
    says: /blocks\.conf:\d+:\d+: error: more than 4000000 values in blocks and lists/,
  },
  '20 MB of checkers': {
    file: () =>
      write(
        'checkers.conf',
        `virtual_server 10.0.0.1 80 {\n${' real_server 10.0.0.1 80 {\nTCP_CHECK {\n}\n}\n'.repeat(10)}}\n`,
        40_000,
      ),
    says: /checkers\.conf:\d+:\d+: error: more than (4000000 values|2000000 lines)/,
  },
  'servers with two programs each': {
    file: () =>
      write(
        'programs.conf',
        services(10_000, '    notify_up "/bin/true a b"\n    notify_down "/bin/true c d"\n'),
      ),
    says: /programs\.conf:\d+:\d+: error: more than 4000000 values/,
  },
  '10 MB of addresses': {
    file: () => {
      const path = write('vips.conf', ' 10.0.0.1 dev eth0 label eth0:1\n', 300_000);
      return write(
        'vips-main.conf',
        `vrrp_instance V {\nvirtual_ipaddress {\ninclude ${path}\n}\n}\n`,
      );
    },
    says: /vips\.conf:\d+:\d+: error: more than (4000000 values|200000 lines in the block vrrp_instance)/,
  },
  '10 MB of unknown blocks': {
    file: () => write('unknown.conf', 'virtual_instance {\n weight 5\n}\n', 300_000),
    says: /more mistakes are not shown|\.\.\. and \d+ more/,
  },
  '10 MB of braces': {
    file: () => write('braces.conf', '{'.repeat(1000).concat('\n'), 10_000),
    says: /braces\.conf:\d+:\d+: error: blocks are more than 10000 deep/,
  },
  '10 MB of lists that never end': {
    file: () => write('nested.conf', 'vrrp_instance V {\n virtual_ipaddress {\n', 250_000),
    says: /nested\.conf:\d+:\d+: error: blocks are more than 10000 deep/,
  },
  '10 MB in one block': {
    file: () => {
      const path = write('long.conf', ' priority 100\n', 700_000);
      return write('long-main.conf', `vrrp_instance V {\ninclude ${path}\n}\n`);
    },
    says: /long\.conf:20000[01]:2: error: more than 200000 lines in the block vrrp_instance/,
  },
  '16 MB of noise': {
    file: () => write('noise.conf', noise(1 << 20), 16),
    says: /NUL/,
  },
  'a definition that holds itself': {
    file: () => write('self.conf', '$A=$A\nrouter_id $A\n'),
    says: /self\.conf:2:1: error: more than 100 replacements in one line[\s\S]*hint: does a definition hold itself/,
  },
  'definitions of several lines that hold each other': {
    file: () => write('mutual.conf', '$A=x\\\n$B\n$B=y\\\n$A\n$A\n'),
    says: /mutual\.conf:5:1: error: definitions hold each other more than 100 deep[\s\S]*\$A -> \$B -> \$A/,
  },
  'definitions that double and double': {
    file: () => {
      const doubling = Array.from(
        { length: 60 },
        (_, i) => `$D${i}=\${D${i + 1}}\\\n\${D${i + 1}}\n`,
      );
      return write('double.conf', `${doubling.join('')}$D60=x\n$D0\n`);
    },
    says: /double\.conf:\d+:\d+: error: more than 1000000 steps of \$NAME, ~SEQ and ~LST/,
  },
  'lines full of names, many times over': {
    file: () => {
      const powers = Array.from({ length: 9 }, (_, i) => `$P${i}=\${P${i + 1}}\${P${i + 1}}\n`);
      return write('powers.conf', `${powers.join('')}$P9=x\n~SEQ(N, 1, 100000) a $P0\n`);
    },
    says: /powers\.conf:\d+:\d+: error: more than 1000000 steps/,
  },
  '~SEQ in ~SEQ in ~SEQ': {
    file: () =>
      write('seq.conf', '~SEQ(A, 1, 100000) ~SEQ(B, 1, 100000) ~SEQ(C, 1, 100000) @other x\n'),
    says: /seq\.conf:1:\d+: error: more than 1000000 steps/,
  },
  'a definition that is read again after each brace in it': {
    file: () => write('again.conf', '~LST({A,B},{1,2},{3})$B=x\\${B}${B}\n${B}${_RANDOM 1 2}\n'),
    says: /again\.conf:2:1: error: more than 1000000 steps/,
  },
  'a loop that holds itself': {
    file: () => write('loop.conf', '$B=~LST(A,x,y)${B}${A}${_HASH}\n${B}}@@^main\n'),
    says: /loop\.conf:2:1: error: ~SEQ, ~LST and definitions hold each other more than 1000 deep/,
  },
  'files that include each other': {
    file: () => {
      const second = join(folder, 'second.conf');
      const first = write('first.conf', `include ${second}\n`);
      writeFileSync(second, `include ${first}\n`);
      return first;
    },
    says: /it includes itself[\s\S]*hint: \S*first\.conf -> \S*second\.conf -> \S*first\.conf/,
  },
  'files that include the next one twice': {
    file: () => {
      for (let i = 1; i <= 30; i++) write(`t${i}.conf`, `include ${folder}/t${i + 1}.conf\n`, 2);
      write('t31.conf', 'x\n');
      return join(folder, 't1.conf');
    },
    says: /more than 10000 files/,
  },
  'a pattern of the whole file system': {
    file: () =>
      write('stars.conf', `include ${'/*'.repeat(200)}\nincludea ${'{a,b}'.repeat(60)}\n`),
    says: /no file matches/,
  },
};

describe('no file makes -t crash, hang or fill the memory', () => {
  it.each(Object.entries(BOMBS))(
    '%s',
    (_, { file, says }) => {
      const { status, said } = test(file());
      expect([2, 4, 5, 6]).toContain(status);
      expect(said).toMatch(says);
    },
    120_000,
  );
});

it('100,000 checked servers are a good configuration', () => {
  const { status, said } = test(write('servers.conf', services(10_000, TCP_CHECK)));
  expect(said).toMatch(/^peak /);
  expect(status).toBe(0);
}, 120_000);

it('a mistake in the last of a million lines is quoted', () => {
  const path = write('last.conf', `${services(10_000, TCP_CHECK)}foo bar\n`);
  const { said } = test(path);
  expect(said).toMatch(/last\.conf:\d+:1: error: Unknown keyword 'foo'\n {2}foo bar\n {2}\^\^\^\n/);
}, 120_000);
