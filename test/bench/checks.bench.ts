import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab } from '../support/lab.js';
import { type Figure, median, report } from './report.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
/** How long the checks are watched, in seconds. */
const WATCHED = Number(process.env.BENCH_STEADY ?? 40);
/** Before that, as long as V8 still compiles what runs often, in seconds. */
const SETTLING = 20;
const SERVERS = 500;

const figures: Figure[] = [];
let lab: Lab;
let server: string;

beforeAll(async () => {
  lab = await Lab.boot();
  server = lab.file('accepts', '');
  execFileSync('cc', ['-O2', '-o', server, 'test/bench/accepts.c']);
  // All real servers are addresses of the machine itself.
  await lab.output('ip address add 10.20.0.0/16 dev lo');
});
afterAll(async () => {
  await lab.close();
  report('checks', figures);
});

const checkers = {
  tcp: { interval: 2, text: 'TCP_CHECK {\n connect_timeout 3\n }' },
  http: {
    interval: 4,
    text: 'HTTP_GET {\n url {\n path /\n status_code 200\n }\n connect_timeout 3\n }',
  },
} as const;
type Kind = keyof typeof checkers;

/** Services of ten servers each. */
function configuration(kind: Kind): string {
  const { interval, text } = checkers[kind];
  return Array.from({ length: SERVERS / 10 }, (_, vs) => {
    const reals = Array.from(
      { length: 10 },
      (_, rs) => ` real_server 10.20.${vs + 1}.${rs + 1} 80 {\n ${text}\n }\n`,
    );
    return `virtual_server 10.9.0.${vs + 1} 80 {\n delay_loop ${interval}\n lvs_sched rr\n lvs_method NAT\n protocol TCP\n${reals.join('')}}\n`;
  }).join('\n');
}

/** Ticks of processor time of a process and its children (proc_pid_stat(5), fields 14 and 15). */
const used = `used() {
  for member in $1 $(cat /proc/$1/task/*/children); do cut -d' ' -f14,15 /proc/$member/stat; done |
    awk '{ ticks += $1 + $2 } END { print ticks }'
}`;

/**
 * Starts server and daemon, waits until each server has answered and a while more, and watches. Prints
 * ticks used, then what the server has to tell: accepted, and lateness at 50 %, at 99 %, at worst.
 */
const measure = (command: string, kind: Kind, conf: string): string => `
${used}
rm -f /run/accepts* /run/bench*; ipvsadm -C
${server} /run/accepts ${checkers[kind].interval} ${kind} > /run/accepts.log 2>&1 &
server=$!
trap 'kill -9 $server' EXIT
for i in $(seq 200); do grep -q ready /run/accepts.log && break; sleep 0.1; done
${command} -n -l -D -C -f ${conf} -p /run/bench.pid -c /run/bench.c.pid > /run/bench.log 2>&1 &
pid=$!
for i in $(seq 200); do
  [ "$(grep -c 'success\\|succeed' /run/bench.log)" -ge ${SERVERS} ] && break; sleep 0.2
done
sleep ${SETTLING}
before=$(used $pid); kill -USR1 $server
sleep ${WATCHED}
after=$(used $pid); kill -USR2 $server
for i in $(seq 100); do [ -e /run/accepts ] && break; sleep 0.1; done
[ "$(grep -c -- '->' /proc/net/ip_vs)" -gt ${SERVERS} ] || { tail /run/bench.log >&2; exit 1; }
kill $pid; wait $pid
echo "$((after - before)) $(cat /run/accepts)"
`;

const programs = [
  ['ours', `${process.execPath} dist/program/cli.js`],
  ['keepalived', 'keepalived'],
] as const;

for (const kind of ['tcp', 'http'] as const) {
  const { interval } = checkers[kind];
  it(`${SERVERS} servers every ${interval} s, ${kind}`, async () => {
    const made = (name: string, unit: string): Figure => {
      const figure = { name: `${kind} checks: ${name}`, unit, ours: [], keepalived: [] };
      figures.push(figure);
      return figure;
    };
    const cpu = made('processor time of 10,000', 's');
    const rate = made(`checks per second of ${SERVERS} servers every ${interval} s`, '1/s');
    const middle = made('lateness, median', 'ms');
    const late = made('lateness, 99 %', 'ms');
    const worst = made('lateness, worst', 'ms');
    const conf = lab.file(`checks-${kind}.conf`, configuration(kind));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [who, command] of programs) {
        const said = await lab.output(measure(command, kind, conf), 300);
        const [ticks = 0, count = 0, p50 = 0, p99 = 0, max = 0] = said
          .trim()
          .split(' ')
          .map(Number);
        cpu[who].push((ticks / 100 / count) * 10_000);
        rate[who].push(count / WATCHED);
        middle[who].push(p50);
        late[who].push(p99);
        worst[who].push(max);
      }
    }
    expect(median(cpu.ours)).toBeLessThanOrEqual(3 * median(cpu.keepalived));
    if (kind === 'tcp') expect(median(late.ours)).toBeLessThanOrEqual(50);
  }, 1_800_000);
}
