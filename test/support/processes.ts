import { readdirSync, readFileSync } from 'node:fs';

/** A process and everything it has started. */
export function family(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number),
  );
  return [pid, ...children.flatMap(family)];
}

/** Proportional memory of a family, in MiB: shared pages are counted once (proc(5), smaps_rollup). */
export function memory(pid: number): number {
  const kilobytes = family(pid).map((member) => {
    const text = readFileSync(`/proc/${member}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  });
  return kilobytes.reduce((a, b) => a + b, 0) / 1024;
}

/** Resident memory of a family, in MiB, the processes simply added. */
export function resident(pid: number): number {
  const kilobytes = family(pid).map((member) =>
    Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${member}/status`, 'utf8'))?.[1] ?? 0),
  );
  return kilobytes.reduce((a, b) => a + b, 0) / 1024;
}

/** Processor time that a family has used, in seconds (proc(5), stat fields 14 and 15). */
export function processorTime(pid: number): number {
  const ticks = family(pid).map((member) => {
    const fields = readFileSync(`/proc/${member}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((a, b) => a + b, 0) / 100;
}
