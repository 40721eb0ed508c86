import type { FromWorker, ProgramOutcome } from '#src/ipc/messages.js';
import { ProbeFailure, type ProbeIo, type ProgramEnd } from '../core/probe-io.js';

/** The programs of checks, which the parent runs for us; see `ProbeIo.runProgram`. */
export class Programs {
  private readonly post: (message: FromWorker) => void;
  private readonly waiting = new Map<number, (outcome: ProgramOutcome) => void>();
  private ticket = 0;

  constructor(post: (message: FromWorker) => void) {
    this.post = post;
  }

  readonly run: ProbeIo['runProgram'] = ({ argv, user, group, timeout }, signal) => {
    const ticket = this.ticket++;
    return new Promise<ProgramEnd>((resolve, reject) => {
      const onAbort = (): void => {
        if (!this.waiting.delete(ticket)) return;
        this.post({ type: 'end-program', ticket });
        reject(signal.reason);
      };
      this.waiting.set(ticket, (outcome) => {
        signal.removeEventListener('abort', onAbort);
        if (outcome.result === 'failed') {
          // Compat: a program that can't be started leaves the server as it is.
          reject(new ProbeFailure('not-run', outcome.reason));
        } else resolve(outcome);
      });
      signal.addEventListener('abort', onAbort, { once: true });
      this.post({
        type: 'run-program',
        ticket,
        argv,
        ...(user !== undefined && { user }),
        ...(group !== undefined && { group }),
        timeout,
      });
    });
  };

  /** The parent tells how a program ended. */
  ended(ticket: number, outcome: ProgramOutcome): void {
    const settle = this.waiting.get(ticket);
    this.waiting.delete(ticket);
    settle?.(outcome);
  }
}
