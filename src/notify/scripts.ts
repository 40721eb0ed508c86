import {
  type Alarm,
  after,
  type Clock,
  type Duration,
  elapsed,
  plus,
  seconds,
  times,
  toSeconds,
} from '@keepalived-ts/base/time.js';
import { type Change, superseded } from './changes.js';
import { howItEnded } from './outcome.js';
import type { Program } from './program.js';
import type { Runner } from './runner.js';

/** What may be worth a line in the log. */
export type ScriptNews =
  | { news: 'failed'; program: string; reason: string }
  | { news: 'late'; object: string; program: string; pid: number; seconds: number; waiting: number }
  | { news: 'over'; object: string; program: string; seconds: number; how: string }
  | { news: 'dropped' | 'hurried'; object: string; state: string; programs: readonly string[] };

/** A program that runs so long may hang: it is told of, then at twice the time, and so on. */
const PATIENCE = seconds(30);
/** The longest time between two of these warnings. */
const LONGEST_SILENCE = seconds(3600);
/**
 * How many changes of one object wait at most: an hour of flapping behind a program that hangs.
 * Beyond that the oldest that is out of date goes, by its name.
 */
export const MOST_WAITING = 1000;

/** At the end programs may run for so long; then they go on without us. */
const LAST_RUNS = seconds(1);
/** The same while others wait for them, for these can't go on without us. */
const LAST_WAITS = seconds(10);

const nameOf = ({ argv }: Program): string => argv[0] ?? '';

/**
 * Runs the programs that changes are worth.
 *
 * Those of one object run in order and one at a time: a notify_backup that overtook a slow
 * notify_master would leave the machine in the wrong state. One that hangs is told of again and
 * again and never given company, nor ended: it may be half-way through what it has to do.
 * Differs: keepalived starts them all at once.
 */
export class Scripts {
  /** The changes of each object that is busy; the first is being told, of what is left of it. */
  private readonly lines = new Map<string, Change[]>();
  private readonly runner: Runner;
  private readonly clock: Clock;
  private readonly alarm: () => Alarm;
  private readonly tell: (news: ScriptNews) => void;
  private noticed: () => void = () => undefined;

  constructor(parts: {
    runner: Runner;
    clock: Clock;
    alarm: () => Alarm;
    tell: (news: ScriptNews) => void;
  }) {
    this.runner = parts.runner;
    this.clock = parts.clock;
    this.alarm = parts.alarm;
    this.tell = parts.tell;
  }

  /** Runs the programs of a change after those that its object has been given before. */
  enqueue(change: Change): void {
    const line = this.lines.get(change.object);
    if (!line) {
      const begun = [change];
      this.lines.set(change.object, begun);
      void this.serve(change.object, begun);
      return;
    }
    line.push(change);
    if (line.length <= MOST_WAITING + 1) return;
    // The first has begun, and is told whole.
    const [oldest] = superseded(line.slice(1));
    if (!oldest) return;
    line.splice(line.indexOf(oldest), 1);
    this.report('dropped', oldest);
  }

  /**
   * Waits until all has run, for a time. What waits then is dropped where it is out of date, and
   * the rest started without waiting: late is better than never for a notify_stop.
   */
  async drain(): Promise<void> {
    await this.idle();
    for (const line of this.lines.values()) {
      const rest = line.splice(0).filter(({ programs }) => programs.length > 0);
      const outdated = superseded(rest);
      for (const change of rest) {
        this.report(outdated.includes(change) ? 'dropped' : 'hurried', change);
        if (outdated.includes(change)) continue;
        for (const program of change.programs) void this.runner.run(change.object, program);
      }
    }
    await this.runner.started();
  }

  /** Settles when nothing runs, or at the end of the time that is left for it. */
  private idle(): Promise<void> {
    const began = this.clock.now();
    const alarm = this.alarm();
    return new Promise((settle) => {
      this.noticed = () => {
        const lines = [...this.lines.values()];
        const isWaitedFor = lines.some((line) => line.some(({ programs }) => programs.length > 0));
        const end = after(began, isWaitedFor ? LAST_WAITS : LAST_RUNS);
        const isOver = lines.length === 0 || this.clock.now() >= end;
        alarm.set(isOver ? null : end, this.noticed);
        if (isOver) settle();
      };
      this.noticed();
    });
  }

  private async serve(object: string, line: Change[]): Promise<void> {
    for (let change = line[0]; change; change = line[0]) {
      const [program, ...programs] = change.programs;
      if (program) {
        line[0] = { ...change, programs };
        await this.run(object, program, line);
      } else line.shift();
    }
    this.lines.delete(object);
    this.noticed();
  }

  private async run(object: string, program: Program, line: readonly Change[]): Promise<void> {
    const name = nameOf(program);
    const began = this.clock.now();
    const alarm = this.alarm();
    const begun = (pid: number | undefined): void => {
      if (pid !== undefined) warn(pid, PATIENCE);
    };
    const warn = (pid: number, ran: Duration): void =>
      alarm.set(after(began, ran), () => {
        const waiting = line.length - 1;
        this.tell({ news: 'late', object, program: name, pid, seconds: toSeconds(ran), waiting });
        warn(pid, ran < LONGEST_SILENCE ? times(ran, 2) : plus(ran, LONGEST_SILENCE));
      });
    const outcome = await this.runner.run(object, program, { begun });
    alarm.set(null, () => undefined);
    const ran = elapsed(began, this.clock.now());
    if (outcome.result === 'failed') {
      this.tell({ news: 'failed', program: name, reason: outcome.reason });
    } else if (ran >= PATIENCE) {
      const how = howItEnded(outcome);
      this.tell({ news: 'over', object, program: name, seconds: Math.round(toSeconds(ran)), how });
    }
  }

  private report(news: 'dropped' | 'hurried', { object, state, programs }: Change): void {
    this.tell({ news, object, state, programs: programs.map(nameOf) });
  }
}
