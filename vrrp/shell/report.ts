import { zeroed } from '@keepalived-ts/base/counters.js';
import { type EventOf, type LogRecord, render } from '@keepalived-ts/base/events.js';
import type { FromWorker, ProgramOutcome } from '#src/ipc/messages.js';
import type { Effect, Input } from '../core/types.js';
import { type VrrpCounter, type VrrpCounters, vrrpCounters } from '../counters.js';
import { vrrpEvents } from '../events.js';

/** Effects that the parent performs for us. */
export type ReportEffect = Extract<Effect, { do: 'log' | 'count' | 'notify' | 'run-script' }>;

/** How often changed counters are told, at most. */
const COUNTERS_MS = 1_000;
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
  private readonly counters = new Map<string, VrrpCounters>();
  private readonly changed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private readonly tickets = new Map<number, string>();
  private lastTicket = 0;

  /** `detail`: -D, without which lines of that level are not even rendered. */
  constructor(post: (message: FromWorker) => void, options: { detail: boolean }) {
    this.post = post;
    this.detail = options.detail;
  }

  perform(effect: ReportEffect): void {
    switch (effect.do) {
      case 'log':
        this.log(effect.event);
        break;
      case 'count':
        this.count(effect.instance ?? NO_INSTANCE, effect.counter);
        break;
      case 'notify': {
        const { instance: name, state, priority } = effect;
        this.put({ type: 'notify', notice: { of: 'instance', name, state, priority } });
        break;
      }
      case 'run-script': {
        const { name, argv, user, group, timeout } = effect.script;
        const ticket = ++this.lastTicket;
        this.tickets.set(ticket, name);
        const as = { ...(user !== undefined && { user }), ...(group !== undefined && { group }) };
        this.put({ type: 'run-program', ticket, argv, timeout, ...as });
        break;
      }
    }
  }

  log(event: EventOf<typeof vrrpEvents>): void {
    const { level } = vrrpEvents[event.event];
    if (level === 'debug' || (level === 'detail' && !this.detail)) return;
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

  /** The end of a program as an input; undefined when its ticket is not ours. */
  programEnded(ticket: number, outcome: ProgramOutcome): Input | undefined {
    const script = this.tickets.get(ticket);
    this.tickets.delete(ticket);
    return script === undefined ? undefined : { kind: 'script', script, outcome };
  }

  /** Posts what this turn had to tell. */
  flush(): void {
    const messages = this.pending;
    this.pending = [];
    this.lines = undefined;
    for (const message of messages) this.post(message);
  }

  /** Posts everything there is, counters too. */
  close(): void {
    this.flush();
    clearTimeout(this.timer);
    this.tellCounters();
  }

  private count(object: string, counter: VrrpCounter): void {
    const values = this.counters.get(object) ?? zeroed(vrrpCounters);
    this.counters.set(object, values);
    values[counter]++;
    this.changed.add(object);
    this.timer ??= setTimeout(() => this.tellCounters(), COUNTERS_MS);
  }

  private tellCounters(): void {
    this.timer = undefined;
    for (const object of this.changed) {
      const values = this.counters.get(object);
      if (values !== undefined) this.post({ type: 'counters', object, values: { ...values } });
    }
    this.changed.clear();
  }
}
