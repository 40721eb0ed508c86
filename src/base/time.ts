declare const durationBrand: unique symbol;
declare const instantBrand: unique symbol;

/** A length of time in microseconds. */
export type Duration = number & { readonly [durationBrand]: true };
/** A point on a monotonic clock, in microseconds since that clock's own zero. */
export type Instant = number & { readonly [instantBrand]: true };

export const microseconds = (n: number): Duration => n as Duration;
export const milliseconds = (n: number): Duration => Math.round(n * 1000) as Duration;
export const seconds = (n: number): Duration => Math.round(n * 1_000_000) as Duration;
export const instant = (micros: number): Instant => micros as Instant;

export const toMilliseconds = (d: Duration): number => d / 1000;
export const toSeconds = (d: Duration): number => d / 1_000_000;

export const after = (t: Instant, d: Duration): Instant => (t + d) as Instant;
export const elapsed = (from: Instant, to: Instant): Duration => (to - from) as Duration;
export const plus = (a: Duration, b: Duration): Duration => (a + b) as Duration;
export const times = (d: Duration, n: number): Duration => Math.round(d * n) as Duration;
export const longer = (a: Duration, b: Duration): Duration => (a > b ? a : b);
export const sooner = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null ? b : b === null ? a : a < b ? a : b;

export interface Clock {
  now(): Instant;
}

/** One pending wake-up. Setting it again replaces the former one; `null` cancels it. */
export interface Alarm {
  set(at: Instant | null, wake: () => void): void;
}

/** The machine's monotonic clock (CLOCK_MONOTONIC). Made once, by the composition root. */
export const systemClock: Clock = {
  now: () => Number(process.hrtime.bigint() / 1000n) as Instant,
};

/**
 * An alarm on the event loop's timers.
 *
 * Timers have whole milliseconds and may fire a little early against the microsecond clock, so
 * a wake-up before its time is put off again instead of reported.
 */
export function systemAlarm(clock: Clock = systemClock): Alarm {
  let timer: NodeJS.Timeout | undefined;
  let due: Instant | undefined;
  let call: () => void;
  return {
    set(at, wake) {
      call = wake;
      // Most events leave the next deadline where it is, and the clock need not be asked.
      if (timer !== undefined && at === due) return;
      clearTimeout(timer);
      timer = undefined;
      if (at === null) return;
      due = at;
      const arm = (): void => {
        const left = at - clock.now();
        if (left <= 0 && timer !== undefined) {
          timer = undefined;
          call();
          return;
        }
        timer = setTimeout(arm, Math.min(Math.max(Math.ceil(left / 1000), 0), 2 ** 31 - 1));
      };
      arm();
    },
  };
}
