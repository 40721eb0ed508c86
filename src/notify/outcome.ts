import type { ProgramOutcome } from '#src/ipc/messages.js';

/** How a program ended, for a line of the log. */
export function howItEnded(outcome: ProgramOutcome): string {
  switch (outcome.result) {
    case 'exited':
      return `exit status ${outcome.status}`;
    case 'signalled':
      return `signal ${outcome.signal}`;
    case 'timed-out':
      return 'it took too long';
    case 'failed':
      return outcome.reason;
  }
}
