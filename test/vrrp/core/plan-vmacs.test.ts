import { describe, expect, it } from 'vitest';
import { planOf } from '#test/support/plan-text.js';
import { portOf } from '#vrrp/core/ports.js';
import { instance, planned, settled, VIP } from './planned.js';

describe('use_vmac', () => {
  it('is a macvlan upon the interface, with the MAC of the VRID and the addresses', () => {
    const { router } = settled('use_vmac');
    expect(router.vmac).toEqual({
      name: 'vrrp.51',
      stem: 'vrrp',
      isNameGiven: false,
      base: 'eth0',
      mac: '00005e000133',
      family: 4,
      hasIpv6: false,
      sends: true,
      source: undefined,
      group: undefined,
    });
    expect(router.interface).toBe('eth0');
    expect(router.vips.map((vip) => vip.interface)).toEqual(['vrrp.51']);
    expect(router.interfaces.map(({ name }) => name)).toEqual(['eth0', 'vrrp.51']);
  });

  it('has another range of MACs over IPv6', () => {
    const { router } = planned(instance('use_vmac\nvirtual_ipaddress {\nfe80::51/64\n}'));
    expect(router.vmac).toMatchObject({ mac: '00005e000233', family: 6, hasIpv6: true });
  });

  it('leaves addresses of the other family, and those with a dev, where they are', () => {
    const lines =
      'use_vmac vm\nvirtual_ipaddress {\n10.0.0.1/24\n10.1.0.1/24 dev eth1\n}\n' +
      'virtual_ipaddress_excluded {\n2001:db8::1/64\n10.0.0.2/24\n}';
    const { router } = planned(instance(lines));
    expect(router.vips.map((vip) => vip.interface)).toEqual(['vm', 'eth1']);
    expect(router.excluded.map((vip) => vip.interface)).toEqual(['eth0', 'vm']);
    expect(router.vmac?.hasIpv6).toBe(true);
  });

  it.each([
    ['use_vmac vm', 'vm', '00005e000133'],
    ['use_vmac 02:11:22:33:44:55', 'vrrp.51', '021122334455'],
    ['use_vmac vm 2:11:22:33:44', 'vm', '021122334433'],
    ['use_vmac name 02:11:22:33:44', '02:11:22:33:44', '00005e000133'],
  ])('%s', (line, name, mac) => {
    expect(settled(line).router.vmac).toMatchObject({ name, mac });
  });

  it('on several lines is one, in which the first name and MAC stay', () => {
    const whole = settled('use_vmac 02:11:22:33:44:55\nuse_vmac vm');
    expect(whole.messages).toEqual([]);
    expect(whole.router.vmac).toMatchObject({ name: 'vm', mac: '021122334455' });
    const { router, messages } = settled(
      'use_vmac vm 02:11:22:33:44:55\nuse_vmac xy 02:11:22:33:44:66',
    );
    expect(router.vmac).toMatchObject({ name: 'vm', mac: '021122334455' });
    expect(messages).toEqual([
      '(V) use_vmac: interface name already specified - ignoring',
      '(V) use_vmac: MAC already specified - ignoring',
    ]);
  });

  it.each([
    ['use_vmac vm xy', "'xy': ifname already specified - ignoring"],
    ['use_ipvlan 10.0.0.5/24 10.0.0.6/24', "'10.0.0.6/24': address already specified - ignoring"],
    [
      'use_vmac vm\nuse_ipvlan 10.0.0.5/24 xy',
      '(V) interface name already specified - ignoring that of use_vmac',
    ],
  ])('%j names one interface, or has one address', (lines, message) => {
    expect(settled(lines).messages).toEqual([message]);
  });

  it('keeps the MAC of the RFC in strict mode', () => {
    const { router, messages } = settled('use_vmac 02:11:22:33:44:55\nstrict_mode on');
    expect(router.vmac?.mac).toBe('00005e000133');
    expect(messages).toContain('(V): cannot specify MAC address with strict mode - clearing');
  });

  it('sends by its own interface, or by the base', () => {
    expect(settled('use_vmac').router.xmitBase).toBe(false);
    expect(settled('use_vmac\nvmac_xmit_base').router.xmitBase).toBe(true);
    const alone = settled('vmac_xmit_base');
    expect(alone.router.xmitBase).toBe(false);
    expect(alone.messages).toContain('(V) vmac_xmit_base is only valid with a vmac');
  });

  it('sends by the base to peers', () => {
    const { router, messages } = settled('use_vmac\nunicast_peer {\n10.0.0.2\n}');
    expect(router.xmitBase).toBe(true);
    expect(router.vmac?.sends).toBe(false);
    expect(messages).toContain('(V) unicast with use_vmac requires vmac_xmit_base - setting');
  });

  it('needs an interface', () => {
    const lines = 'use_vmac\nunicast_src_ip 10.0.0.1\nunicast_peer {\n10.0.0.2\n}';
    const text = `vrrp_instance V {\nvirtual_router_id 51\n${lines}\nvirtual_ipaddress {\n10.0.0.3 dev eth0\n}\n}`;
    const { router, messages } = planned(text);
    expect(router.vmac).toBeUndefined();
    expect(messages).toContain(
      '(V): Cannot use VMAC/ipvlan with unicast and no interface - clearing use_vmac',
    );
  });

  it('has a name of its own in each instance', () => {
    const one = (name: string, device: string, wish: string): string =>
      `vrrp_instance ${name} {\ninterface ${device}\nvirtual_router_id 51\nuse_vmac ${wish}\n${VIP}\n}\n`;
    const names = (...texts: string[]) => {
      const { plan, diagnostics } = planOf(texts.join(''));
      return [
        plan.instances.map((router) => router.vmac?.name),
        diagnostics.map(({ message }) => message).filter((text) => text.includes('using')),
      ];
    };
    expect(names(one('A', 'eth0', ''), one('B', 'eth1', ''))).toEqual([
      ['vrrp.51', 'vrrp1.51'],
      [],
    ]);
    expect(names(one('A', 'eth0', ''), one('B', 'eth1', 'vrrp.51'))).toEqual([
      ['vrrp1.51', 'vrrp.51'],
      [],
    ]);
    expect(names(one('A', 'eth0', 'vm'), one('B', 'eth1', 'vm'))).toEqual([
      ['vm', 'vrrp.51'],
      ['(B) VRRP instance A is already using vm - ignoring name'],
    ]);
  });

  it('takes its name from vmac_prefix', () => {
    const text = `global_defs {\nvmac_prefix mac\n}\n${instance(`use_vmac\n${VIP}`)}`;
    expect(planned(text).router.vmac?.name).toBe('mac.51');
  });

  it('is no second router of a VRID on an interface', () => {
    const { diagnostics } = planOf(instance(`use_vmac\n${VIP}`) + instance(VIP, 'W'));
    expect(diagnostics.map(({ message }) => message)).toContain(
      'V and W both use VRID 51 with IPv4 on interface eth0',
    );
  });

  it('in an instance without virtual_router_id hides none of its mistakes', () => {
    const { diagnostics } = planOf(`vrrp_instance V {\ninterface eth0\nuse_vmac\n${VIP}\n}\n`);
    expect(diagnostics).toMatchObject([{ unusable: true }]);
  });
});

