import { isDeepStrictEqual } from 'node:util';
import { after, type Instant, instant } from '@keepalived-ts/base/time.js';
import type { Effect, ScriptOutcome, ScriptPlan } from './types.js';

/** A tracked script: how often it has succeeded or failed lately, and when it runs next. */
export interface Script {
  readonly plan: ScriptPlan;
  /**
   * 0 to rise + fall - 1; up from `rise` on. undefined: it has not run yet, and the first result
   * alone will decide.
   */
  readonly counter: number | undefined;
  readonly isRunning: boolean;
  /** Of the run going on, or of the last one; no two runs have the same number. */
  readonly run: number;
  /** The run going on was started before a reload changed the script: it says nothing. */
  readonly isStale: boolean;
  /** A run was left out, for this one or the one before took too long; told until one does not. */
  readonly late: 'this' | 'last' | undefined;
  readonly lastStatus: number;
  readonly nextRun: Instant;
}

export const newScript = (plan: ScriptPlan, now: Instant): Script => ({
  plan,
  counter: undefined,
  isRunning: false,
  run: 0,
  isStale: false,
  late: undefined,
  lastStatus: 0,
  nextRun: now,
});

/** undefined before its first run has ended. */
export const isUp = (script: Script): boolean | undefined =>
  script.counter === undefined ? undefined : script.counter >= script.plan.rise;

/**
 * Starts run `run` of the script when it is due; one that is still going on is not doubled. That is
 * told once, until a run has ended in time: one that always hangs does not fill the log.
 */
export function runDue(
  script: Script,
  now: Instant,
  run: number,
): readonly [Script, readonly Effect[]] {
  if (script.nextRun > now) return [script, []];
  const next = { ...script, nextRun: after(now, script.plan.interval) };
  if (script.isRunning) {
    const event = { event: 'script-still-running', script: script.plan.name } as const;
    return [{ ...next, late: 'this' }, script.late ? [] : [{ do: 'log', event }]];
  }
  const late = script.late === 'this' ? 'last' : undefined;
  return [
    { ...next, isRunning: true, run, late },
    [{ do: 'run-script', script: script.plan, run }],
  ];
}

/**
 * Counts the end of a run (reference §7).
 *
 * `rise` successes or `fall` failures in a row change its mind; of the very first run one result
 * is enough.
 */
export function ended(
  script: Script,
  outcome: ScriptOutcome,
): readonly [Script, readonly Effect[]] {
  if (script.isStale) return [{ ...script, isRunning: false, isStale: false }, []];
  const { name, rise, fall } = script.plan;
  const top = rise + fall - 1;
  const succeeded = outcome.result === 'exited' && outcome.status === 0;
  const before = script.counter ?? rise - 1;
  const counter = succeeded
    ? before < rise - 1
      ? before + 1
      : top
    : before > rise
      ? before - 1
      : 0;
  const lastStatus = outcome.result === 'exited' ? outcome.status : script.lastStatus;
  const next = { ...script, counter, lastStatus, isRunning: false };
  const effects: Effect[] = [];
  if (lastStatus !== script.lastStatus) {
    effects.push({
      do: 'log',
      event: { event: 'script-status', script: name, status: lastStatus },
    });
  }
  if (isUp(next) !== isUp(script)) {
    effects.push({
      do: 'log',
      event: succeeded
        ? { event: 'script-succeeded', script: name }
        : { event: 'script-failed', script: name, reason: reasonOf(outcome) },
    });
  }
  return [next, effects];
}

function reasonOf(outcome: ScriptOutcome): string {
  switch (outcome.result) {
    case 'exited':
      return `failed (exited with status ${outcome.status})`;
    case 'signalled':
      return `failed (due to signal ${outcome.signal})`;
    case 'timed-out':
      return 'timed_out';
    case 'failed':
      return `failed (${outcome.reason})`;
  }
}

/** At a reload a script that runs the same program keeps what it knows. */
export function replanned(script: Script | undefined, plan: ScriptPlan, now: Instant): Script {
  if (!script) return newScript(plan, now);
  const { isRunning, run } = script;
  const asks = ({ argv, user, group }: ScriptPlan): string => JSON.stringify([argv, user, group]);
  if (asks(script.plan) !== asks(plan)) {
    return { ...newScript(plan, now), isRunning, run, isStale: isRunning };
  }
  if (isDeepStrictEqual(script.plan, plan)) return script;
  const nextRun = instant(Math.min(script.nextRun, after(now, plan.interval)));
  return { ...script, plan, nextRun, counter: recounted(script, plan) };
}

/** What was said last stands; how near it was to changing its mind does not. */
function recounted(script: Script, { rise, fall }: ScriptPlan): number | undefined {
  if (rise === script.plan.rise && fall === script.plan.fall) return script.counter;
  const up = isUp(script);
  if (up === undefined) return undefined;
  return up ? rise + fall - 1 : 0;
}
