import { counted, turned } from './process.js';
import type { Turn } from './turn.js';
import type { Input } from './types.js';

/** The number in a tracked file is another one. */
export function changeFile(turn: Turn, { file, value }: Extract<Input, { kind: 'file' }>): void {
  if ((turn.world.files.get(file) ?? 0) === value) return;
  turn.put({ files: new Map(turn.world.files).set(file, value) });
  for (const i of turn.world.lookup.byFile.get(file) ?? []) turn.settle(i);
}

/** Copies of a tracked process have started or ended. */
export function changeCount(
  turn: Turn,
  { process: name, count }: Extract<Input, { kind: 'process' }>,
): void {
  turn.put({ counts: new Map(turn.world.counts).set(name, count) });
  const process = turn.world.processes.get(name);
  if (!process) return;
  const next = counted(process, count, turn.now);
  turn.put({ processes: new Map(turn.world.processes).set(name, next) });
  turnProcesses(turn);
}

/** Lets a quorum count that has held, or been lost, for long enough. */
export function turnProcesses(turn: Turn): void {
  for (const [name, process] of turn.world.processes) {
    const [next, effects] = turned(process, turn.now);
    if (next === process) continue;
    turn.want(...effects);
    turn.put({ processes: new Map(turn.world.processes).set(name, next) });
    for (const i of turn.world.lookup.byProcess.get(name) ?? []) turn.settle(i);
  }
}
