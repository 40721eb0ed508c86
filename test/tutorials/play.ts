import { lvsDr } from './lvs-dr.js';
import { lvsNat } from './lvs-nat.js';
import type { Program } from './machine.js';
import { Stage } from './stage.js';

/*
 * Plays a tutorial in the kernel lab and prints its page: `play NAME PROGRAM...`, a program for
 * each director. What it does is told on standard error meanwhile, for the message of a failure.
 */

const [name, ...cast] = process.argv.slice(2);
const tutorial = [lvsDr, lvsNat].find((one) => one.name === name);
if (!tutorial) throw new RangeError(`no such tutorial: ${name}`);
const stage = await Stage.set(tutorial, cast as Program[], (line) =>
  console.error(`${process.uptime().toFixed(0).padStart(4)} s ${line}`),
);
try {
  await tutorial.play(stage);
  process.stdout.write(stage.text());
} finally {
  await stage.clear();
}
