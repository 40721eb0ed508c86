import type { Program } from '#src/notify/program.js';

/** A program that only a test will run. */
export const program = (name: string): Program => ({
  argv: [name],
  account: { uid: 0, gid: 0 },
});

/** Lets the event loop turn, until nothing is left to start. */
export async function turns(count = 6): Promise<void> {
  for (let n = 0; n < count; n++) await new Promise((next) => setImmediate(next));
}
