import { deadline } from '@keepalived-ts/base/deadline.js';
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

/**
 * The most probes at a time: more would use up the descriptors of the process, which answers
 * clients' checks with errors of our own. What is due beyond that waits, first come, first served.
 */
const MOST = 1_000;

type Done = (verdict: Verdict) => void;

/** Runs probes, each under its deadline. */
export class Probes {
  private readonly io: ProbeIo;
  private readonly most: number;
  private readonly running = new Set<() => void>();
  private waiting: { probe: Asked; done: Done }[] = [];

  constructor(io: ProbeIo, most = MOST) {
    this.io = io;
    this.most = most;
  }

  /**
   * Asks one question; `done` hears the verdict once, at the deadline at the latest.
   *
   * A rejection that is no `ProbeFailure` is a bug of the checker and is not caught.
   */
  run(probe: Asked, done: Done): void {
    if (this.running.size < this.most) this.begin(probe, done);
    else this.waiting.push({ probe, done });
  }

  private begin(probe: Asked, done: Done): void {
    const { plan, target, checker, question } = probe;
    const abort = new AbortController();
    const late = deadline(toMilliseconds(plan.rules.deadline), () => {
      finish(down('timeout', 'no end in time'));
      abort.abort(new ProbeFailure('timeout', 'no end in time'));
    });
    const cancel = (): void => {
      finish(undefined);
      abort.abort(new ProbeFailure('cancelled', 'no longer wanted'));
    };
    const finish = (verdict: Verdict | undefined): void => {
      if (!this.running.delete(cancel)) return;
      late.callOff();
      if (!verdict) return;
      const next = this.waiting.shift();
      if (next) this.begin(next.probe, next.done);
      done(verdict);
    };
    this.running.add(cancel);
    const { options, surroundings } = plan.question;
    const { io } = this;
    const { signal } = abort;
    void checker
      .probe({ target, options, surroundings, question, io, signal })
      .catch((error: unknown) => {
        if (error instanceof ProbeFailure) return verdictOn(error);
        throw error;
      })
      .then(finish);
  }

  /** Breaks off all probes; nobody hears of them any more. */
  cancel(): void {
    this.waiting = [];
    for (const cancel of [...this.running]) cancel();
  }
}
