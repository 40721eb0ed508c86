import { zeroed } from '@keepalived-ts/base/counters.js';
import { type LogRecord, render } from '@keepalived-ts/base/events.js';
import type { FromWorker } from '#src/ipc/messages.js';
import type { CheckEvent, Effect } from '../core/effects.js';
import { type CheckCounter, type CheckCounters, checkCounters } from '../counters.js';
import { checkEvents } from '../events.js';

/** Effects that the parent performs for us. */
export type ReportEffect = Extract<Effect, { do: 'log' | 'count' | 'notify' }>;

/** How often changed counters are told, at most. */
const COUNTERS_MS = 1_000;

/** What the thread tells its parent: log lines (a turn's in one message), counters, notices. */
export class Reports {
  private readonly post: (message: FromWorker) => void;
  private readonly detail: boolean;
  private records: LogRecord[] = [];
  private readonly counters = new Map<string, CheckCounters>();
  private readonly changed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

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
        this.count(`${effect.service} ${effect.server}`, effect.counter);
        break;
      case 'notify':
        // The line that tells of the change precedes what scripts make of it.
        this.flush();
        this.post({ type: 'notify', notice: effect.notice });
        break;
    }
  }

  log(event: CheckEvent): void {
    const { level } = checkEvents[event.event];
    if (level === 'detail' && !this.detail) return;
    this.records.push(render('check', checkEvents, event));
  }

  /** Posts the lines of this turn. */
  flush(): void {
    if (this.records.length === 0) return;
    this.post({ type: 'log', records: this.records });
    this.records = [];
  }

  /** Posts everything there is, counters too. */
  close(): void {
    clearTimeout(this.timer);
    this.tellCounters();
    this.flush();
  }

  private count(object: string, counter: CheckCounter): void {
    const values = this.counters.get(object) ?? zeroed(checkCounters);
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
