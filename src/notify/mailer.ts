import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  type Alarm,
  after,
  type Clock,
  type Duration,
  type Instant,
  instant,
  microseconds,
  seconds,
  times,
  toMilliseconds,
} from '@keepalived-ts/base/time.js';
import type { Letter } from '#src/ipc/messages.js';

/** A letter on its way. */
export interface Posted {
  letter: Letter;
  date: Date;
  /** The same however often it is tried. */
  id: string;
  /** Whom it has still to reach; unset: all. */
  left?: readonly string[];
}

/**
 * How an attempt to hand a mail over ended.
 *
 * later     The server is away or out of order, for all mails.
 * deferred  It puts this mail off for the recipients `left`; the others have it.
 */
export type Delivery =
  | { result: 'sent'; refused: readonly string[] }
  | { result: 'deferred'; refused: readonly string[]; left: readonly string[]; reason: string }
  | { result: 'later'; reason: string }
  | { result: 'never'; reason: string };

export type Deliver<Settings> = (
  posted: Posted,
  settings: Settings,
  signal: AbortSignal,
) => Promise<Delivery>;

/** What may be worth a line in the log. */
export type MailNews =
  | { news: 'sent'; subject: string }
  | { news: 'delayed'; reason: string; waiting: number }
  | { news: 'deferred'; subject: string; recipients: readonly string[]; reason: string }
  | { news: 'refused'; subject: string; reason: string }
  | { news: 'recipients-refused'; subject: string; recipients: readonly string[] }
  | { news: 'full' }
  | { news: 'dropped' | 'unsent'; mails: number };

/** How many mails wait at most; then the oldest goes. */
export const MOST_MAILS = 1000;

/** The distances of attempts: each is twice the one before, up to the longest. */
interface Patience {
  first: Duration;
  longest: Duration;
}
/** Of a server that is away. */
const AWAY: Patience = { first: seconds(1), longest: seconds(60) };
/** Of a mail that is put off: servers that do so to strangers want to see minutes go by. */
const PUT_OFF: Patience = { first: seconds(30), longest: seconds(900) };

const NEVER = instant(Number.POSITIVE_INFINITY);

const pause = ({ first, longest }: Patience, failures: number): Duration =>
  microseconds(Math.min(times(first, 2 ** Math.min(failures - 1, 10)), longest));

/** A mail in the queue. */
interface Waiting {
  posted: Posted;
  due: Instant;
  deferrals: number;
}

/**
 * Hands mails over one after the other, in order. A server that is away or out of order is tried
 * again, at growing distances; nobody waits for it. A mail that it puts off waits alone, while the
 * others go on. Differs: keepalived sends all at once, each just once.
 */
export class Mailer<Settings> {
  private readonly deliver: Deliver<Settings>;
  private readonly tell: (news: MailNews) => void;
  private readonly clock: Clock;
  private readonly alarm: Alarm;
  private settings: Settings | undefined;
  private waiting: Waiting[] = [];
  private working: Promise<void> | undefined;
  /** The server was away so often in a row; it is left alone until `resume`. */
  private failures = 0;
  private resume: Instant;
  private dropped = 0;
  private closed = false;
  private readonly giveUpAttempt = new AbortController();

  constructor(parts: {
    deliver: Deliver<Settings>;
    tell: (news: MailNews) => void;
    clock: Clock;
    alarm: Alarm;
  }) {
    this.deliver = parts.deliver;
    this.tell = parts.tell;
    this.clock = parts.clock;
    this.alarm = parts.alarm;
    this.resume = this.clock.now();
  }

  /** Goes by other settings, also for what waits; without any, nothing is sent. */
  follow(settings: Settings | undefined): void {
    if (isDeepStrictEqual(settings, this.settings)) return;
    this.settings = settings;
    if (settings === undefined) this.giveUp();
    this.failures = 0;
    this.hurry();
  }

  send(letter: Letter, date = new Date()): void {
    if (this.settings === undefined) return;
    const posted = { letter, date, id: randomUUID() };
    this.waiting.push({ posted, due: this.clock.now(), deferrals: 0 });
    if (this.waiting.length > MOST_MAILS) {
      this.waiting.shift();
      if (++this.dropped === 1) this.tell({ news: 'full' });
    }
    this.begin();
  }

  /** Tries once more to get rid of all that waits, at most for `limit`, and tells what is left. */
  async finish(limit: Duration): Promise<void> {
    this.closed = true;
    this.hurry();
    const timer = setTimeout(() => this.giveUpAttempt.abort(), toMilliseconds(limit));
    while (this.working) await this.working;
    clearTimeout(timer);
    this.giveUp();
  }

  private giveUp(): void {
    if (this.waiting.length > 0) this.tell({ news: 'unsent', mails: this.waiting.length });
    this.waiting = [];
    this.alarm.set(null, () => undefined);
    this.tellDropped();
  }

  /** All that waits is due. */
  private hurry(): void {
    this.resume = this.clock.now();
    for (const one of this.waiting) one.due = this.resume;
    this.begin();
  }

  /** Works if there is anything to do, else waits until there is. */
  private begin(): void {
    if (this.working) return;
    if (this.next() && this.settings !== undefined) {
      this.working = this.work().then(() => {
        this.working = undefined;
        this.begin();
      });
      return;
    }
    const wake = Math.max(this.resume, Math.min(...this.waiting.map(({ due }) => due)));
    const isIdle = this.waiting.length === 0 || this.closed;
    this.alarm.set(isIdle ? null : instant(wake), () => this.begin());
  }

  private next(): Waiting | undefined {
    const now = this.clock.now();
    return now < this.resume ? undefined : this.waiting.find(({ due }) => due <= now);
  }

  private async work(): Promise<void> {
    for (let next = this.next(); next; next = this.next()) {
      const { settings } = this;
      if (settings === undefined) break;
      const delivery = await this.deliver(next.posted, settings, this.giveUpAttempt.signal);
      if (delivery.result === 'later') {
        // At the end there is one attempt: a server that fails now fails the others, too.
        if (this.closed) this.resume = NEVER;
        else if (this.settings === settings) this.leaveAlone(delivery.reason);
        continue;
      }
      this.failures = 0;
      if (delivery.result === 'deferred') this.putOff(next, delivery.left);
      else this.waiting = this.waiting.filter((one) => one !== next);
      this.tellOutcome(next.posted, delivery);
    }
  }

  private leaveAlone(reason: string): void {
    if (this.failures++ === 0) {
      this.tell({ news: 'delayed', reason, waiting: this.waiting.length });
    }
    this.resume = after(this.clock.now(), pause(AWAY, this.failures));
  }

  private putOff(one: Waiting, left: readonly string[]): void {
    one.posted = { ...one.posted, left };
    one.due = after(this.clock.now(), pause(PUT_OFF, ++one.deferrals));
  }

  private tellOutcome(
    { letter: { subject } }: Posted,
    delivery: Exclude<Delivery, { result: 'later' }>,
  ): void {
    switch (delivery.result) {
      case 'never':
        this.tell({ news: 'refused', subject, reason: delivery.reason });
        return;
      case 'deferred': {
        const { left, reason } = delivery;
        this.tell({ news: 'deferred', subject, recipients: left, reason });
        break;
      }
      case 'sent':
        this.tell({ news: 'sent', subject });
        this.tellDropped();
    }
    const { refused: recipients } = delivery;
    if (recipients.length > 0) this.tell({ news: 'recipients-refused', subject, recipients });
  }

  private tellDropped(): void {
    if (this.dropped > 0) this.tell({ news: 'dropped', mails: this.dropped });
    this.dropped = 0;
  }
}
