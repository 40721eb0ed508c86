import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** Milliseconds until it is given up; 20 s unless told, for a machine may be busy. */
  within?: number;
  /** Milliseconds between two looks; 25 unless told. */
  every?: number;
}

/**
 * Polls until `look` gives something true and returns it. Giving up throws, with `what` and the
 * last error in the message, so that a failed wait names itself.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { within = 20_000, every = 25 }: Patience = {},
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const end = performance.now() + within;
  let problem: unknown;
  for (;;) {
    try {
      const found = await look();
      problem = undefined;
      if (found) return found as Exclude<T, undefined | null | false | 0 | ''>;
    } catch (error) {
      problem = error;
    }
    if (performance.now() >= end) {
      const why = problem === undefined ? '' : `: ${(problem as Error).message}`;
      throw new Error(`not within ${within} ms: ${what}${why}`);
    }
    await sleep(every);
  }
}

/** Looks again and again for a while and throws if `look` ever gives something true. */
export async function never(
  what: string,
  look: () => unknown | Promise<unknown>,
  { within = 1_000, every = 50 }: Patience = {},
): Promise<void> {
  const end = performance.now() + within;
  while (performance.now() < end) {
    if (await look()) throw new Error(`happened though it should not: ${what}`);
    await sleep(every);
  }
}
