import { instant } from '@keepalived-ts/base/time.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DueHeap } from '#checks/core/due-heap.js';

describe('the heap of due checks', () => {
  it('gives them in the order of their times, and none before its time', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), fc.nat(50), (times, now) => {
        const heap = new DueHeap();
        for (const [check, at] of times.entries()) heap.add(instant(at), check);
        const taken: number[] = [];
        for (let c = heap.take(instant(now)); c !== undefined; c = heap.take(instant(now))) {
          taken.push(times[c] ?? -1);
        }
        expect(taken).toEqual(times.filter((at) => at <= now).sort((a, b) => a - b));
        expect(heap.size).toBe(times.length - taken.length);
        const rest = times.filter((at) => at > now);
        expect(heap.next()).toBe(rest.length > 0 ? Math.min(...rest) : null);
      }),
    );
  });
});
