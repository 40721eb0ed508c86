import { type Duration, longer, microseconds } from '@keepalived-ts/base/time.js';
import type { Verdict, WeightWord } from './define-checker.js';
import type { CheckerPlan } from './plan.js';

/** What one checker knows (reference §1). */
export interface CheckState {
  /** Its last decided word. */
  up: boolean;
  /** It has decided at least once. */
  hasRun: boolean;
  /** Failures in the present series. */
  failures: number;
  /** The question to ask next. */
  question: number;
  /** That question has failed: it must succeed, and after it a whole round. */
  stuck: boolean;
  /** Why the last probe could not even ask. */
  trouble: string | undefined;
  /** What the last healthy verdict said of the weight, and remarked. */
  weight: WeightWord | undefined;
  remark: string | undefined;
}

/**
 * The state before any probe. The series of failures starts full, so that the very first failure
 * is final: a server that was dead before we started must not serve for several retries.
 */
export const initialState = (plan: CheckerPlan): CheckState => ({
  up: !plan.rules.alpha,
  hasRun: false,
  failures: plan.rules.retry,
  question: 0,
  stuck: false,
  trouble: undefined,
  weight: undefined,
  remark: undefined,
});

export interface Judgement {
  state: CheckState;
  /** From the end of this probe to the next one, or from its start: `Rules.fromStart`. */
  wait: Duration;
  /** The checker's word, when it changes or is its first. */
  says: 'up' | 'down' | undefined;
}

/** Weighs a verdict: retries, rounds of questions, and when to ask again (reference §4, §9). */
export function judge(plan: CheckerPlan, state: CheckState, verdict: Verdict): Judgement {
  switch (verdict.is) {
    case 'up':
      return succeed(plan, {
        ...state,
        failures: 0,
        trouble: undefined,
        weight: verdict.weight,
        remark: verdict.remark ?? state.remark,
      });
    case 'down':
      return fail(plan, { ...state, trouble: undefined });
    case 'undecided':
      return {
        state: { ...state, trouble: verdict.reason },
        wait: plan.rules.delayLoop,
        says: undefined,
      };
  }
}

function succeed({ question: { round }, rules }: CheckerPlan, state: CheckState): Judgement {
  const news = !state.up || !state.hasRun;
  if (round) {
    const pause = news && round.fast ? microseconds(0) : rules.delayLoop;
    const next = state.stuck ? 0 : state.question + 1;
    if (state.stuck || next < round.questions) {
      return { state: { ...state, question: next, stuck: false }, wait: pause, says: undefined };
    }
  }
  return {
    state: { ...state, up: true, hasRun: true, question: 0 },
    wait: rules.delayLoop,
    says: news ? 'up' : undefined,
  };
}

function fail({ question: { round }, rules }: CheckerPlan, state: CheckState): Judgement {
  const undecided = state.up || !state.hasRun;
  if ((undecided || rules.retriesWhenDown) && state.failures < rules.retry) {
    return {
      state: { ...state, failures: state.failures + 1 },
      wait: rules.delayBeforeRetry,
      says: undefined,
    };
  }
  return {
    state: {
      ...state,
      up: false,
      hasRun: true,
      failures: 0,
      stuck: round !== undefined,
      weight: undefined,
    },
    wait: round ? longer(rules.delayBeforeRetry, rules.delayLoop) : rules.delayLoop,
    says: undecided ? 'down' : undefined,
  };
}
