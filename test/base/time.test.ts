import {
  type Alarm,
  elapsed,
  instant,
  after as later,
  milliseconds,
  seconds,
  sooner,
  systemAlarm,
  systemClock,
  times,
} from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';

describe('durations', () => {
  it('are microseconds', () => {
    expect([seconds(1.5), milliseconds(0.25), times(seconds(1), 1 / 3)]).toEqual([
      1_500_000, 250, 333_333,
    ]);
    expect(elapsed(instant(5), later(instant(5), seconds(2)))).toBe(seconds(2));
  });

  it('of two wake-ups the sooner one counts, and none is never sooner', () => {
    expect(sooner(null, null)).toBeNull();
    expect(sooner(instant(3), null)).toBe(3);
    expect(sooner(instant(3), instant(2))).toBe(2);
  });
});

describe('an alarm', () => {
  const wait = (alarm: Alarm, delay: number): Promise<number> => {
    const at = later(systemClock.now(), milliseconds(delay));
    return new Promise((resolve) => alarm.set(at, () => resolve(systemClock.now() - at)));
  };

  it('never rings before its time', async () => {
    for (const delay of [0, 0.4, 1, 1.7, 20]) {
      expect(await wait(systemAlarm(), delay)).toBeGreaterThanOrEqual(0);
    }
  });

  it('set again rings once, for the last time that was set', async () => {
    const alarm = systemAlarm();
    let early = 0;
    alarm.set(later(systemClock.now(), milliseconds(1)), () => {
      early++;
    });
    await wait(alarm, 30);
    expect(early).toBe(0);
  });

  it('set again for the same time asks no clock, and rings for who set it last', async () => {
    let asked = 0;
    const alarm = systemAlarm({
      now: () => {
        asked++;
        return systemClock.now();
      },
    });
    const at = later(systemClock.now(), milliseconds(20));
    const rung: string[] = [];
    alarm.set(at, () => rung.push('first'));
    expect(asked).toBe(1);
    for (let n = 0; n < 5; n++) alarm.set(at, () => rung.push('last'));
    expect(asked).toBe(1);
    await wait(systemAlarm(), 40);
    expect(rung).toEqual(['last']);
    await new Promise<void>((again) => alarm.set(at, again));
  });

  it('set to null does not ring', async () => {
    const alarm = systemAlarm();
    let rung = 0;
    alarm.set(later(systemClock.now(), milliseconds(1)), () => {
      rung++;
    });
    alarm.set(null, () => {});
    await wait(systemAlarm(), 20);
    expect(rung).toBe(0);
  });
});
