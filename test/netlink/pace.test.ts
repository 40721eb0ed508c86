import { milliseconds } from '@keepalived-ts/base/time.js';
import { Pace } from '@keepalived-ts/netlink/pace.js';
import { describe, expect, it } from 'vitest';

describe('the pace of a batch', () => {
  it('doubles while calls are short and full, up to 512 requests', () => {
    const pace = new Pace(milliseconds(1));
    const counts = [0, 0, 0, 0].map(() => {
      pace.learn(pace.count, milliseconds(0.1));
      return pace.count;
    });
    expect(counts).toEqual([128, 256, 512, 512]);
  });

  it('halves when a call was long, down to eight', () => {
    const pace = new Pace(milliseconds(1));
    const counts = [0, 0, 0, 0].map(() => {
      pace.learn(pace.count, milliseconds(2));
      return pace.count;
    });
    expect(counts).toEqual([32, 16, 8, 8]);
  });

  it('stays where calls take about their time, or carried less than they might', () => {
    const pace = new Pace(milliseconds(1));
    pace.learn(64, milliseconds(0.5));
    pace.learn(5, milliseconds(0.1));
    expect(pace.count).toBe(64);
  });

  it('goes by the slice that the user gives', () => {
    const pace = new Pace(milliseconds(10));
    pace.learn(64, milliseconds(2));
    expect(pace.count).toBe(128);
  });
});
