import { instant } from '@keepalived-ts/base/time.js';
import { expect, it } from 'vitest';
import { TimeOfDay } from '#vrrp/shell/time-of-day.js';

it('the time of day is told at first, and when the clock was set, but not as it drifts', () => {
  let wall = 1_700_000_000_000;
  const clock = new TimeOfDay(() => wall);
  const told = (now: number) => clock.news(instant(now));
  expect(told(5_000_000)).toEqual({ kind: 'time-of-day', epoch: 1_699_999_995_000_000 });
  wall += 1_010;
  expect(told(6_000_000)).toBeUndefined();
  wall -= 3_600_000;
  expect(told(6_000_001)).toEqual({ kind: 'time-of-day', epoch: 1_699_996_395_009_999 });
  expect(told(6_000_002)).toBeUndefined();
});
