import { describe, expect, it } from 'vitest';
import { freeVmacName } from '#vrrp/core/vmac-names.js';
import { placedVmacs, vmacStep } from '#vrrp/core/vmacs.js';
import { kernelLink, macvlan, routerPlan, vip, vmac, vrrpPlan } from './values.js';

const eth0 = kernelLink();
const eth1 = kernelLink({ index: 3, name: 'eth1' });
const nobody = new Set<string>();

describe('made up names of virtual MACs', () => {
  it.each([
    { family: 4, taken: [], name: 'vrrp.51' },
    { family: 4, taken: ['vrrp.51'], name: 'vrrp1.51' },
    { family: 4, taken: ['vrrp.51', 'vrrp1.51'], name: 'vrrp2.51' },
    { family: 6, taken: [], name: 'vrrp.51' },
    { family: 6, taken: ['vrrp.51'], name: 'vrrp6.51' },
    { family: 6, taken: ['vrrp.51', 'vrrp6.51'], name: 'vrrp1.51' },
  ] as const)('IPv$family beside $taken: $name', ({ family, taken, name }) => {
    const others: readonly string[] = taken;
    const naming = { stem: 'vrrp', vrid: 51, family };
    expect(freeVmacName(naming, (one) => others.includes(one))).toBe(name);
  });

  it('are cut to what Linux takes', () => {
    const naming = { stem: 'averyverylongstem', vrid: 251, family: 4 } as const;
    expect(freeVmacName(naming, () => false)).toBe('averyverylo.251');
  });
});

describe('what is done about the interface of a virtual MAC', () => {
  it.each([
    ['wait', { link: undefined, base: undefined }],
    ['create', { link: undefined, base: eth0 }],
    ['adopt', { link: macvlan(), base: eth0 }],
    ['change-mac', { link: macvlan({ mac: Uint8Array.of(2, 0, 0, 0, 0, 9) }), base: eth0 }],
    ['replace', { link: macvlan({ base: 3 }), base: eth0 }],
    ['replace', { link: macvlan({ baseNamespace: 0 }), base: eth0 }],
    ['taken', { link: macvlan({ kind: { name: 'macvlan', macvlanMode: 4 } }), base: eth0 }],
    ['taken', { link: kernelLink({ name: 'vrrp.51' }), base: eth0 }],
  ] as const)('%s', (step, found) => {
    expect(vmacStep(vmac(), found)).toBe(step);
  });
});

describe('the names of a plan beside the interfaces there are', () => {
  const router = (change = {}) =>
    routerPlan({
      vmac: vmac(change),
      vips: [vip('10.0.0.100', { interface: 'vrrp.51' }), vip('10.0.0.101')],
      interfaces: [
        { name: 'eth0', weight: 0, reverse: false },
        { name: 'vrrp.51', weight: 0, reverse: false },
      ],
    });
  const plan = vrrpPlan({ instances: [router()] });

  it('stay where nobody has them, or they are ours already', () => {
    expect(placedVmacs(plan, [eth0], nobody)).toEqual({ plan, news: [] });
    const ours = macvlan({ mac: Uint8Array.of(2, 0, 0, 0, 0, 9) });
    expect(placedVmacs(plan, [eth0, ours], new Set(['vrrp.51'])).plan).toEqual(plan);
  });

  it('give way to somebody else, with all that is upon them', () => {
    const stranger = kernelLink({ index: 9, name: 'vrrp.51', kind: { name: 'bridge' } });
    const [placed] = placedVmacs(plan, [eth0, stranger], nobody).plan.instances;
    expect(placed?.vmac?.name).toBe('vrrp1.51');
    expect(placed?.vips.map((one) => one.interface)).toEqual(['vrrp1.51', 'eth0']);
    expect(placed?.interfaces.map(({ name }) => name)).toEqual(['eth0', 'vrrp1.51']);
  });

  it('are those of what a crash has left, whatever it is called', () => {
    const left = macvlan({ name: 'vrrp1.51' });
    const [placed] = placedVmacs(plan, [eth0, left], nobody).plan.instances;
    expect(placed?.vmac?.name).toBe('vrrp1.51');
    const elsewhere = macvlan({ name: 'vrrp1.51', base: eth1.index });
    expect(placedVmacs(plan, [eth0, eth1, elsewhere], nobody).plan).toEqual(plan);
  });

  it('are made up where a chosen one is of what is no private macvlan', () => {
    const chosen = vrrpPlan({ instances: [router({ name: 'vm', isNameGiven: true })] });
    const stranger = kernelLink({ index: 9, name: 'vm', kind: { name: 'bridge' } });
    const { plan: placed, news } = placedVmacs(chosen, [eth0, stranger], nobody);
    expect(placed.instances[0]?.vmac?.name).toBe('vrrp.51');
    expect(news).toEqual([{ event: 'vmac-name-taken', instance: 'V', interface: 'vm' }]);
    const old = macvlan({ name: 'vm', base: 3 });
    expect(placedVmacs(chosen, [eth0, eth1, old], nobody)).toEqual({ plan: chosen, news: [] });
  });

  it('of ipvlans are those of what a crash has left under the same name', () => {
    const wanted = { mac: '', ipvlan: { flags: 0, address: undefined } };
    const ipvlan = { name: 'ipvlan', ipvlanMode: 0, ipvlanFlags: 0 };
    const left = macvlan({ kind: ipvlan });
    const one = vrrpPlan({ instances: [router(wanted)] });
    expect(placedVmacs(one, [eth0, left], nobody).plan).toEqual(one);
    expect(vmacStep(vmac(wanted), { link: left, base: eth0 })).toBe('adopt');
    const apart = macvlan({ kind: { ...ipvlan, ipvlanFlags: 1 } });
    expect(vmacStep(vmac(wanted), { link: apart, base: eth0 })).toBe('replace');
    expect(vmacStep(vmac(wanted), { link: macvlan(), base: eth0 })).toBe('taken');
  });

  it('are different ones for two instances', () => {
    const both = vrrpPlan({
      instances: [
        router(),
        routerPlan({ name: 'W', vmac: vmac({ name: 'vrrp1.51', base: 'eth1' }) }),
      ],
    });
    const stranger = kernelLink({ index: 9, name: 'vrrp.51', kind: { name: 'bridge' } });
    const names = placedVmacs(both, [eth0, eth1, stranger], nobody).plan.instances;
    expect(names.map((one) => one.vmac?.name)).toEqual(['vrrp2.51', 'vrrp1.51']);
  });
});
