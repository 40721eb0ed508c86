import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runs } from '#test/support/fuzz.js';

const { numRuns: DEATHS } = runs(25);

interface Outcome {
  before: number;
  after: number;
  deaths: { exitCode: number; problems: string[]; arrived: number[] }[];
}

/** In a process of its own, since a crash is the failure; needs dist/ (npx tsc -b). */
async function outcomeOf(death: string): Promise<Outcome> {
  const script = fileURLToPath(new URL('./fixtures/deaths.mjs', import.meta.url));
  const options = { timeout: 110_000, killSignal: 'SIGKILL' } as const;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [script, death, `${DEATHS}`],
    options,
  );
  return JSON.parse(stdout) as Outcome;
}

const endings = [
  { death: 'terminate', how: 'is terminated', exitCode: 1, problems: [] },
  { death: 'throw', how: 'throws', exitCode: 1, problems: ['thrown in a callback'] },
  { death: 'exit', how: 'calls process.exit', exitCode: 7, problems: [] },
  { death: 'heap', how: 'exhausts its heap', exitCode: 1, problems: ['ERR_WORKER_OUT_OF_MEMORY'] },
];

describe('workers with open sockets and traffic, one after the other', () => {
  for (const { death, how, exitCode, problems } of endings) {
    it(`each ${how}: no crash, no descriptor left open`, { timeout: 120_000 }, async () => {
      const { before, after, deaths } = await outcomeOf(death);
      expect(deaths).toHaveLength(DEATHS);
      for (const one of deaths) {
        expect(one).toMatchObject({ exitCode, problems });
        expect(Math.min(...one.arrived), 'datagrams on the quietest socket').toBeGreaterThan(0);
      }
      expect(after).toBe(before);
    });
  }
});
