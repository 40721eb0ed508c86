import { ip } from '@keepalived-ts/base/ip.js';
import { describe, expect, it } from 'vitest';
import { advance, emptyWorld } from '#vrrp/core/world.js';
import { datagram, Life, planOf } from './life.js';
import { advert, at, deeds, routerPlan, scriptPlan, vip } from './values.js';

describe('a reload', () => {
  const second = routerPlan({ name: 'W', vrid: 52, vips: [vip('10.0.0.200')] });

  it('lets go of routers that are gone, and begins new ones', () => {
    const life = new Life(planOf(routerPlan())).runUntil(4);
    life.feed(4, { kind: 'reload', plan: planOf(second) });
    expect(deeds(life.effects)).toEqual([
      'send-advert 0',
      'remove-addresses 10.0.0.100',
      'notify FAULT 100',
      'notify BACKUP 100',
    ]);
  });

  it('keeps a router that only changed its name', () => {
    const life = new Life(planOf(routerPlan())).runUntil(4);
    life.feed(4, { kind: 'reload', plan: planOf({ ...routerPlan(), name: 'New' }) });
    expect(life.states).toEqual(['MASTER']);
    expect(deeds(life.effects)).toEqual(['send-advert 100', 'send-advert 100']);
  });

  it('keeps routers that changed their place in the file', () => {
    const life = new Life(planOf(routerPlan(), second)).runUntil(4);
    life.hear(4, datagram(advert(200, { vrid: 52, addresses: [ip('10.0.0.200')] })));
    expect(life.states).toEqual(['MASTER', 'BACKUP']);
    life.feed(5, { kind: 'reload', plan: planOf(second, routerPlan()) });
    expect(life.states).toEqual(['BACKUP', 'MASTER']);
  });

  it('joins and leaves groups', () => {
    const life = new Life(planOf(routerPlan()));
    const other = routerPlan({ group: ip('224.0.0.77') });
    life.feed(1, { kind: 'reload', plan: planOf(other) });
    expect(deeds(life.effects)).toEqual(
      expect.arrayContaining(['leave eth0 224.0.0.18', 'join eth0 224.0.0.77']),
    );
  });

  it('tells of another receive buffer where it listens', () => {
    const life = new Life(planOf(routerPlan(), second));
    const room = { bytes: 5000, frames: 1 };
    life.feed(1, { kind: 'reload', plan: planOf(routerPlan({ receiveRoom: room }), second) });
    const joins = life.effects.filter((e) => e.do === 'join');
    expect(joins).toMatchObject([{ port: { key: 'eth0' }, group: '224.0.0.18', room }]);
    const both = planOf(routerPlan({ receiveRoom: room }), { ...second, receiveRoom: room });
    life.feed(2, { kind: 'reload', plan: both });
    const [last] = life.effects.filter((e) => e.do === 'join');
    expect(last).toMatchObject({ room: { bytes: 10_000, frames: 2 } });
  });

  it('adds an address that moved between routers after it was removed', () => {
    const life = new Life(planOf(routerPlan({ vips: [] }), second)).runUntil(4);
    const moved = planOf(
      routerPlan({ vips: second.vips }),
      routerPlan({ name: 'W', vrid: 52, vips: [] }),
    );
    life.feed(4, { kind: 'reload', plan: moved });
    const order = deeds(life.effects).filter((d) => d.endsWith('addresses 10.0.0.200'));
    expect(order).toEqual(['remove-addresses 10.0.0.200', 'add-addresses 10.0.0.200']);
  });

  it('that makes a master fail takes its addresses and adds none (found by fuzzing)', () => {
    const life = new Life(planOf(routerPlan())).runUntil(4);
    // The only address of the interface becomes a VIP: no source is left.
    const vips = [vip('10.0.0.1'), vip('10.0.0.100')];
    life.feed(4, { kind: 'reload', plan: planOf(routerPlan({ vips })) });
    expect(deeds(life.effects)).toEqual([
      'send-advert 0',
      'send-advert 0',
      'remove-addresses 10.0.0.100',
      'notify FAULT 100',
    ]);
  });

  it('does not take a master down for a new script that has not run yet', () => {
    const life = new Life(planOf(routerPlan())).runUntil(4);
    const scripts = [{ name: 'chk', weight: 0, reverse: false }];
    const plan = { ...planOf(routerPlan({ scripts })), scripts: [scriptPlan()] };
    life.feed(4, { kind: 'reload', plan });
    expect(life.states).toEqual(['MASTER']);
    life.feed(4.1, {
      kind: 'script',
      script: 'chk',
      run: 1,
      outcome: { result: 'exited', status: 1 },
    });
    expect(life.states).toEqual(['FAULT']);
  });

  it('hears nothing of a run that belongs to a script it has dropped and taken back', () => {
    const scripts = [{ name: 'chk', weight: 0, reverse: false }];
    const tracking = { ...planOf(routerPlan({ scripts })), scripts: [scriptPlan()] };
    const failed = { result: 'exited', status: 1 } as const;
    const life = new Life(tracking).feed(0.1, { kind: 'reload', plan: planOf(routerPlan()) });
    life.feed(0.2, { kind: 'reload', plan: tracking });
    expect(deeds(life.effects)).toContain('run-script chk');
    life.feed(0.3, { kind: 'script', script: 'chk', run: 1, outcome: failed });
    expect(life.states).toEqual(['BACKUP']);
    life.feed(0.4, { kind: 'script', script: 'chk', run: 2, outcome: failed });
    expect(life.states).toEqual(['FAULT']);
  });

  it('does not concern a router whose own plan is the same', () => {
    const life = new Life(planOf(routerPlan(), second)).runUntil(4);
    const [before] = life.world.routers;
    life.feed(4.2, { kind: 'reload', plan: planOf(routerPlan(), { ...second, priority: 90 }) });
    expect([...life.world.routers][0]).toBe(before);
    expect(life.effects.filter((e) => 'instance' in e && e.instance === 'V')).toEqual([]);
    expect(deeds(life.effects)).toContain('send-advert 90');
  });

  it('raises an instance that became the owner', () => {
    const life = new Life(planOf(routerPlan())).hear(1, datagram(advert(200)));
    const owner = routerPlan({ priority: 255, wanted: 'MASTER' });
    life.feed(1, { kind: 'reload', plan: planOf(owner) }).runUntil(1.1);
    expect(life.world.routers.at(0)).toMatchObject({ state: 'MASTER', priority: 255 });
  });

  it('that drops the last router of a vanished interface leaves its group', () => {
    const life = new Life(planOf(routerPlan(), second));
    life.feed(1, { kind: 'link', name: 'eth0', link: undefined });
    life.feed(2, { kind: 'reload', plan: planOf() });
    expect(deeds(life.effects)).toContain('leave eth0 224.0.0.18');
  });

  it('before the start is no reload', () => {
    expect(advance(emptyWorld, { kind: 'reload', plan: planOf(second) }, at(0))).toEqual([
      emptyWorld,
      [],
    ]);
  });
});
