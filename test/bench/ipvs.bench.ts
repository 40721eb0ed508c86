import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab } from '../support/lab.js';
import { type Figure, median, report } from './report.js';
import { manyServers } from './services.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const figures: Figure[] = [];
let lab: Lab;

/** Each program, and the first line it logs when its servers are all in the kernel. */
const programs = [
  ['ours', `${process.execPath} dist/program/cli.js`, 'IPVS: .* real servers in'],
  ['keepalived', 'keepalived', 'Activating healthchecker'],
] as const;

/**
 * Starts a daemon, waits for all its servers in IPVS, stops it. Prints six numbers: seconds
 * until the table was complete, seconds the stop took, servers left, MiB resident, and, as the
 * daemon itself tells, the time from the start of its check thread to the last acknowledgement, and
 * the processor time that the thread had by then.
 *
 * The log is waited for without a loop of programs, which would take a third of the processor.
 */
const measure = (command: string, filled: string, conf: string, servers: number): string => `
rm -f /run/bench*; ipvsadm -C; touch /run/bench.log
before=$(date +%s%N)
${command} -n -l -D -G -C -f ${conf} -p /run/bench.pid -c /run/bench.c.pid > /run/bench.log 2>&1 &
pid=$!
timeout 60 tail -n +1 -s 30 -f /run/bench.log | grep -qm1 '${filled}'
full=$(date +%s%N)
kill -0 $pid || exit 1
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
said=$(sed -n 's/.*IPVS: .* in \\([0-9.]*\\) s from the plan, \\([0-9.]*\\) s from .*(\\([0-9.]*\\) s of work)/\\2 \\3/p' /run/bench.log)
echo "$(( (full - before) / 1000000 )) $(( (stopped - stopping) / 1000000 )) $left $((rss / 1024)) \${said:-- -}"
`;

beforeAll(async () => {
  lab = await Lab.boot();
  // Where there is no route, checks fail at once.
  await lab.output('ip route add default dev lo');
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
    const thread = made("check thread's start until the last acknowledgement", 's');
    const worked = made("check thread's own work until the last acknowledgement", 's');
    const stop = made('stop', 's');
    const left = made('left behind by the stop', 'servers');
    const rss = made('resident memory, check only', 'MiB');
    const conf = lab.file(`bench-${servers}.conf`, manyServers(servers / 10));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [who, command, filled] of programs) {
        const told = await lab.output(measure(command, filled, conf, servers), 180);
        const [full = '', stopped = '', remain = '', memory = '', ...said] = told.trim().split(' ');
        // Of keepalived, which has no such thread, all of these are the time from its start.
        const [age = 0, work = 0] = said.map((t) => Number(t === '-' ? +full / 1000 : t));
        whole[who].push(Number(full) / 1000);
        thread[who].push(age);
        worked[who].push(work);
        stop[who].push(Number(stopped) / 1000);
        left[who].push(Number(remain));
        rss[who].push(Number(memory));
      }
    }
    expect(Math.max(...left.ours)).toBe(0);
    expect(median(thread.ours)).toBeLessThan(median(thread.keepalived));
    expect(median(worked.ours)).toBeLessThan(median(worked.keepalived));
  }, 1_200_000);
}

/** MiB resident of an idle daemon with an instance and a virtual server, all its processes. */
const idle = (command: string, conf: string): string => `
${command} -n -l -D -f ${conf} -p /run/idle.pid -r /run/idle.r.pid -c /run/idle.c.pid > /run/idle.log 2>&1 &
pid=$!
sleep 20
grep -q 'Entering MASTER' /run/idle.log && ipvsadm -Ln | grep -q 10.20.0.1 || { cat /run/idle.log >&2; exit 1; }
rss=0
for member in $pid $(cat /proc/$pid/task/*/children); do
  rss=$((rss + $(sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$member/status)))
done
kill $pid; wait $pid
echo $((rss / 1024))
`;

it('the idle daemon', async () => {
  const rss: Figure = {
    name: 'resident memory of the idle daemon, VRRP and checks, all processes',
    unit: 'MiB',
    ours: [],
    keepalived: [],
  };
  figures.push(rss);
  const instance =
    'vrrp_instance A {\n    interface v0\n    virtual_router_id 5\n    priority 150\n' +
    '    advert_int 1\n    virtual_ipaddress {\n        10.77.0.100/24\n    }\n}\n';
  const conf = lab.file('idle.conf', instance + manyServers(1));
  await lab.output(`ip link add v0 type veth peer name v1
    ip address add 10.77.0.1/24 dev v0; ip link set v0 up; ip link set v1 up`);
  for (const [who, command] of programs) {
    rss[who].push(Number(await lab.output(idle(command, conf), 60)));
  }
  expect(median(rss.ours)).toBeLessThanOrEqual(110);
}, 200_000);
