import { seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import { counted, newProcess, processAfterReload, turned } from '#vrrp/core/process.js';
import { at, events, processPlan } from './values.js';

describe('a tracked process', () => {
  it.each([
    [{ quorum: 2 }, 1, false],
    [{ quorum: 2 }, 2, true],
    [{ quorum: 1, quorumMax: 2 }, 3, false],
    [{ quorumMax: 0 }, 0, true],
    [{ quorumMax: 0 }, 1, false],
  ])('with %j and %i copies: %s', (change, count, up) => {
    expect(newProcess(processPlan(change), count).up).toBe(up);
  });

  it('counts a lost quorum after terminate_delay, and not if it is back by then', () => {
    const plan = processPlan({ terminateDelay: seconds(2) });
    const lost = counted(newProcess(plan, 1), 0, at(5));
    expect(lost).toMatchObject({ up: true, turns: at(7) });
    expect(turned(lost, at(6))[0]).toBe(lost);
    const [down, effects] = turned(lost, at(7));
    expect(down).toMatchObject({ up: false, turns: null });
    expect(events(effects)).toEqual(['process-quorum']);
    expect(counted(lost, 1, at(6))).toMatchObject({ up: true, turns: null });
  });

  it('goes on over a reload that changes delays, and is asked anew when it is another', () => {
    const down = newProcess(processPlan(), 0);
    const delayed = processPlan({ forkDelay: seconds(3) });
    expect(processAfterReload(down, delayed, 1, at(5))).toMatchObject({ up: false, turns: at(8) });
    const other = processPlan({ process: 'haproxy' });
    expect(processAfterReload(down, other, 1, at(5))).toMatchObject({ up: true, turns: null });
  });
});
