import { ended, runDue } from './script.js';
import type { Turn } from './turn.js';
import type { Input } from './types.js';

/** Starts every script that is due. */
export function runScripts(turn: Turn): void {
  for (const script of turn.world.scripts.values()) {
    const run = turn.world.runs + 1;
    const [next, effects] = runDue(script, turn.now, run);
    turn.want(...effects);
    if (next !== script) turn.putScript(next);
    if (next.run === run) turn.put({ runs: run });
  }
}

/** A script ended: what it says reaches the routers that track it. */
export function endScript(turn: Turn, end: Extract<Input, { kind: 'script' }>): void {
  const script = turn.world.scripts.get(end.script);
  // A reload may have dropped it while it ran, and another one may have brought it back.
  if (!script?.isRunning || script.run !== end.run || turn.world.stage !== 'running') return;
  const [next, effects] = ended(script, end.outcome);
  turn.want(...effects);
  turn.putScript(next);
  for (const i of turn.world.lookup.byScript.get(end.script) ?? []) turn.settle(i);
}
