import { lvsDr } from './lvs-dr.js';
import { lvsNat } from './lvs-nat.js';
import { casts, Stage, type Tutorial } from './stage.js';

/*
 * Plays the tutorials on LVS in the kernel lab, side by side, each with all of its casts, and
 * prints their pages in JSON: an object of lists. What is done is told on standard error meanwhile,
 * for the message of a failure.
 */

async function pagesOf(tutorial: Tutorial): Promise<string[]> {
  const tell = (line: string): void => {
    console.error(`${process.uptime().toFixed(0).padStart(4)} s ${tutorial.name} ${line}`);
  };
  const stage = await Stage.set(tutorial, tell);
  try {
    const pages: string[] = [];
    for (const [name, cast] of casts(tutorial)) {
      tell(name);
      pages.push(await stage.perform(cast));
    }
    return pages;
  } finally {
    await stage.clear();
  }
}

const tutorials = [lvsNat, lvsDr];
const pages = await Promise.all(
  tutorials.map(async (one) => [one.name, await pagesOf(one)] as const),
);
process.stdout.write(JSON.stringify(Object.fromEntries(pages)));
