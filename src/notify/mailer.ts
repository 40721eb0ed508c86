import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Duration, seconds, times, toMilliseconds } from '@keepalived-ts/base/time.js';
import type { Letter } from '#src/ipc/messages.js';

/** A letter on its way. */
export interface Posted {
  letter: Letter;
  date: Date;
  /** The same however often it is tried. */
  id: string;
}

/** How an attempt to hand a mail over ended. `later`: it may go better another time. */
export type Delivery =
  | { result: 'sent'; refused: readonly string[] }
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
  | { news: 'refused'; subject: string; reason: string }
  | { news: 'recipients-refused'; subject: string; recipients: readonly string[] }
  | { news: 'full' }
  | { news: 'dropped' | 'unsent'; mails: number };

/** How many mails wait at most for a server that does not take them; then the oldest goes. */
export const MOST_MAILS = 1000;
const FIRST_PAUSE = seconds(1);
const LONGEST_PAUSE = seconds(60);

/**
 * Hands mails over one after the other, in order. A server that is away or out of order is tried
 * again, at growing distances; nobody waits for it. Differs: keepalived sends all at once, each
 * just once.
 */
export class Mailer<Settings> {
  private readonly deliver: Deliver<Settings>;
  private readonly tell: (news: MailNews) => void;
  private readonly firstPause: Duration;
  private settings: Settings | undefined;
  private waiting: Posted[] = [];
  private working: Promise<void> | undefined;
  private failures = 0;
  private dropped = 0;
  private closed = false;
  private endPause: () => void = () => undefined;
  private readonly giveUpAttempt = new AbortController();

  constructor(
    deliver: Deliver<Settings>,
    tell: (news: MailNews) => void,
    firstPause: Duration = FIRST_PAUSE,
  ) {
    this.deliver = deliver;
    this.tell = tell;
    this.firstPause = firstPause;
  }

  /** Goes by other settings, also for what waits; without any, nothing is sent. */
  follow(settings: Settings | undefined): void {
    if (isDeepStrictEqual(settings, this.settings)) return;
    this.settings = settings;
    if (settings === undefined) this.giveUp();
    this.failures = 0;
    this.endPause();
  }

  send(letter: Letter, date = new Date()): void {
    if (this.settings === undefined) return;
    this.waiting.push({ letter, date, id: randomUUID() });
    if (this.waiting.length > MOST_MAILS) {
      this.waiting.shift();
      if (++this.dropped === 1) this.tell({ news: 'full' });
    }
    this.working ??= this.work();
  }

  /** Tries to get rid of what waits, at most for `limit`, and tells what is left. */
  async finish(limit: Duration): Promise<void> {
    this.closed = true;
    this.endPause();
    const timer = setTimeout(() => this.giveUpAttempt.abort(), toMilliseconds(limit));
    await this.working;
    clearTimeout(timer);
    this.giveUp();
  }

  private giveUp(): void {
    if (this.waiting.length > 0) this.tell({ news: 'unsent', mails: this.waiting.length });
    this.waiting = [];
    this.tellDropped();
  }

  private async work(): Promise<void> {
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      const { settings } = this;
      if (settings === undefined) break;
      const delivery = await this.deliver(next, settings, this.giveUpAttempt.signal);
      if (delivery.result !== 'later') {
        if (this.waiting[0] === next) this.waiting.shift();
        this.tellOutcome(next, delivery);
      } else if (this.closed) {
        // At the end there is one attempt: a server that fails now fails the others, too.
        break;
      } else if (this.settings === settings) await this.rest(delivery.reason);
    }
    this.working = undefined;
  }

  private tellOutcome(
    { letter: { subject } }: Posted,
    delivery: Exclude<Delivery, { result: 'later' }>,
  ): void {
    if (delivery.result === 'never') {
      this.tell({ news: 'refused', subject, reason: delivery.reason });
      return;
    }
    this.failures = 0;
    this.tell({ news: 'sent', subject });
    const { refused: recipients } = delivery;
    if (recipients.length > 0) this.tell({ news: 'recipients-refused', subject, recipients });
    this.tellDropped();
  }

  private tellDropped(): void {
    if (this.dropped > 0) this.tell({ news: 'dropped', mails: this.dropped });
    this.dropped = 0;
  }

  private async rest(reason: string): Promise<void> {
    if (this.failures++ === 0) {
      this.tell({ news: 'delayed', reason, waiting: this.waiting.length });
    }
    const growing = times(this.firstPause, 2 ** Math.min(this.failures - 1, 10));
    const pause = Math.min(toMilliseconds(growing), toMilliseconds(LONGEST_PAUSE));
    await new Promise<void>((over) => {
      const timer = setTimeout(over, pause);
      this.endPause = () => {
        clearTimeout(timer);
        over();
      };
    });
  }
}
