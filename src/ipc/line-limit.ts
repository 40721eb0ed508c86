import { event } from '@keepalived-ts/base/events.js';
import { type Clock, elapsed, type Instant, toSeconds } from '@keepalived-ts/base/time.js';

/** Lines that may go out at once: five for each of 10,000 servers that fail together. */
export const MOST_LINES_AT_ONCE = 50_000;
/** Lines a second that may go on for ever. */
export const MOST_LINES_A_SECOND = 2_000;

/** The clock is asked once for so many: of 10,000 lines in a row that would be most of the work. */
const LINES_BY_ONE_TIME = 64;

/** What a worker's catalogue needs to tell of lines that did not go out. */
export const lineLimitEvents = {
  'lines-dropped': event<{ lines: number }>(
    'warning',
    (e) => `${e.lines} lines are missing here: more than ${MOST_LINES_A_SECOND} a second`,
  ),
};

/**
 * Bounds what a worker logs (a token bucket), whatever it is that it can't stop talking about:
 * messages to the parent wait in memory that no limit of the worker covers, and a parent that is
 * busy writing lines runs no programs.
 */
export class LineLimit {
  private readonly clock: Clock;
  private room = MOST_LINES_AT_ONCE;
  private filled: Instant;
  private missing = 0;
  /** Lines since the clock was asked. */
  private unasked = 0;

  constructor(clock: Clock) {
    this.clock = clock;
    this.filled = clock.now();
  }

  /** Whether one more line may go out. */
  admits(): boolean {
    if (++this.unasked > LINES_BY_ONE_TIME || this.room < 1) this.fill();
    if (this.room < 1) {
      this.missing++;
      return false;
    }
    this.room--;
    return true;
  }

  private fill(): void {
    const now = this.clock.now();
    const gained = toSeconds(elapsed(this.filled, now)) * MOST_LINES_A_SECOND;
    this.room = Math.min(this.room + gained, MOST_LINES_AT_ONCE);
    this.filled = now;
    this.unasked = 0;
  }

  /** How many lines have not been admitted since it was last asked. */
  takeMissing(): number {
    const { missing } = this;
    this.missing = 0;
    return missing;
  }
}
