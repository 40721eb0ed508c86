import { instant, seconds, toSeconds } from '@keepalived-ts/base/time.js';
import { expect, test } from 'vitest';
import { noDeaths, respawn } from '#src/daemon/respawn.js';

/** The delays of deaths in a row, each worker having lived `age` seconds. */
function delays(count: number, age: number, wasReady: boolean): (number | 'give-up')[] {
  let deaths = noDeaths;
  return Array.from({ length: count }, () => {
    const [next, what] = respawn(deaths, instant(0), wasReady, instant(seconds(age)));
    deaths = next;
    return what.do === 'give-up' ? what.do : toSeconds(what.after);
  });
}

test('a worker that dies soon is restarted at once, then ever later, at most after 60 s', () => {
  expect(delays(10, 5, true)).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test('a worker that has run for a minute is restarted at once', () => {
  expect(delays(3, 60, true)).toEqual([0, 0, 0]);
});

test('six deaths in a row before being ready end it', () => {
  expect(delays(6, 1, false)).toEqual([0, 1, 2, 4, 8, 'give-up']);
});

test('a worker that has been ready forgives those that were not', () => {
  let deaths = noDeaths;
  for (const wasReady of [false, false, false, false, true]) {
    [deaths] = respawn(deaths, instant(0), wasReady, instant(1));
  }
  expect(deaths.stillborn).toBe(0);
});
