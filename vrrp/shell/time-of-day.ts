import { type Duration, type Instant, microseconds } from '@keepalived-ts/base/time.js';
import type { Input } from '../core/types.js';

/** Drift of the clock that is not worth a word, in microseconds. */
const UNNOTICED = 20_000;

/**
 * Notices that the time of day was set, before the next input is worked off: a step of the clock,
 * or a machine that slept, during which CLOCK_MONOTONIC stands still. `wallClock` is `Date.now`.
 */
export class TimeOfDay {
  private readonly wallClock: () => number;
  private told: Duration | undefined;

  constructor(wallClock: () => number) {
    this.wallClock = wallClock;
  }

  /** What is to be told, if anything. */
  news(now: Instant): Input | undefined {
    const epoch = microseconds(this.wallClock() * 1000 - now);
    if (this.told !== undefined && Math.abs(epoch - this.told) < UNNOTICED) return undefined;
    this.told = epoch;
    return { kind: 'time-of-day', epoch };
  }
}
