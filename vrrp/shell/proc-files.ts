import { readdir, readFile } from 'node:fs/promises';
import type { ProcessFacts } from '../core/process-match.js';

/** So many processes are looked at together. */
const ABREAST = 32;

/** A process as it is now; undefined when there is none, or it has ended and waits for its parent. */
export async function readProcess(pid: number): Promise<ProcessFacts | undefined> {
  try {
    const [stat, line] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'latin1'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    return factsOf(stat, line);
  } catch {
    return undefined;
  }
}

/** From /proc/PID/stat, `PID (COMM) STATE ...`, and /proc/PID/cmdline (proc(5)). */
export function factsOf(stat: string, commandLine: string): ProcessFacts | undefined {
  const end = stat.lastIndexOf(')');
  const state = stat[end + 2];
  if (end < 0 || state === 'Z' || state === 'X') return undefined;
  const argv = commandLine.split('\0');
  if (argv.at(-1) === '') argv.pop();
  return { comm: stat.slice(stat.indexOf('(') + 1, end), argv };
}

/** All processes that run now. */
export async function* readProcesses(): AsyncGenerator<{ pid: number; facts: ProcessFacts }> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  for (let i = 0; i < pids.length; i += ABREAST) {
    const some = pids.slice(i, i + ABREAST);
    const read = await Promise.all(
      some.map(async (pid) => ({ pid, facts: await readProcess(pid) })),
    );
    for (const { pid, facts } of read) if (facts) yield { pid, facts };
  }
}
