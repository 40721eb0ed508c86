import { instant } from '@keepalived-ts/base/time.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fleet } from '#vrrp/core/fleet.js';
import { router } from './values.js';

const deadline = fc.option(fc.integer({ min: 0, max: 1_000 }).map(instant), { nil: null });

describe('a fleet', () => {
  it('is what an array of its routers would be', () => {
    const changes = fc.array(fc.tuple(fc.nat(), deadline), { maxLength: 40 });
    fc.assert(
      fc.property(fc.array(deadline, { minLength: 1, maxLength: 100 }), changes, (all, edits) => {
        const naive = all.map((d) => router({}, { deadline: d }));
        let fleet = Fleet.of(naive);
        for (const [place, d] of edits) {
          const i = place % naive.length;
          const changed = router({}, { deadline: d });
          naive[i] = changed;
          fleet = fleet.with(i, changed);
        }
        expect([...fleet]).toEqual(naive);
        naive.forEach((vr, i) => {
          expect(fleet.at(i)).toBe(vr);
        });
        const times = naive.flatMap((vr) => (vr.deadline === null ? [] : [vr.deadline]));
        expect(fleet.next).toBe(times.length === 0 ? null : Math.min(...times));
        const now = instant(500);
        const due = naive.flatMap((vr, i) =>
          vr.deadline !== null && vr.deadline <= 500 ? [i] : [],
        );
        expect(fleet.due(now)).toEqual(due);
      }),
    );
  });

  it('leaves the former one as it was', () => {
    const before = Fleet.of([router(), router()]);
    const first = before.at(0);
    before.with(0, router({ name: 'other' }));
    expect(before.at(0)).toBe(first);
  });

  it('has no router beyond its last', () => {
    const fleet = Fleet.of([router()]);
    expect(() => fleet.at(1)).toThrow('no router 1');
    expect(() => fleet.with(1, router())).toThrow('no router 1');
    expect(() => fleet.with(32, router())).toThrow('no router 32');
  });
});
