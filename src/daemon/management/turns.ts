import type { Log } from '@keepalived-ts/base/events.js';
import type { daemonEvents } from '../events.js';

/**
 * Work that is done one after the other, for those who look at the daemon. A mistake of ours in it
 * is told and goes no further: the daemon does not end, and the next one gets its turn.
 */
export class Turns {
  private last: Promise<void> = Promise.resolve();
  private readonly log: Log<typeof daemonEvents>;

  constructor(log: Log<typeof daemonEvents>) {
    this.log = log;
  }

  /** Settles when it is this one's turn no more. */
  take(work: () => Promise<void>): Promise<void> {
    this.last = this.last.then(work).catch((mistake: unknown) => {
      this.log({ event: 'bug', stack: (mistake as Error).stack ?? String(mistake) });
    });
    return this.last;
  }

  /** Settles when all that has been asked for is done. */
  get done(): Promise<void> {
    return this.last;
  }
}
