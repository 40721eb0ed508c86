// What test/bench/reload.bench.ts measures on this machine, with the modules as they are built:
// all that a reload does but for signals, log and kernel. `argv[2]` is the configuration in use,
// the others follow each other. Prints a line of JSON for each: seconds, and what was sent.

import { isDeepStrictEqual } from 'node:util';
import { systemAlarm, systemClock } from '@keepalived-ts/base/time.js';
import { describe } from '@keepalived-ts/ipvs-netlink/command.js';
import { Engine } from '#checks/core/engine.js';
import { TableKeeper } from '#checks/shell/table-keeper.js';
import { Director } from '#lvs/shell/director.js';
import { readCommand } from '#src/daemon/command-line.js';
import { configDiff } from '#src/daemon/config-diff.js';
import { prepare } from '#src/daemon/configuration.js';

const [first, ...others] = process.argv.slice(2);
const { settings } = readCommand(['-n', '-l', '-D', '-C']);
let inUse = await prepare(first, settings);

/** Takes everything, and remembers what it was asked. */
let asked = [];
const ipvs = {
  batch: async (commands) =>
    commands.map((command) => {
      asked.push(describe(command));
      return { ok: true, replies: [] };
    }),
  services: async () => [],
  destinations: async () => [],
  close: () => {},
};
const engine = new Engine(inUse.plans.check, new Map(), () => 0);
const director = new Director({
  ipvs,
  clock: systemClock,
  alarm: systemAlarm(),
  onRefusals: () => {},
  timeouts: { former: undefined, note: () => {} },
});
const keeper = new TableKeeper(
  director,
  () => engine.table(),
  ([{ words }]) => {
    throw new Error(words);
  },
);
engine.advance({ kind: 'start', found: undefined }, systemClock.now());
await keeper.update();

for (const file of others) {
  asked = [];
  const times = [performance.now()];
  const lap = () => times.push(performance.now());
  const next = await prepare(file, settings);
  lap();
  const changes = configDiff(inUse.compared, next.compared).length;
  lap();
  if (isDeepStrictEqual(next.plans.check, inUse.plans.check)) throw new Error('nothing changed');
  const plan = structuredClone(next.plans.check);
  lap();
  engine.advance({ kind: 'reload', plan }, systemClock.now());
  await keeper.update();
  lap();
  const seconds = times.slice(1).map((time, i) => (time - times[i]) / 1_000);
  console.log(JSON.stringify({ changes, asked, seconds }));
  inUse = next;
}
