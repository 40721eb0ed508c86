import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { type Figure, report } from './report.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const folder = mkdtempSync(join(tmpdir(), 'config-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));
const program = fileURLToPath(new URL('../../dist/program/cli.js', import.meta.url));

/** Virtual servers with ten real servers each, 86 lines apiece. */
function configuration(services: number): string {
  const check = ['TCP_CHECK {', '  connect_timeout 3', '  connect_port 80', '  retry 3', '}'];
  const server = (ip: string): string[] => [
    `  real_server ${ip} 80 {`,
    '    weight 1',
    ...check.map((line) => `    ${line}`),
    '  }',
  ];
  return Array.from({ length: services }, (_, vs) => {
    const [high, low] = [vs >> 8, vs & 255];
    const reals = Array.from({ length: 10 }, (_, rs) => server(`10.${20 + high}.${low}.${rs + 1}`));
    const head = ['  delay_loop 6', '  lvs_sched wlc', '  lvs_method NAT', '  protocol TCP'];
    return [`virtual_server 10.9.${high}.${low} 80 {`, ...head, ...reals.flat(), '}\n'].join('\n');
  }).join('');
}

/** Seconds and megabytes at most of a command, as /usr/bin/time (GNU time) tells them. */
function measure(command: string, argv: readonly string[]): { seconds: number; megabytes: number } {
  const timed = ['-f', 'took %e %M', command, ...argv];
  const { status, stderr } = spawnSync('/usr/bin/time', timed, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const [, seconds, kilobytes] = /^took (\S+) (\d+)$/m.exec(stderr) ?? [];
  return { seconds: Number(seconds), megabytes: Number(kilobytes) / 1024 };
}

it('config test of one, 1,000, 3,000 and 10,000 virtual servers', () => {
  const figures: Figure[] = [];
  for (const services of [1, 1000, 3000, 10_000]) {
    const path = join(folder, `${services}.conf`);
    const text = configuration(services);
    writeFileSync(path, text);
    const lines = text.split('\n').length - 1;
    const time: Figure = { name: `-t of ${lines} lines`, unit: 's', ours: [], keepalived: [] };
    const room: Figure = {
      ...time,
      name: `${time.name}: peak memory`,
      unit: 'MiB',
      ours: [],
      keepalived: [],
    };
    for (let round = 0; round < ROUNDS; round++) {
      const ours = measure(process.execPath, [program, '-t', '-f', path]);
      const theirs = measure('keepalived', ['-t', '-f', path]);
      time.ours.push(ours.seconds);
      time.keepalived.push(theirs.seconds);
      room.ours.push(ours.megabytes);
      room.keepalived.push(theirs.megabytes);
    }
    figures.push(time, room);
  }
  report('config', figures);
}, 600_000);
