import type { ProgramOutcome } from '#src/ipc/messages.js';
import { type Program, type Run, start } from './program.js';

type StartProgram = (program: Program, environment: NodeJS.ProcessEnv) => Run;

/** What whoever asks for a run may want of it. */
export interface Wishes {
  /** Says that the program may end. */
  signal?: AbortSignal;
  /** Hears of the process, once there is one. */
  begun?: (pid: number | undefined) => void;
}

/**
 * Runs the programs of the configuration, each beside all others.
 *
 * Starting a program holds this thread up for a millisecond or two, so each gets a turn of the
 * event loop of its own.
 */
export class Runner {
  private readonly active = new Map<Run, string>();
  private starts: { owner: string; begin: () => void; drop: () => void }[] = [];
  private starting = false;
  private readonly environment: NodeJS.ProcessEnv;
  private readonly startProgram: StartProgram;

  constructor(environment: NodeJS.ProcessEnv, startProgram: StartProgram = start) {
    this.environment = environment;
    this.startProgram = startProgram;
  }

  run(owner: string, program: Program, { signal, begun }: Wishes = {}): Promise<ProgramOutcome> {
    return new Promise((settle) => {
      const drop = (): void => settle({ result: 'failed', reason: 'nobody waits for it any more' });
      const begin = (): void => {
        if (signal?.aborted) {
          drop();
          return;
        }
        const run = this.startProgram(program, this.environment);
        this.active.set(run, owner);
        begun?.(run.pid);
        signal?.addEventListener('abort', run.end, { once: true });
        void run.ended.then((outcome) => {
          this.active.delete(run);
          settle(outcome);
        });
      };
      this.starts.push({ owner, begin, drop });
      this.takeTurns();
    });
  }

  /** Ends the programs of an owner that has no use for them any more. */
  cancel(owner: string): void {
    for (const [run, of] of this.active) if (of === owner) run.end();
    for (const { drop } of this.starts.filter((waiting) => waiting.owner === owner)) drop();
    this.starts = this.starts.filter((waiting) => waiting.owner !== owner);
  }

  /** Settles when all that has been asked for has been started. */
  async started(): Promise<void> {
    while (this.starts.length > 0) await new Promise((next) => setImmediate(next));
  }

  private takeTurns(): void {
    if (this.starting) return;
    this.starting = true;
    const turn = (): void => {
      this.starts.shift()?.begin();
      this.starting = this.starts.length > 0;
      if (this.starting) setImmediate(turn);
    };
    setImmediate(turn);
  }
}
