import { type EventOf, type LogRecord, render } from '@keepalived-ts/base/events.js';
import { type Clock, systemClock } from '@keepalived-ts/base/time.js';
import { LineLimit } from '#src/ipc/line-limit.js';
import type { FromWorker, ProgramOutcome } from '#src/ipc/messages.js';
import { Tally } from '#src/ipc/tally.js';
import type { Effect, Input } from '../core/types.js';
import { vrrpCounters } from '../counters.js';
import { vrrpEvents } from '../events.js';

/** Effects that the parent performs for us. */
export type ReportEffect = Extract<
  Effect,
  { do: 'log' | 'count' | 'notify' | 'notify-group' | 'run-script' }
>;

/** Whose counters those are that belong to no instance. */
export const NO_INSTANCE = '';

/**
 * What the thread tells its parent: log lines, notifications and programs to run at the end of
 * each turn, in their order; counters once a second if they changed.
 */
export class Reports {
  private readonly post: (message: FromWorker) => void;
  private readonly detail: boolean;
  private pending: FromWorker[] = [];
  /** The lines of the last message in `pending`, if that is one of lines. */
  private lines: LogRecord[] | undefined;
  private readonly tally: Tally<typeof vrrpCounters>;
  private readonly limit: LineLimit;
  private readonly tickets = new Map<number, { script: string; run: number }>();
  private lastTicket = 0;

  /** `detail`: -D, without which lines of that level are not even rendered. */
  constructor(post: (message: FromWorker) => void, options: { detail: boolean; clock?: Clock }) {
    this.post = post;
    this.detail = options.detail;
    this.tally = new Tally(vrrpCounters, post);
    this.limit = new LineLimit(options.clock ?? systemClock);
  }

  perform(effect: ReportEffect): void {
    switch (effect.do) {
      case 'log':
        this.log(effect.event);
        break;
      case 'count':
        this.tally.count(effect.instance ?? NO_INSTANCE, effect.counter, effect.from);
        break;
      case 'notify': {
        const { instance: name, state, priority } = effect;
        this.put({ type: 'notify', notice: { of: 'instance', name, state, priority } });
        break;
      }
      case 'notify-group': {
        const { group: name, state } = effect;
        this.put({ type: 'notify', notice: { of: 'group', name, state, priority: 0 } });
        break;
      }
      case 'run-script': {
        const { name, argv, user, group, timeout } = effect.script;
        const ticket = ++this.lastTicket;
        this.tickets.set(ticket, { script: name, run: effect.run });
        const as = { ...(user !== undefined && { user }), ...(group !== undefined && { group }) };
        this.put({ type: 'run-program', ticket, argv, timeout, ...as });
        break;
      }
    }
  }

  log(event: EventOf<typeof vrrpEvents>): void {
    const { level } = vrrpEvents[event.event];
    if (level === 'debug' || (level === 'detail' && !this.detail)) return;
    if (!this.limit.admits()) return;
    this.tellMissing();
    this.write(event);
  }

  private tellMissing(): void {
    const lines = this.limit.takeMissing();
    if (lines > 0) this.write({ event: 'lines-dropped', lines });
  }

  private write(event: EventOf<typeof vrrpEvents>): void {
    if (this.lines === undefined) {
      const records: LogRecord[] = [];
      this.put({ type: 'log', records });
      this.lines = records;
    }
    this.lines.push(render('vrrp', vrrpEvents, event));
  }

  private put(message: FromWorker): void {
    this.pending.push(message);
    this.lines = undefined;
  }

  /** Only these instances are left: the counters of others are forgotten. */
  retain(instances: readonly string[]): void {
    this.tally.retain(new Set([NO_INSTANCE, ...instances]));
  }

  /** The end of a program as an input; undefined when its ticket is not ours. */
  programEnded(ticket: number, outcome: ProgramOutcome): Input | undefined {
    const asked = this.tickets.get(ticket);
    this.tickets.delete(ticket);
    return asked && { kind: 'script', ...asked, outcome };
  }

  /** Posts what this turn had to tell. */
  flush(): void {
    const messages = this.pending;
    this.pending = [];
    this.lines = undefined;
    for (const message of messages) this.post(message);
  }

  /** Tells what has been counted since the last time, before something that is to follow it. */
  tellCounters(): void {
    this.tally.tellAll();
  }

  /** Posts everything there is, counters too. */
  close(): void {
    this.tellMissing();
    this.flush();
    this.tally.tellAll();
  }
}
