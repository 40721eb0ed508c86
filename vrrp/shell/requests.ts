import type { Outcome } from '@keepalived-ts/netlink/client.js';
import type { Request } from '@keepalived-ts/netlink/message.js';

interface Job {
  request: Request;
  answered: (outcome: Outcome) => void;
}

/** What must be done before addresses are asked for, and what only when they are gone. */
export interface Guard {
  /** Undefined when there is nothing to wait for. */
  raise(): Promise<void> | undefined;
  lower(): void;
}

const noGuard: Guard = { raise: () => undefined, lower: () => {} };

/**
 * What the kernel is to be asked next, kept in order until the turn ends: addresses, routes and
 * rules go to it in one pipelined batch, as soon as the guard is up.
 */
export class Requests {
  private readonly batch: (requests: readonly Request[]) => Promise<readonly Outcome[]>;
  private readonly guard: Guard;
  private jobs: Job[] = [];
  private batches = 0;
  /** While the guard is raised: until what waits for it has been sent. */
  private gate: Promise<void> | undefined;

  /** `batch`: all requests at once, answered in their order, as NetlinkClient's. */
  constructor(
    batch: (requests: readonly Request[]) => Promise<readonly Outcome[]>,
    guard: Guard = noGuard,
  ) {
    this.batch = batch;
    this.guard = guard;
  }

  add(request: Request, answered: (outcome: Outcome) => void): void {
    this.jobs.push({ request, answered });
  }

  /** All that was asked for has been answered. */
  get settled(): boolean {
    return this.batches === 0 && this.jobs.length === 0 && this.gate === undefined;
  }

  /** Sends what was asked for since; undefined when there is nothing, else when it is answered. */
  flush(): Promise<void> | undefined {
    const raised = this.guard.raise();
    const { jobs } = this;
    this.jobs = [];
    if (raised === undefined && this.gate === undefined) return this.send(jobs);
    let answered: Promise<void> | undefined;
    // Nothing overtakes what waits already.
    const gate = Promise.all([this.gate, raised]).then(() => {
      if (this.gate === gate) this.gate = undefined;
      answered = this.send(jobs);
    });
    this.gate = gate;
    return gate.then(() => answered);
  }

  private send(jobs: readonly Job[]): Promise<void> | undefined {
    if (jobs.length === 0) {
      this.rest();
      return undefined;
    }
    this.batches++;
    return this.batch(jobs.map(({ request }) => request)).then((outcomes) => {
      this.batches--;
      for (const [i, outcome] of outcomes.entries()) jobs[i]?.answered(outcome);
      this.rest();
    });
  }

  private rest(): void {
    if (this.settled) this.guard.lower();
  }
}