describe('virtual MACs of single addresses', () => {
  const lines = (text: string): ReturnType<typeof planned> => planned(instance(text));

  it('are upon the interface of the address; adverts go on as before', () => {
    const { router } = lines(
      'virtual_ipaddress {\n10.0.0.1/24 use_vmac\n10.0.0.2/24\n10.1.0.1/24 dev eth1 use_vmac\n}',
    );
    expect(router.vmac).toBeUndefined();
    expect(router.addressVmacs.map(({ name, base, mac }) => [name, base, mac])).toEqual([
      ['vrrp.51', 'eth0', '00005e000133'],
      ['vrrp1.51', 'eth1', '00005e000133'],
    ]);
    expect(router.vips.map((vip) => [vip.interface, vip.base])).toEqual([
      ['vrrp.51', 'eth0'],
      ['eth0', undefined],
      ['vrrp1.51', 'eth1'],
    ]);
    expect(router.interfaces.map(({ name }) => name)).toEqual(['eth0', 'vrrp.51', 'vrrp1.51']);
  });

  it('are on all other interfaces with use_vmac_addr, one upon each', () => {
    const text =
      `global_defs {\nvmac_prefix mac\nvmac_addr_prefix addr\n}\n` +
      instance(
        'use_vmac\nuse_vmac_addr\nvirtual_ipaddress {\n10.0.0.1/24\n10.0.0.2/24 dev eth0\n' +
          '10.1.0.1/24 dev eth1\n10.1.0.2/24 dev eth1\n}',
      );
    const { router } = planned(text);
    expect(router.vips.map((vip) => vip.interface)).toEqual([
      'mac.51',
      'eth0',
      'addr.51',
      'addr.51',
    ]);
  });

  it('are told of where they are there already', () => {
    const { messages } = lines(
      'use_vmac\nuse_vmac_addr\n' +
        'virtual_ipaddress {\n10.0.0.1/24 use_vmac\n10.1.0.1/24 dev eth1 use_vmac\n}',
    );
    expect(messages).toContain('(V) use_vmac specified for VIP/eVIP 10.0.0.1/24 and vrrp instance');
    expect(messages).toContain(
      '(V) use_vmac_addr specified and use_vmac specified for VIP/eVIP 10.1.0.1/24',
    );
  });
});

describe('use_ipvlan', () => {
  it('speaks with its own address; what a master has stays upon the base', () => {
    const { router } = settled('use_ipvlan iv 10.0.0.9/24 private');
    expect(router.vmac).toMatchObject({
      name: 'iv',
      mac: '',
      ipvlan: { flags: 1, address: { ip: '10.0.0.9', prefix: 24 } },
      sends: true,
    });
    expect(router.source).toBe('10.0.0.9');
    expect(router.vips.map((vip) => vip.interface)).toEqual(['eth0']);
    expect(router.interfaces.map(({ name }) => name)).toEqual(['eth0', 'iv']);
  });

  it('has no source over IPv4 unless one is configured', () => {
    expect(settled('use_ipvlan').router).toMatchObject({ source: undefined, xmitBase: false });
    expect(settled('use_ipvlan\nmcast_src_ip 10.0.0.9').router.vmac?.ipvlan).toEqual({
      flags: 0,
      address: { ip: '10.0.0.9', prefix: 32 },
    });
  });
});

it('the vrf of an instance without an interface is where its adverts go', () => {
  const lines = 'vrf red\nunicast_src_ip 10.0.0.1\nunicast_peer {\n10.0.0.2\n}';
  const text = `vrrp_instance V {\nvirtual_router_id 51\n${lines}\nvirtual_ipaddress {\n10.0.0.3 dev eth0\n}\n}`;
  expect(portOf(planned(text).router)).toMatchObject({ interface: 'red', unicast: true });
  expect(settled('vrf red').router.vrf).toBeUndefined();
});
