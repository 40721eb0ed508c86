import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { systemAlarm, systemClock } from '@keepalived-ts/base/time.js';
import { afterAll, expect, it } from 'vitest';
import { Engine } from '#checks/core/engine.js';
import type { CheckPlan } from '#checks/core/plan.js';
import { TableKeeper } from '#checks/shell/table-keeper.js';
import { Director } from '#lvs/shell/director.js';
import { readCommand } from '#src/daemon/command-line.js';
import { configDiff } from '#src/daemon/config-diff.js';
import { type Prepared, prepare } from '#src/daemon/configuration.js';
import { FakeIpvs } from '../support/fake-ipvs.js';
import { Lab, noLab } from '../support/lab.js';
import { type Figure, median, report } from './report.js';
import { manyServers } from './services.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SERVICES = 1_000;
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

const planOf = ({ plans }: Prepared): CheckPlan => {
  if (!plans.check) throw new Error('the configuration has no virtual servers');
  return plans.check;
};

/** The check thread's half, with a table in memory instead of the kernel's. */
class Thread {
  readonly ipvs = new FakeIpvs();
  readonly #engine: Engine;
  readonly #keeper: TableKeeper;

  constructor(plan: CheckPlan) {
    this.#engine = new Engine(plan, new Map(), () => 0);
    const options = { clock: systemClock, alarm: systemAlarm(), onRefusals: () => undefined };
    const director = new Director({ ...options, ipvs: this.ipvs });
    this.#keeper = new TableKeeper(
      director,
      () => this.#engine.table(),
      ([refusal]) => expect(refusal).toBeUndefined(),
    );
  }

  async start(): Promise<void> {
    this.#engine.advance({ kind: 'start', found: undefined }, systemClock.now());
    await this.#keeper.update();
  }

  async follow(plan: CheckPlan): Promise<void> {
    this.#engine.advance({ kind: 'reload', plan }, systemClock.now());
    await this.#keeper.update();
  }
}

/**
 * All that a reload does but for signals, log and kernel: the files are read and settled, compared
 * with what is in use, the plan is copied to the thread, and that finds out what to send.
 */
it('the reload on this machine, without the kernel', async () => {
  const command = readCommand(['-n', '-l', '-D', '-C']);
  if (command.do !== 'run') throw new Error('not a command that runs');
  const whole = figure('files to messages for the kernel');
  const parts = {
    read: figure('files read, checked and planned'),
    compare: figure('compared with what is in use'),
    copy: figure('plan compared and copied to the thread'),
    thread: figure('the thread: what differs is sent'),
  };
  const file = join(folder, 'keepalived.conf');
  writeFileSync(file, manyServers(SERVICES));
  let inUse = await prepare(file, command.settings);
  const thread = new Thread(planOf(inUse));
  await thread.start();
  thread.ipvs.takeAsked();
  for (let round = 0; round < ROUNDS; round++) {
    const weight = round + 2;
    writeFileSync(file, manyServers(SERVICES, { weight }));
    const times = [performance.now()];
    const lap = (): void => void times.push(performance.now());
    const next = await prepare(file, command.settings);
    lap();
    const changes = configDiff(inUse.compared, next.compared);
    lap();
    expect(isDeepStrictEqual(planOf(next), planOf(inUse))).toBe(false);
    const copied = structuredClone(planOf(next));
    lap();
    await thread.follow(copied);
    lap();
    expect(changes).toHaveLength(1);
    const { service, server } = CHANGED;
    expect(thread.ipvs.takeAsked()).toEqual([`set-destination TCP ${service} -> ${server}`]);
    expect(thread.ipvs.lines).toContain(`TCP ${service} -> ${server} w${weight}`);
    inUse = next;
    const seconds = (from: number, to: number): number =>
      ((times[to] ?? Number.NaN) - (times[from] ?? Number.NaN)) / 1_000;
    parts.read.ours.push(seconds(0, 1));
    parts.compare.ours.push(seconds(1, 2));
    parts.copy.ours.push(seconds(2, 3));
    parts.thread.ours.push(seconds(3, 4));
    whole.ours.push(seconds(0, 4));
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
