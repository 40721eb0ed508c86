import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { Lab, noLab } from '../support/lab.js';
import { run } from '../support/process.js';
import { type Figure, median, report } from './report.js';
import { manyServers } from './services.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SERVICES = 1_000;
const SCRIPT = fileURLToPath(new URL('reload-host.mjs', import.meta.url));
/** The one that changes: the first server of the last service. */
const CHANGED = { service: '10.9.3.231:80', server: '10.23.231.1:80' };

const figures: Figure[] = [];
const folder = mkdtempSync(join(tmpdir(), 'reload-bench-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
  report('reload', figures);
});

const figure = (name: string): Figure => {
  const made = {
    name: `10,000 servers, one changed: ${name}`,
    unit: 's',
    ours: [],
    keepalived: [],
  };
  figures.push(made);
  return made;
};

/** What a line of the script says of a reload. */
interface Reload {
  changes: number;
  asked: string[];
  seconds: [read: number, compare: number, copy: number, thread: number];
}

it('the reload on this machine, without the kernel', async () => {
  const whole = figure('files to messages for the kernel');
  const parts = [
    figure('files read, checked and planned'),
    figure('compared with what is in use'),
    figure('plan compared and copied to the thread'),
    figure('the thread: what differs is sent'),
  ];
  const files = Array.from({ length: ROUNDS + 1 }, (_, i) => {
    const file = join(folder, `${i}.conf`);
    writeFileSync(file, manyServers(SERVICES, { weight: i + 1 }));
    return file;
  });
  const said = await run([process.execPath, SCRIPT, ...files]);
  const reloads = said
    .trim()
    .split('\n')
    .map((line): Reload => JSON.parse(line));
  expect(reloads).toHaveLength(ROUNDS);
  for (const { changes, asked, seconds } of reloads) {
    expect(changes).toBe(1);
    expect(asked).toEqual([`set-destination TCP ${CHANGED.service} -> ${CHANGED.server}`]);
    for (const [i, part] of parts.entries()) part.ours.push(seconds[i] ?? Number.NaN);
    whole.ours.push(seconds.reduce((a, b) => a + b, 0));
  }
  expect(median(whole.ours)).toBeLessThanOrEqual(1);
}, 600_000);

const programs = [
  ['ours', `${process.execPath} dist/program/cli.js`, 'IPVS: .* real servers in'],
  ['keepalived', 'keepalived', 'Activating healthchecker'],
] as const;

/**
 * Starts a daemon, waits until the table is there, and reloads: each time one weight changes, and
 * nothing else may. Prints the milliseconds of each reload.
 */
const measure = (command: string, filled: string, files: readonly string[]): string => `
rm -f /run/bench*; ipvsadm -C
cp ${files[0]} /run/bench.conf
${command} -n -l -D -C -f /run/bench.conf -p /run/bench.pid -c /run/bench.c.pid > /run/bench.log 2>&1 &
pid=$!
for i in $(seq 600); do grep -qm1 '${filled}' /run/bench.log && break; sleep 0.1; done
sleep 5
ipvsadm -Sn > /run/bench.before
weight=1
for file in ${files.slice(1).join(' ')}; do
  weight=$((weight + 1))
  cp $file /run/bench.conf
  begin=$(date +%s%N)
  kill -HUP $pid
  until ipvsadm -Ln -t ${CHANGED.service} | grep -q "${CHANGED.server} *Masq *$weight "; do
    sleep 0.02
  done
  end=$(date +%s%N)
  sleep 5
  ipvsadm -Sn > /run/bench.after
  [ "$(diff /run/bench.before /run/bench.after | grep -c '^[<>]')" = 2 ] || { echo "other changes" >&2; exit 1; }
  mv /run/bench.after /run/bench.before
  echo $(( (end - begin) / 1000000 ))
done
kill $pid; wait $pid
`;

it.skipIf(noLab)(
  'the reload in the lab, down to the kernel',
  async () => {
    const whole = figure('in the lab, SIGHUP until the kernel has it');
    const lab = await Lab.boot();
    try {
      // Where there is no route, checks fail at once.
      await lab.output('ip route add default dev lo');
      const files = Array.from({ length: ROUNDS + 1 }, (_, i) =>
        lab.file(`reload-bench-${i}.conf`, manyServers(SERVICES, { weight: i + 1 })),
      );
      for (const [who, command, filled] of programs) {
        // keepalived needs minutes for one.
        const some = who === 'ours' ? files : files.slice(0, 2);
        const said = await lab.output(measure(command, filled, some), 900);
        for (const line of said.trim().split('\n')) whole[who].push(Number(line) / 1_000);
      }
      expect(whole.ours).toHaveLength(ROUNDS);
    } finally {
      await lab.close();
    }
  },
  1_800_000,
);
