import { type LogRecord, render } from '@keepalived-ts/base/events.js';
import { type Clock, systemClock } from '@keepalived-ts/base/time.js';
import { LineLimit } from '#src/ipc/line-limit.js';
import type { FromWorker } from '#src/ipc/messages.js';
import { Tally } from '#src/ipc/tally.js';
import type { CheckEvent, Effect } from '../core/effects.js';
import { checkCounters } from '../counters.js';
import { checkEvents } from '../events.js';

/** Effects that the parent performs for us. */
export type ReportEffect = Extract<Effect, { do: 'log' | 'count' | 'notify' | 'mail' }>;

interface OfServer {
  service: string;
  server: string;
}
/** By what name a server's counters are told. */
const objectOf = ({ service, server }: OfServer): string => `${service} ${server}`;

/** What the thread tells its parent: log lines (a turn's in one message), counters, notices. */
export class Reports {
  private readonly post: (message: FromWorker) => void;
  private readonly detail: boolean;
  private records: LogRecord[] = [];
  private readonly tally: Tally<typeof checkCounters>;
  private readonly limit: LineLimit;

  /** `detail`: -D, without which lines of that level are not even rendered. */
  constructor(post: (message: FromWorker) => void, options: { detail: boolean; clock?: Clock }) {
    this.post = post;
    this.detail = options.detail;
    this.tally = new Tally(checkCounters, post);
    this.limit = new LineLimit(options.clock ?? systemClock);
  }

  perform(effect: ReportEffect): void {
    switch (effect.do) {
      case 'log':
        this.log(effect.event);
        break;
      case 'count':
        this.tally.count(objectOf(effect), effect.counter);
        break;
      case 'notify':
        // The line that tells of the change precedes what scripts make of it.
        this.flush();
        this.post({ type: 'notify', notice: effect.notice });
        break;
      case 'mail':
        this.flush();
        this.post({ type: 'mail', letter: effect.letter });
        break;
    }
  }

  log(event: CheckEvent): void {
    const { level } = checkEvents[event.event];
    if (level === 'detail' && !this.detail) return;
    if (!this.limit.admits()) return;
    this.tellMissing();
    this.records.push(render('check', checkEvents, event));
  }

  private tellMissing(): void {
    const lines = this.limit.takeMissing();
    if (lines > 0)
      this.records.push(render('check', checkEvents, { event: 'lines-dropped', lines }));
  }

  /** Only these servers are left: the counters of others are forgotten. */
  retain(servers: readonly OfServer[]): void {
    this.tally.retain(new Set(servers.map(objectOf)));
  }

  /** Posts the lines of this turn. */
  flush(): void {
    if (this.records.length === 0) return;
    this.post({ type: 'log', records: this.records });
    this.records = [];
  }

  /** Posts everything there is, counters too. */
  close(): void {
    this.tally.tellAll();
    this.tellMissing();
    this.flush();
  }
}
