import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab } from '../support/lab.js';
import { type Figure, median, report } from './report.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const figures: Figure[] = [];
let lab: Lab;

/** `services` virtual servers with ten real servers each; checks are too late to disturb. */
function configuration(services: number): string {
  const server = (ip: string): string =>
    `    real_server ${ip} 80 {\n        TCP_CHECK {\n            connect_timeout 3\n        }\n    }\n`;
  return Array.from({ length: services }, (_, vs) => {
    const reals = Array.from({ length: 10 }, (_, rs) =>
      server(`10.${20 + (vs >> 8)}.${vs & 255}.${rs + 1}`),
    );
    return (
      `virtual_server 10.9.${vs >> 8}.${vs & 255} 80 {\n    delay_loop 3600\n` +
      `    lvs_sched wlc\n    lvs_method NAT\n    protocol TCP\n${reals.join('')}}\n`
    );
  }).join('\n');
}

/** Each program, and the first line it logs when its servers are all in the kernel. */
const programs = [
  ['ours', `${process.execPath} dist/program/cli.js`, 'IPVS: .* real servers in'],
  ['keepalived', 'keepalived', 'Activating healthchecker'],
] as const;

/**
 * Starts a daemon, waits for all its servers in IPVS, stops it. Prints five numbers: seconds
 * until the table was complete, seconds the stop took, servers left, MiB resident, and what the
 * daemon itself says of the time from the check thread's start to the last acknowledgement.
 */
const measure = (command: string, filled: string, conf: string, servers: number): string => `
rm -f /run/bench*; ipvsadm -C
before=$(date +%s%N)
${command} -n -l -D -G -C -f ${conf} -p /run/bench.pid -c /run/bench.c.pid > /run/bench.log 2>&1 &
pid=$!
for i in $(seq 600); do
  grep -qm1 '${filled}' /run/bench.log && break
  sleep 0.05
done
full=$(date +%s%N)
sleep 3
[ "$(grep -c -- '->' /proc/net/ip_vs)" -gt ${servers} ] || exit 1
rss=0
for member in $pid $(cat /proc/$pid/task/*/children); do
  rss=$((rss + $(sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$member/status)))
done
stopping=$(date +%s%N)
kill $pid; wait $pid
stopped=$(date +%s%N)
left=$(grep -- '->' /proc/net/ip_vs | grep -vc Remote)
own=$(sed -n 's/.*IPVS: [0-9]* virtual servers and [0-9]* real servers in \\([0-9.]*\\) s.*/\\1/p' /run/bench.log | head -1)
echo "$(( (full - before) / 1000000 )) $(( (stopped - stopping) / 1000000 )) $left $((rss / 1024)) \${own:--}"
`;

beforeAll(async () => {
  lab = await Lab.boot();
});
afterAll(async () => {
  await lab.close();
  report('ipvs', figures);
});

for (const servers of [1_000, 10_000]) {
  it(`${servers} real servers`, async () => {
    const made = (name: string, unit: string): Figure => {
      const figure = { name: `${servers} servers: ${name}`, unit, ours: [], keepalived: [] };
      figures.push(figure);
      return figure;
    };
    const whole = made('process start until all are in IPVS', 's');
    const own = made("check thread's start until the last acknowledgement", 's');
    const stop = made('stop', 's');
    const left = made('left behind by the stop', 'servers');
    const rss = made('resident memory, check only', 'MiB');
    const conf = lab.file(`bench-${servers}.conf`, configuration(servers / 10));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [who, command, filled] of programs) {
        const line = await lab.output(measure(command, filled, conf, servers), 180);
        const [full = '', stopped = '', remain = '', memory = '', said = ''] = line
          .trim()
          .split(' ');
        whole[who].push(Number(full) / 1000);
        // keepalived has no such thread: the issue counts from the start of its process.
        own[who].push(said === '-' ? Number(full) / 1000 : Number(said));
        stop[who].push(Number(stopped) / 1000);
        left[who].push(Number(remain));
        rss[who].push(Number(memory));
      }
    }
    expect(Math.max(...left.ours)).toBe(0);
    expect(median(own.ours)).toBeLessThan(median(own.keepalived));
  }, 1_200_000);
}
