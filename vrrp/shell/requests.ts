import type { Outcome } from '@keepalived-ts/netlink/client.js';
import type { Request } from '@keepalived-ts/netlink/message.js';

interface Job {
  request: Request;
  answered: (outcome: Outcome) => void;
}

/**
 * What the kernel is to be asked next, kept in order until the turn ends: addresses, routes and
 * rules go to it in one pipelined batch.
 */
export class Requests {
  private readonly batch: (requests: readonly Request[]) => Promise<readonly Outcome[]>;
  private jobs: Job[] = [];
  private batches = 0;

  /** `batch`: all requests at once, answered in their order, as NetlinkClient's. */
  constructor(batch: (requests: readonly Request[]) => Promise<readonly Outcome[]>) {
    this.batch = batch;
  }

  add(request: Request, answered: (outcome: Outcome) => void): void {
    this.jobs.push({ request, answered });
  }

  /** All that was asked for has been answered. */
  get settled(): boolean {
    return this.batches === 0 && this.jobs.length === 0;
  }

  /** Sends what was asked for since; undefined when there is nothing, else when it is answered. */
  flush(): Promise<void> | undefined {
    if (this.jobs.length === 0) return undefined;
    const jobs = this.jobs;
    this.jobs = [];
    this.batches++;
    return this.batch(jobs.map(({ request }) => request)).then((outcomes) => {
      this.batches--;
      for (const [i, outcome] of outcomes.entries()) jobs[i]?.answered(outcome);
    });
  }
}
