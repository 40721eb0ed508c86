import { ip } from '@keepalived-ts/base/ip.js';
import { describe, expect, it } from 'vitest';
import { planOf as planText } from '#test/support/plan-text.js';
import { routeText, ruleText } from '#vrrp/core/entries.js';
import { Life } from './life.js';
import { deeds, events, route, routerPlan, rule, vip, vrrpPlan } from './values.js';

const statics = {
  vips: [vip('10.5.0.1'), vip('10.5.0.2', { tracked: false })],
  routes: [route('10.6.0.0')],
  rules: [rule(100)],
};
const plan = vrrpPlan({ statics });

describe('what the machine has in any case', () => {
  it('is set at start, and removed at stop in the opposite order', () => {
    const life = new Life(plan);
    expect(deeds(life.effects)).toEqual([
      'add-addresses 10.5.0.1 10.5.0.2',
      'add-routes 10.6.0.0/24 dev eth0',
      'add-rules from all table 100 preference 100',
    ]);
    expect(deeds(life.feed(1, { kind: 'stop' }).effects)).toEqual([
      'remove-rules from all table 100 preference 100',
      'remove-routes 10.6.0.0/24 dev eth0',
      'remove-addresses 10.5.0.1 10.5.0.2',
      'stopped',
    ]);
    const lost = { interface: 'eth0', address: ip('10.5.0.1'), prefix: 24 };
    expect(life.feed(1, { kind: 'address-lost', ...lost }).effects).toEqual([]);
  });

  it('stays at a stop that keeps addresses', () => {
    const life = new Life(plan, undefined, true);
    expect(deeds(life.feed(1, { kind: 'stop' }).effects)).toEqual(['stopped']);
  });

  it('is put back when somebody removes it, unless untracked', () => {
    const life = new Life(plan);
    const lose = (address: string) =>
      life.feed(1, { kind: 'address-lost', interface: 'eth0', address: ip(address), prefix: 24 });
    expect(deeds(lose('10.5.0.1').effects)).toEqual(['add-addresses 10.5.0.1']);
    expect(events(life.effects)).toEqual(['static-restored']);
    expect(lose('10.5.0.2').effects).toEqual([]);
    expect(lose('10.5.0.3').effects).toEqual([]);
    life.feed(1, { kind: 'route-lost', instance: '', route: route('10.6.0.0') });
    expect(deeds(life.effects)).toEqual(['add-routes 10.6.0.0/24 dev eth0']);
    life.feed(1, { kind: 'rule-lost', instance: '', rule: rule(100) });
    expect(deeds(life.effects)).toEqual(['add-rules from all table 100 preference 100']);
    life.feed(1, { kind: 'rule-lost', instance: '', rule: rule(101) });
    expect(life.effects).toEqual([]);
  });

  it('is compared at a reload; nothing is touched where nothing has changed', () => {
    const life = new Life(plan);
    expect(life.feed(1, { kind: 'reload', plan }).effects).toEqual([]);
    const next = { vips: [vip('10.5.0.3')], routes: [route('10.6.0.0')], rules: [rule(101)] };
    life.feed(2, { kind: 'reload', plan: vrrpPlan({ statics: next }) });
    expect(deeds(life.effects)).toEqual([
      'remove-rules from all table 100 preference 100',
      'remove-addresses 10.5.0.1 10.5.0.2',
      'add-addresses 10.5.0.3',
      'add-routes 10.6.0.0/24 dev eth0',
      'add-rules from all table 100 preference 101',
    ]);
  });

  it('has promote_secondaries set before addresses come and reset after they go', () => {
    const life = new Life({ ...plan, promoted: ['eth0'] });
    expect(deeds(life.effects)[0]).toBe('promote-secondaries');
    expect(deeds(life.feed(1, { kind: 'reload', plan }).effects)).toEqual(['promote-secondaries']);
    life.feed(2, { kind: 'reload', plan: { ...plan, promoted: ['eth1'] } });
    const last = life.feed(3, { kind: 'stop' }).effects;
    expect(deeds(last).slice(-3)).toEqual([
      'remove-addresses 10.5.0.1 10.5.0.2',
      'promote-secondaries',
      'stopped',
    ]);
    expect(last).toContainEqual({ do: 'promote-secondaries', interfaces: [] });
  });

  it('is there before any instance starts', () => {
    const life = new Life(vrrpPlan({ statics, instances: [routerPlan({ priority: 255 })] }));
    expect(deeds(life.effects)[0]).toBe('join eth0 224.0.0.18');
    expect(deeds(life.effects)[1]).toBe('add-addresses 10.5.0.1 10.5.0.2');
  });
});

const TEXT = `
global_defs {
  default_interface eth7
}
track_group UPLINK {
  group {
    V
  }
}
static_ipaddress {
  10.5.0.1/24 dev eth1 track_group UPLINK
  10.5.0.2/24
  10.5.0.3/24 dev eth4 track_group UPLINK no_track
  2001:db8::1
  2001:db8::2/64 -nodad home mngtmpaddr noprefixroute preferred_lft 50
  2001:db8::3 preferred_lft forever
  10.5.0.4 peer 10.5.0.5 preferred_lft 9
  239.1.1.1/32 autojoin
}
static_routes {
  10.6.0.0/24 via 10.5.0.9 dev eth2 track_group UPLINK
}
static_rules {
  iif eth3 table 100 preference 100 track_group UPLINK
  from 10.6.0.0/24 table 100
}
vrrp_instance V {
  interface eth0
  virtual_router_id 51
  virtual_ipaddress {
    10.0.0.100/24
  }
  virtual_rules {
    from 10.7.0.0/24 table 100
  }
}
`;

describe('static blocks of the configuration', () => {
  const planned = planText(TEXT).plan;

  it('become addresses with their flags and lifetimes', () => {
    const shown = planned.statics.vips.map((v) => [
      v.interface,
      `${v.address}/${v.prefix}`,
      v.flags,
      v.preferredFor,
      v.peer,
    ]);
    expect(shown).toEqual([
      ['eth1', '10.5.0.1/24', 0, undefined, undefined],
      ['eth7', '10.5.0.2/24', 0, undefined, undefined],
      ['eth4', '10.5.0.3/24', 0, undefined, undefined],
      ['eth7', '2001:db8::1/128', 2, 0, undefined],
      ['eth7', '2001:db8::2/64', 0x310, 50_000_000, undefined],
      ['eth7', '2001:db8::3/128', 2, undefined, undefined],
      ['eth7', '10.5.0.4/32', 0, undefined, '10.5.0.5'],
      ['eth7', '239.1.1.1/32', 0x400, undefined, undefined],
    ]);
  });

  it('become routes and rules; rules without a preference are counted with those of instances', () => {
    expect(planned.statics.routes.map(routeText)).toEqual(['10.6.0.0/24 via 10.5.0.9 dev eth2']);
    const [router] = planned.instances;
    expect([...planned.statics.rules, ...(router?.rules ?? [])].map(ruleText)).toEqual([
      'from all table 100 preference 100',
      'from 10.6.0.0/24 table 100 preference 16384',
      'from 10.7.0.0/24 table 100 preference 16383',
    ]);
  });

  it('tell the instances of their track_group which interfaces to mind', () => {
    const names = planned.instances[0]?.interfaces.map(({ name }) => name);
    expect(names).toEqual(['eth0', 'eth1', 'eth2', 'eth3']);
  });
});
