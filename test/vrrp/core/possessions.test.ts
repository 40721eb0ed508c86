import { describe, expect, it } from 'vitest';
import { fromJson, toJson } from '#vrrp/core/json.js';
import { Life, planOf } from './life.js';
import { deeds, events, route, routerPlan, rule, vip } from './values.js';

const plan = routerPlan({
  priority: 255,
  wanted: 'MASTER',
  routes: [route('10.1.0.0'), route('10.2.0.0', { tracked: false })],
  rules: [rule(200)],
});
const ROUTES = '10.1.0.0/24 dev eth0, 10.2.0.0/24 dev eth0';
const RULES = 'from all table 100 preference 200';
const master = (): Life => new Life(planOf(plan)).runUntil(0.1);

describe('routes and rules of a router', () => {
  it('that a crashed run left are removed at start, rules first', () => {
    expect(deeds(new Life(planOf(plan)).effects)).toEqual([
      'join eth0 224.0.0.18',
      `remove-rules ${RULES}`,
      `remove-routes ${ROUTES}`,
    ]);
  });

  it('are set behind the addresses and before they are announced (reference §6)', () => {
    expect(deeds(master().effects)).toEqual([
      'send-advert 255',
      'add-addresses 10.0.0.100',
      `add-routes ${ROUTES}`,
      `add-rules ${RULES}`,
      'announce 10.0.0.100 x5',
      'notify MASTER 255',
    ]);
  });

  it('are removed before the addresses, behind the last advert', () => {
    expect(deeds(master().feed(1, { kind: 'stop' }).effects)).toEqual([
      'send-advert 0',
      `remove-rules ${RULES}`,
      `remove-routes ${ROUTES}`,
      'remove-addresses 10.0.0.100',
      'notify STOP 255',
      'stopped',
    ]);
  });

  it('that somebody else removes make a master resign and come back after its skew', () => {
    const life = master();
    life.feed(1, { kind: 'route-lost', instance: 'V', route: route('10.1.0.0') });
    expect(life.states).toEqual(['BACKUP']);
    expect(events(life.effects)).toContain('route-lost');
    expect(deeds(life.effects).slice(0, 4)).toEqual([
      'send-advert 0',
      `remove-rules ${RULES}`,
      `remove-routes ${ROUTES}`,
      'remove-addresses 10.0.0.100',
    ]);
    life.runUntil(1.01);
    expect(life.states).toEqual(['MASTER']);
    life.feed(2, { kind: 'rule-lost', instance: 'V', rule: rule(200) });
    expect(life.states).toEqual(['BACKUP']);
    expect(events(life.effects)).toContain('rule-lost');
  });

  it('are missed by masters only', () => {
    const life = new Life(planOf({ ...plan, priority: 100, wanted: 'BACKUP' }));
    life.feed(1, { kind: 'route-lost', instance: 'V', route: route('10.1.0.0') });
    expect(life.effects).toEqual([]);
    life.feed(1, { kind: 'route-lost', instance: 'other', route: route('10.1.0.0') });
    expect(life.effects).toEqual([]);
  });

  it('are compared at a reload; routes that stay are set again, for the kernel may have dropped them', () => {
    const life = master();
    const next = {
      ...plan,
      vips: [vip('10.0.0.101')],
      routes: [route('10.1.0.0', { tracked: false }), route('10.3.0.0')],
      rules: [rule(201)],
    };
    life.feed(1, { kind: 'reload', plan: planOf(next) });
    expect(deeds(life.effects)).toEqual([
      'send-advert 255',
      `remove-rules ${RULES}`,
      'remove-routes 10.2.0.0/24 dev eth0',
      'remove-addresses 10.0.0.100',
      'send-advert 255',
      'add-addresses 10.0.0.101',
      'add-routes 10.1.0.0/24 dev eth0, 10.3.0.0/24 dev eth0',
      'add-rules from all table 100 preference 201',
      'announce 10.0.0.101 x5',
    ]);
  });
});

describe('recorded numbers of 64 bits', () => {
  it('come back as they were', () => {
    const value = { id: 2n ** 63n, list: [1n, 'x', { $integer: 5 }], nothing: null };
    expect(fromJson(toJson(value))).toEqual(value);
  });
});
