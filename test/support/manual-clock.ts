import {
  type Alarm,
  after,
  type Clock,
  type Duration,
  type Instant,
  instant,
} from '@keepalived-ts/base/time.js';

interface Appointment {
  at: Instant;
  order: number;
  act: () => void;
}

/** A clock that stands still until it is told to go, and calls whoever made an appointment. */
export class ManualClock implements Clock {
  #now = instant(0);
  #order = 0;
  #appointments: Appointment[] = [];

  now(): Instant {
    return this.#now;
  }

  in(delay: Duration, act: () => void): void {
    this.at(after(this.#now, delay), act);
  }

  at(at: Instant, act: () => void): void {
    this.#appointments.push({ at, order: this.#order++, act });
  }

  /** An alarm of this clock. */
  alarm(): Alarm {
    let set = 0;
    return {
      set: (at, wake) => {
        const mine = ++set;
        if (at !== null) this.at(at, () => mine === set && wake());
      },
    };
  }

  advance(by: Duration): void {
    this.runUntil(after(this.#now, by));
  }

  /** Goes on to an instant, keeping every appointment on the way in order. */
  runUntil(end: Instant): void {
    for (;;) {
      const next = this.#appointments
        .filter((a) => a.at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next) break;
      this.#appointments = this.#appointments.filter((a) => a !== next);
      if (next.at > this.#now) this.#now = next.at;
      next.act();
    }
    this.#now = end;
  }
}
