import { describe, expect, it } from 'vitest';
import { joined } from '#src/ipc/status.js';
import { adjusted } from '#vrrp/core/adjust.js';
import { statusOf, statusPortions } from '#vrrp/core/status.js';
import { datagram, Life, planOf } from './life.js';
import { advert, at, routerPlan, scriptPlan } from './values.js';

describe('the status of the routers', () => {
  it('tells the master that is heard, and since when we are its backup', () => {
    const life = new Life(planOf(routerPlan())).hear(1, datagram(advert(200)));
    expect(statusOf(life.world).instances).toEqual([
      {
        name: 'V',
        state: 'BACKUP',
        wanted: 'BACKUP',
        basePriority: 100,
        priority: 100,
        nopreempt: false,
        becameMaster: undefined,
        source: '10.0.0.1',
        master: { address: '10.0.0.9', priority: 200 },
        since: at(0),
        addressesSet: false,
        faults: [],
      },
    ]);
  });

  it('tells when a state was entered, not when the last advert was sent', () => {
    const life = new Life(planOf(routerPlan())).runUntil(20);
    const [status] = statusOf(life.world).instances;
    expect(status).toMatchObject({ state: 'MASTER', addressesSet: true });
    expect(status?.since).toBe(at(0) + 3_609_375);
  });

  it('tells of faults and of scripts', () => {
    const scripts = [{ name: 'chk', weight: 0, reverse: false }];
    const life = new Life({ ...planOf(routerPlan({ scripts })), scripts: [scriptPlan()] });
    const waiting = statusOf(life.world);
    expect(waiting.instances[0]?.faults).toEqual(['awaiting chk']);
    expect(waiting.scripts).toEqual([{ name: 'chk', up: undefined, lastStatus: 0, running: true }]);
    life.feed(1, {
      kind: 'script',
      script: 'chk',
      run: 1,
      outcome: { result: 'exited', status: 3 },
    });
    expect(statusOf(life.world).scripts).toEqual([
      { name: 'chk', up: false, lastStatus: 3, running: false },
    ]);
  });

  it('tells how we became MASTER (RFC 6527, vrrpv3StatisticsNewMasterReason)', () => {
    const reason = (life: Life): string | undefined =>
      statusOf(life.runUntil(60).world).instances[0]?.becameMaster;
    const plan = planOf(routerPlan());
    expect(reason(new Life(plan))).toBe('no-response');
    expect(reason(new Life(plan).hear(1, datagram(advert(200))))).toBe('no-response');
    expect(reason(new Life(plan).hear(1, datagram(advert(50))))).toBe('preempted');
    const resigned = new Life(plan).hear(1, datagram(advert(200))).hear(2, datagram(advert(0)));
    expect(reason(resigned)).toBe('priority-zero');
    const replaced = new Life(plan)
      .hear(1, datagram(advert(200)))
      .hear(2, datagram(advert(0)))
      .hear(2.1, datagram(advert(200)));
    expect(reason(replaced)).toBe('no-response');
  });

  it('of many routers comes in portions, which together are the whole', () => {
    const routers = Array.from({ length: 450 }, (_, i) =>
      routerPlan({ name: `V${i}`, vrid: (i % 255) + 1 }),
    );
    const { world } = new Life(planOf(...routers));
    const portions = [...statusPortions(world)];
    expect(portions.map(({ instances }) => instances.length)).toEqual([100, 100, 100, 100, 50]);
    // The interface that they share is told once.
    expect(portions.map(({ links }) => links.length)).toEqual([1, 0, 0, 0, 0]);
    expect(joined(portions)).toEqual(statusOf(world));
  });
});

describe('a change from outside', () => {
  const plan = planOf(routerPlan({ name: 'A' }), routerPlan({ name: 'B', priority: 255 }));
  const change = (instance: string, what: { priority?: number; preempt?: boolean }) =>
    adjusted(plan, { of: 'instance', instance, ...what }).instances;

  it('moves priority or preemption of one instance', () => {
    expect(change('A', { priority: 7 })).toEqual([
      { ...plan.instances[0], priority: 7 },
      plan.instances[1],
    ]);
    expect(change('A', { preempt: false })[0]?.nopreempt).toBe(true);
  });

  it('makes no owner and unmakes none', () => {
    expect(change('A', { priority: 255 })).toEqual(plan.instances);
    expect(change('B', { priority: 100, preempt: false })).toEqual(plan.instances);
  });
});
