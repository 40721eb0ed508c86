import { describe, expect, it } from 'vitest';
import { statusOf } from '#vrrp/core/status.js';
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
});
