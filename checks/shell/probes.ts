import { toMilliseconds } from '@keepalived-ts/base/time.js';
import { type Checker, down, type Target, type Verdict } from '../core/define-checker.js';
import type { CheckerPlan } from '../core/plan.js';
import { ProbeFailure, type ProbeIo, verdictOn } from '../core/probe-io.js';

/** A question to ask. */
export interface Asked {
  plan: CheckerPlan;
  target: Target;
  checker: Checker;
  /** Which of the checker's questions. */
  question: number;
}

/** Runs probes, each under its deadline. */
export class Probes {
  private readonly io: ProbeIo;
  private readonly running = new Set<() => void>();

  constructor(io: ProbeIo) {
    this.io = io;
  }

  /**
   * Asks one question; `done` hears the verdict once, at the deadline at the latest.
   *
   * A rejection that is no `ProbeFailure` is a bug of the checker and is not caught.
   */
  run(probe: Asked, done: (verdict: Verdict) => void): void {
    const { plan, target, checker, question } = probe;
    const abort = new AbortController();
    const late = setTimeout(() => {
      finish(down('timeout', 'no end in time'));
      abort.abort(new ProbeFailure('timeout', 'no end in time'));
    }, toMilliseconds(plan.rules.deadline));
    const cancel = (): void => {
      finish(undefined);
      abort.abort(new ProbeFailure('cancelled', 'no longer wanted'));
    };
    const finish = (verdict: Verdict | undefined): void => {
      if (!this.running.delete(cancel)) return;
      clearTimeout(late);
      if (verdict) done(verdict);
    };
    this.running.add(cancel);
    const { options, virtualhost } = plan.question;
    const { io } = this;
    const { signal } = abort;
    void checker
      .probe({ target, options, virtualhost, question, io, signal })
      .catch((error: unknown) => {
        if (error instanceof ProbeFailure) return verdictOn(error);
        throw error;
      })
      .then(finish);
  }

  /** Breaks off all probes; nobody hears of them any more. */
  cancel(): void {
    for (const cancel of [...this.running]) cancel();
  }
}
