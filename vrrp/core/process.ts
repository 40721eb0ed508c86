import { isDeepStrictEqual } from 'node:util';
import { after, type Instant } from '@keepalived-ts/base/time.js';
import type { Effect, ProcessPlan } from './types.js';

/** A tracked process: how many copies of it run, and whether that counts as enough. */
export interface Process {
  readonly plan: ProcessPlan;
  readonly count: number;
  readonly up: boolean;
  /** When the opposite will count, if it lasts; null: nothing is about to change. */
  readonly turns: Instant | null;
}

const hasQuorum = ({ quorum, quorumMax }: ProcessPlan, count: number): boolean =>
  quorumMax === 0
    ? count === 0
    : count >= quorum && (quorumMax === undefined || count <= quorumMax);

/** At start what is found counts at once. */
export const newProcess = (plan: ProcessPlan, count: number): Process => ({
  plan,
  count,
  up: hasQuorum(plan, count),
  turns: null,
});

/** Copies started or ended: that counts when it has lasted for `fork_delay` or `terminate_delay`. */
export function counted(process: Process, count: number, now: Instant): Process {
  const { plan, up, turns } = process;
  const is = hasQuorum(plan, count);
  if (is === up) return { ...process, count, turns: null };
  const delay = is ? plan.forkDelay : plan.terminateDelay;
  return { ...process, count, turns: turns ?? after(now, delay) };
}

/** Turns when its time has come. */
export function turned(process: Process, now: Instant): readonly [Process, readonly Effect[]] {
  const { plan, up, turns } = process;
  if (turns === null || turns > now) return [process, []];
  const event = { event: 'process-quorum', process: plan.name, gained: !up } as const;
  return [{ ...process, up: !up, turns: null }, [{ do: 'log', event }]];
}

/** After a reload: what has counted so far goes on to count, while the question is the same. */
export function processAfterReload(
  former: Process | undefined,
  plan: ProcessPlan,
  count: number,
  now: Instant,
): Process {
  const asks = ({ name: _, forkDelay: __, terminateDelay: ___, ...rest }: ProcessPlan) => rest;
  if (!former || !isDeepStrictEqual(asks(former.plan), asks(plan))) return newProcess(plan, count);
  return counted({ ...former, plan }, count, now);
}
