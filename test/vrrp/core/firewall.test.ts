import { describe, expect, it } from 'vitest';
import { planOf as planOfText } from '#test/support/plan-text.js';
import { Life, planOf } from './life.js';
import { instance, VIP } from './planned.js';
import { deeds, routerPlan, vip } from './values.js';

const shy = routerPlan({ accept: false, excluded: [vip('10.0.0.101')] });
const master = (plan = shy): Life => new Life(planOf(plan)).runUntil(4);
const BOTH = '10.0.0.100 10.0.0.101';

describe('a router that does not accept packets', () => {
  it('has its addresses blocked before they are added, and until they are removed', () => {
    const life = master();
    expect(deeds(life.effects).slice(1, 3)).toEqual([
      `block-addresses ${BOTH}`,
      `add-addresses ${BOTH}`,
    ]);
    expect(deeds(life.feed(5, { kind: 'stop' }).effects)).toEqual([
      'send-advert 0',
      `remove-addresses ${BOTH}`,
      `unblock-addresses ${BOTH}`,
      'notify STOP 100',
      'stopped',
    ]);
  });

  it('that keeps its addresses at stop keeps them blocked', () => {
    const life = new Life(planOf(shy), undefined, true).runUntil(4);
    expect(deeds(life.feed(5, { kind: 'stop' }).effects).join()).not.toContain('unblock');
  });

  it('leaves those alone that do', () => {
    expect(deeds(master(routerPlan()).effects).join()).not.toContain('block');
  });

  it('starts and ceases to accept at a reload, for the addresses that it keeps', () => {
    const life = master();
    const open = { ...shy, accept: true, excluded: [vip('10.0.0.102')] };
    const changes = (): string[] =>
      deeds(life.effects).filter((deed) => deed.includes('addresses'));
    life.feed(5, { kind: 'reload', plan: planOf(open) });
    expect(changes()).toEqual([
      'remove-addresses 10.0.0.101',
      'unblock-addresses 10.0.0.101',
      'unblock-addresses 10.0.0.100',
      'add-addresses 10.0.0.102',
    ]);
    life.feed(6, { kind: 'reload', plan: planOf(shy) });
    expect(changes()).toEqual([
      'remove-addresses 10.0.0.102',
      'block-addresses 10.0.0.100',
      'block-addresses 10.0.0.101',
      'add-addresses 10.0.0.101',
    ]);
    life.feed(7, { kind: 'reload', plan: planOf({ ...shy, vrid: 51, downTimerAdverts: 4 }) });
    expect(changes()).toEqual([]);
  });

  it('has an address that changes its prefix blocked all the time', () => {
    const life = master();
    const plan = planOf({ ...shy, excluded: [vip('10.0.0.101', { prefix: 32 })] });
    life.feed(5, { kind: 'reload', plan });
    expect(deeds(life.effects).filter((deed) => /addresses/.test(deed))).toEqual([
      'remove-addresses 10.0.0.101',
      'unblock-addresses 10.0.0.101',
      'block-addresses 10.0.0.101',
      'add-addresses 10.0.0.101',
    ]);
  });
});

describe('the tables', () => {
  const planned = (globals: string, ...instances: string[]) =>
    planOfText(`global_defs {\n${globals}\n}\n${instances.join('')}`).plan.firewall;

  it('are none where all accept, even if they have a name', () => {
    expect(planned('nftables', instance(VIP))).toBeUndefined();
  });

  it('are there for virtual MACs, too', () => {
    const six = 'virtual_ipaddress_excluded {\n 2001:db8::1\n}';
    expect(planned('', instance(`use_vmac\n${VIP}`))).toMatchObject({ families: [4], vmacs: [4] });
    expect(planned('', instance(`use_vmac\n${VIP}\n${six}`))).toMatchObject({ vmacs: [4, 6] });
  });

  it('are one for each family of addresses, with what is configured for them', () => {
    const text = instance(`no_accept\n${VIP}`);
    expect(planned('', text)).toEqual({
      families: [4],
      vmacs: [],
      table: 'keepalived',
      priority: -1,
      byIndex: false,
      counters: false,
    });
    const mixed = instance(
      `no_accept\n${VIP}\nvirtual_ipaddress_excluded {\n 2001:db8::1\n fe80::1\n}`,
    );
    expect(
      planned('nftables mine\nnftables_priority -150\nnftables_ifindex\nnftables_counters', mixed),
    ).toEqual({
      families: [4, 6],
      vmacs: [],
      table: 'mine',
      priority: -150,
      byIndex: true,
      counters: true,
    });
  });
});
