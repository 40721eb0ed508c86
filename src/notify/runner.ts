import { type Duration, seconds, toMilliseconds, toSeconds } from '@keepalived-ts/base/time.js';
import type { ProgramOutcome } from '#src/ipc/messages.js';
import { type Program, type Run, start } from './program.js';

/** What may be worth a line in the log. */
export type RunnerNews =
  | { news: 'failed'; program: string; reason: string }
  | { news: 'dropped'; program: string }
  | { news: 'late'; program: string; seconds: number };

/** How long a program keeps those behind it waiting. */
const PATIENCE = seconds(30);
/**
 * How many programs of one object wait at most. What a flapping object leaves behind a program
 * that hangs is of no use any more: the oldest goes, and the last state is always told.
 */
export const MOST_WAITING = 16;

const nameOf = (program: Program | undefined): string => program?.argv[0] ?? '';

type StartProgram = (program: Program, environment: NodeJS.ProcessEnv) => Run;

/**
 * Runs the programs of the configuration.
 *
 * Those of one object run in order and one at a time: a notify_backup that overtook a slow
 * notify_master would leave the machine in the wrong state. Differs: keepalived starts them all
 * at once. One that does not end only delays the next: after `PATIENCE` it has company.
 *
 * Starting a program holds this thread up for a millisecond or two, so each gets a turn of the
 * event loop of its own.
 */
export class Runner {
  private readonly queues = new Map<string, Program[]>();
  private readonly active = new Map<Run, string>();
  private starts: { owner: string; begin: () => void; drop: () => void }[] = [];
  private starting = false;
  private hurried = false;
  private readonly environment: NodeJS.ProcessEnv;
  private readonly tell: (news: RunnerNews) => void;
  private readonly startProgram: StartProgram;
  private readonly patience: Duration;

  constructor(parts: {
    environment: NodeJS.ProcessEnv;
    tell: (news: RunnerNews) => void;
    start?: StartProgram;
    patience?: Duration;
  }) {
    this.environment = parts.environment;
    this.tell = parts.tell;
    this.startProgram = parts.start ?? start;
    this.patience = parts.patience ?? PATIENCE;
  }

  /** Runs a program for a worker, beside all others, until its signal says that it may end. */
  run(owner: string, program: Program, signal?: AbortSignal): Promise<ProgramOutcome> {
    return new Promise((settle) => {
      const drop = (): void => settle({ result: 'failed', reason: 'nobody waits for it any more' });
      const begin = (): void => {
        if (signal?.aborted) {
          drop();
          return;
        }
        const run = this.startProgram(program, this.environment);
        this.active.set(run, owner);
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

  /** Runs a program after those that the same object has been given before. */
  enqueue(object: string, program: Program): void {
    const waiting = this.queues.get(object);
    if (waiting && !this.hurried) {
      waiting.push(program);
      if (waiting.length > MOST_WAITING)
        this.tell({ news: 'dropped', program: nameOf(waiting.shift()) });
      return;
    }
    this.queues.set(object, []);
    void this.serve(object, program);
  }

  /** Ends the programs of an owner that has no use for them any more. */
  cancel(owner: string): void {
    for (const [run, of] of this.active) if (of === owner) run.end();
    for (const { drop } of this.starts.filter((waiting) => waiting.owner === owner)) drop();
    this.starts = this.starts.filter((waiting) => waiting.owner !== owner);
  }

  /**
   * Waits until all that is queued has run, at most for `limit`. What is left then is started
   * without waiting: late is better than never for a notify_stop.
   */
  async drain(limit: Duration): Promise<void> {
    const deadline = Date.now() + toMilliseconds(limit);
    while ((this.queues.size > 0 || this.starts.length > 0) && Date.now() < deadline) {
      await new Promise((next) => setTimeout(next, 10));
    }
    this.hurried = true;
    for (const [object, waiting] of this.queues) {
      for (const program of waiting.splice(0)) void this.serve(object, program);
    }
    while (this.starts.length > 0) await new Promise((next) => setImmediate(next));
  }

  private async serve(object: string, first: Program): Promise<void> {
    for (let program: Program | undefined = first; program; ) {
      await this.patiently(object, program);
      program = this.queues.get(object)?.shift();
    }
    this.queues.delete(object);
  }

  /** Settles when the program has ended, or when it has been waited for long enough. */
  private async patiently(object: string, program: Program): Promise<void> {
    const name = nameOf(program);
    const outcome = this.run(object, program);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((end) => {
      timer = setTimeout(end, toMilliseconds(this.patience), 'late');
      timer.unref();
    });
    const first = await Promise.race([outcome, late]);
    clearTimeout(timer);
    if (first === 'late') {
      this.tell({ news: 'late', program: name, seconds: toSeconds(this.patience) });
    } else if (first.result === 'failed') {
      this.tell({ news: 'failed', program: name, reason: first.reason });
    }
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
