import { describe, expect, it } from 'vitest';
import { reloadTime } from '#src/daemon/reload-time.js';

/** A Saturday. */
const now = new Date('2026-11-21T16:00:00Z');
const at = (text: string, daily = false): string => {
  const found = reloadTime(text, now, daily);
  return found instanceof Date ? found.toISOString() : found.wrong;
};

describe('the time of a scheduled reload', () => {
  it.each([
    ['17:00:00Z', '2026-11-21T17:00:00.000Z'],
    ['16:00:00Z\n', '2026-11-22T16:00:00.000Z'],
    ['15:59:59Z', '2026-11-22T15:59:59.000Z'],
    ['26-12-01 01:02:03Z', '2026-12-01T01:02:03.000Z'],
    ['2028-02-29 00:00:00Z\nmore', '2028-02-29T00:00:00.000Z'],
  ])('%j is %s', (text, moment) => {
    expect(at(text)).toBe(moment);
  });

  it('is local time without a Z', () => {
    expect(at('2027-01-02 03:04:05')).toBe(new Date(2027, 0, 2, 3, 4, 5).toISOString());
    const today = reloadTime('23:59:59', now, false);
    expect(today).toEqual(new Date(now.getFullYear(), now.getMonth(), now.getDate(), 23, 59, 59));
  });

  it('on a day that is over is no time, unless it comes again every day', () => {
    expect(at('2026-11-21 15:00:00Z')).toBe('2026-11-21 15:00:00Z is over');
    expect(at('2026-11-01 17:00:00Z', true)).toBe('2026-11-21T17:00:00.000Z');
    expect(at('2026-11-01 15:00:00Z', true)).toBe('2026-11-22T15:00:00.000Z');
    expect(at('2026-11-30 15:00:00Z', true)).toBe('2026-11-30T15:00:00.000Z');
  });

  it.each(['', 'noon', ' 16:00:00', '16:00:00 ', '16:00', '16:00:00z', '2026/01/01 16:00:00'])(
    'is none in %j',
    (text) => {
      expect(at(text)).toContain('is no [YYYY-MM-DD ]HH:MM:SS[Z]');
    },
  );

  it.each([
    '24:00:00',
    '10:60:00',
    '2026-02-29 10:00:00',
    '2026-13-01 10:00:00',
    '26-00-10 10:00:00',
  ])('is none that the clock or the calendar lacks: %s', (text) => {
    expect(at(text)).toMatch(/^there is no (time|day) /);
  });
});
