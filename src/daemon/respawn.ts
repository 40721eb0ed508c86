import {
  type Duration,
  elapsed,
  type Instant,
  seconds,
  toSeconds,
} from '@keepalived-ts/base/time.js';

/** What the deaths of a worker so far mean for the next. */
export interface Respawns {
  /** The delay that the next death gets. */
  delay: Duration;
  /** Deaths in a row of workers that had not become ready. */
  stillborn: number;
}

export const noDeaths: Respawns = { delay: seconds(0), stillborn: 0 };

/** A worker that ran this long has earned a restart without delay. */
const STEADY = seconds(60);
const LONGEST = seconds(60);
/** So many deaths before being ready show that restarting is no help. Differs: keepalived goes on. */
export const MOST_STILLBORN = 6;

export type Respawn = { do: 'restart'; after: Duration } | { do: 'give-up' };

/**
 * When to restart a worker that has died: at once, then after 1, 2, 4 ... 60 s, until one has
 * run for a minute. Compat: the delays of keepalived's parent.
 */
export function respawn(
  before: Respawns,
  started: Instant,
  wasReady: boolean,
  now: Instant,
): [Respawns, Respawn] {
  const stillborn = wasReady ? 0 : before.stillborn + 1;
  if (stillborn >= MOST_STILLBORN) return [{ ...before, stillborn }, { do: 'give-up' }];
  const delay = elapsed(started, now) >= STEADY ? seconds(0) : before.delay;
  const next = Math.min(Math.max(toSeconds(delay) * 2, 1), toSeconds(LONGEST));
  return [
    { delay: seconds(next), stillborn },
    { do: 'restart', after: delay },
  ];
}
