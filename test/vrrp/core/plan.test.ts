import { reveal } from '@keepalived-ts/base/secret.js';
import { describe, expect, it } from 'vitest';
import { planOf } from '#test/support/plan-text.js';
import { instance, planned, settled, VIP } from './planned.js';

describe('an instance that names nothing but the necessary', () => {
  it('gets every default', () => {
    const { router, messages } = settled('');
    expect(messages).toEqual([]);
    expect(router).toMatchObject({
      name: 'V',
      interface: 'eth0',
      vrid: 51,
      priority: 100,
      wanted: 'BACKUP',
      nopreempt: false,
      preemptDelay: 0,
      source: undefined,
      group: '224.0.0.18',
      advertInterval: 1_000_000,
      downTimerAdverts: 3,
      authentication: undefined,
      excluded: [],
      interfaces: [{ name: 'eth0', weight: 0, reverse: false }],
      scripts: [],
      garp: {
        delay: 5_000_000,
        repeat: 5,
        refresh: 0,
        refreshRepeat: 1,
        lowerPrioDelay: 5_000_000,
        lowerPrioRepeat: 5,
      },
      lowerPrioNoAdvert: false,
      higherPrioSendAdvert: false,
      skipCheckAdvAddr: false,
    });
    expect(router.vips).toEqual([
      {
        address: '10.0.0.100',
        prefix: 24,
        interface: 'eth0',
        broadcast: undefined,
        scope: 0,
        label: undefined,
        peer: undefined,
        flags: 0,
        preferredFor: undefined,
        tracked: true,
      },
    ]);
  });
});

describe('priority and state', () => {
  it.each([
    ['', 100, 'BACKUP'],
    ['priority 7', 7, 'BACKUP'],
    ['priority 255', 255, 'MASTER'],
    ['state MASTER', 255, 'MASTER'],
    ['state MASTER\npriority 150', 150, 'MASTER'],
    ['state BACKUP\npriority 255', 255, 'BACKUP'],
  ])('%j', (lines, priority, wanted) => {
    expect(settled(lines).router).toMatchObject({ priority, wanted });
  });
});

describe('what keepalived adjusts, with its words', () => {
  it.each([
    [
      'nopreempt\npriority 255',
      { nopreempt: false },
      '(V) nopreempt is incompatible with priority 255. resetting nopreempt',
    ],
    [
      'nopreempt\nstate MASTER\npriority 100',
      { nopreempt: false },
      '(V) Warning - nopreempt will not work with initial state MASTER - clearing',
    ],
    [
      'preempt_delay 5\nstate MASTER\npriority 100',
      { preemptDelay: 0 },
      '(V) Warning - preempt delay will not work with initial state MASTER - clearing',
    ],
    [
      'preempt_delay 5\nnopreempt',
      { preemptDelay: 0, nopreempt: true },
      '(V) preempt_delay is incompatible with nopreempt mode - resetting',
    ],
    [
      'advert_int 1.4',
      { advertInterval: 1_000_000 },
      '(V) VRRPv2 advertisement interval 1.400000s must be an integer. rounding',
    ],
    [
      'advert_int 0.3',
      { advertInterval: 1_000_000 },
      '(V) VRRPv2 advertisement interval 0.300000s must be an integer. rounding',
    ],
    [
      'authentication {\n auth_type PASS\n}',
      { authentication: undefined },
      '(V) Authentication specified but no password given. Ignoring',
    ],
    [
      'state MASTER\npriority 150\nauthentication {\n auth_type AH\n auth_pass x\n}',
      { authentication: { type: 'AH' }, wanted: 'BACKUP' },
      '(V) Initial state master is incompatible with AH authentication - clearing',
    ],
    [
      'mcast_src_ip 10.0.0.7\nmcast_dst_ip ff02::12',
      { group: '224.0.0.18' },
      '(V) mcast dest address ff02::12 MUST match VRRP instance family. Skipping...',
    ],
    [
      'track_interface {\n eth0\n}',
      { interfaces: [{ name: 'eth0', weight: 0, reverse: false }] },
      '(V) Ignoring track_interface eth0 since own interface',
    ],
    [
      'track_interface {\n eth1 weight 5\n eth1\n}',
      {
        interfaces: [
          { name: 'eth1', weight: 5, reverse: false },
          { name: 'eth0', weight: 0, reverse: false },
        ],
      },
      '(V) duplicate track_interface eth1 - ignoring',
    ],
    [
      'priority 255\ntrack_interface {\n eth1 weight 5\n}',
      { interfaces: [{ name: 'eth0', weight: 0, reverse: false }] },
      '(V) ignoring eth1 tracked interface due to address owner',
    ],
  ])('%j', (lines, expected, message) => {
    const { router, messages } = settled(lines);
    expect(router).toMatchObject(expected);
    expect(messages).toEqual([message]);
  });

  it('preempt undoes nopreempt', () => {
    expect(settled('nopreempt\npreempt').router.nopreempt).toBe(false);
  });

  it('an instance without addresses, unless it is meant so', () => {
    const message = '(V) No VIP specified; at least one is sensible';
    expect(planned(instance('')).messages).toEqual([message]);
    expect(planned(instance('no_virtual_ipaddress')).messages).toEqual([]);
  });
});

describe('global settings', () => {
  it('fill what the instance leaves open', () => {
    const globals = `global_defs {
      vrrp_mcast_group4 224.0.0.99
      vrrp_garp_master_delay 2
      vrrp_garp_master_repeat 3
      vrrp_garp_master_refresh 60
      vrrp_garp_master_refresh_repeat 2
      vrrp_garp_extra_if all 30
      vrrp_down_timer_adverts 4
      vrrp_lower_prio_no_advert
      vrrp_higher_prio_send_advert
      vrrp_startup_delay 2.5
    }\n`;
    const { router } = planned(globals + instance(VIP));
    expect(router).toMatchObject({
      group: '224.0.0.99',
      downTimerAdverts: 4,
      lowerPrioNoAdvert: true,
      higherPrioSendAdvert: true,
      garp: {
        delay: 2_000_000,
        repeat: 3,
        refresh: 60_000_000,
        refreshRepeat: 2,
        lowerPrioDelay: 2_000_000,
        lowerPrioRepeat: 3,
        extra: { all: true, interval: 30_000_000 },
      },
    });
    expect(planOf(globals + instance(VIP)).plan.startupDelay).toBe(2_500_000);
  });

  it('give way to what the instance says', () => {
    const globals = 'global_defs {\n vrrp_garp_master_delay 2\n vrrp_lower_prio_no_advert\n}\n';
    const lines = 'garp_master_delay 7\nlower_prio_no_advert off\ngarp_lower_prio_repeat 0';
    expect(planned(globals + instance(`${lines}\n${VIP}`)).router).toMatchObject({
      lowerPrioNoAdvert: false,
      garp: { delay: 7_000_000, lowerPrioDelay: 2_000_000, lowerPrioRepeat: 0 },
    });
  });
});

describe('strict mode', () => {
  const globals = (lines: string): string => `global_defs {\n vrrp_strict\n${lines}\n}\n`;
  const lax =
    'vrrp_down_timer_adverts 5\n vrrp_higher_prio_send_advert\n vrrp_garp_lower_prio_repeat 3';
  const strict = {
    wanted: 'BACKUP',
    downTimerAdverts: 3,
    lowerPrioNoAdvert: true,
    higherPrioSendAdvert: false,
    accept: false,
    authentication: undefined,
    garp: { lowerPrioRepeat: 0, lowerPrioDelay: 0 },
  };

  it('settles what the RFC does not leave open, whatever the file says', () => {
    expect(planned(globals(lax) + instance(VIP)).router).toMatchObject(strict);
    const lines = [
      'state MASTER\npriority 200\ndown_timer_adverts 7\nlower_prio_no_advert off',
      'higher_prio_send_advert\naccept\ngarp_lower_prio_repeat 2\ngarp_lower_prio_delay 2',
      'authentication {\n auth_type PASS\n auth_pass x\n}',
      VIP,
    ].join('\n');
    expect(planned(globals('') + instance(lines)).router).toMatchObject(strict);
  });

  it('sends adverts with the virtual MAC, if there is one', () => {
    const lines = `use_vmac\nvmac_xmit_base\n${VIP}`;
    expect(planned(globals('') + instance(lines)).router.xmitBase).toBe(false);
    expect(planned(instance(lines)).router.xmitBase).toBe(true);
  });

  it('makes an owner MASTER that hears nobody', () => {
    const owner = { wanted: 'MASTER', accept: true, ownerIgnoresAdverts: true };
    const off = globals('vrrp_owner_ignore_adverts off');
    expect(planned(off + instance(`state BACKUP\npriority 255\n${VIP}`)).router).toMatchObject(
      owner,
    );
  });

  it('is switched off by an instance of its own', () => {
    const { router } = planned(globals(lax) + instance(`strict_mode off\n${VIP}`));
    expect(router).toMatchObject({ downTimerAdverts: 5, lowerPrioNoAdvert: false, accept: true });
  });

  it('lets a sync group of owners lead at once, though one is said to be BACKUP', () => {
    const owner = (name: string, vrid: number): string =>
      instance(`priority 255\nvirtual_router_id ${vrid}\nstate BACKUP\n${VIP}`, name);
    const group = 'vrrp_sync_group G {\n group {\n  A\n  B\n }\n}\n';
    const { instances } = planOf(globals('') + owner('A', 1) + owner('B', 2) + group).plan;
    expect(instances.map(({ wanted }) => wanted)).toEqual(['MASTER', 'MASTER']);
  });
});

describe('receive buffers', () => {
  const room = (globals: string, lines = '') =>
    planned(`global_defs {\n${globals}\n}\n${instance(`${lines}\n${VIP}`)}`).router.receiveRoom;

  it('of adverts are in bytes, adverts or frames, an own size first', () => {
    expect(room('')).toBeUndefined();
    expect(room('vrrp_rx_bufs_policy 5000')).toEqual({ bytes: 5000, frames: 0 });
    expect(room('vrrp_rx_bufs_policy MTU')).toEqual({ bytes: 0, frames: 3 });
    const four = 'vrrp_rx_bufs_policy advert\nvrrp_rx_bufs_multiplier 4';
    // IPv4 header 20, VRRP header 8, one address 4, authentication 8 in version 2.
    expect(room(four)).toEqual({ bytes: 4 * 40, frames: 0 });
    expect(room(four, 'version 3')).toEqual({ bytes: 4 * 32, frames: 0 });
    expect(room(four, 'kernel_rx_buf_size 777')).toEqual({ bytes: 777, frames: 0 });
  });

  it('of netlink sockets stay within the limit unless it is to be exceeded', () => {
    const globals = [
      'vrrp_netlink_cmd_rcv_bufs 100000',
      'vrrp_netlink_monitor_rcv_bufs 200000',
      'vrrp_netlink_monitor_rcv_bufs_force',
      'process_monitor_rcv_bufs 0',
    ].join('\n');
    expect(planOf(`global_defs {\n${globals}\n}\n${instance(VIP)}`).plan.buffers).toEqual({
      commands: { receiveBuffer: 100_000, withinLimit: true },
      events: { receiveBuffer: 200_000, withinLimit: false },
      processes: undefined,
    });
  });
});

describe('vrrp_min_garp', () => {
  const planGarp = (globals: string, lines = '') =>
    planned(`global_defs {\n vrrp_min_garp\n ${globals}\n}\n${instance(`${lines}\n${VIP}`)}`).router
      ?.garp;

  it('leaves one announcement, also for the sake of a weaker router', () => {
    expect(planGarp('')).toMatchObject({
      delay: 0,
      repeat: 1,
      refreshRepeat: 0,
      lowerPrioDelay: 0,
      lowerPrioRepeat: 1,
    });
  });

  it('keeps what is said otherwise, of all instances or of one', () => {
    const globals = 'vrrp_garp_master_repeat 2\n vrrp_garp_master_refresh_repeat 1';
    expect(planGarp(globals, 'garp_master_delay 3')).toMatchObject({
      delay: 3_000_000,
      repeat: 2,
      refreshRepeat: 1,
      lowerPrioRepeat: 2,
    });
  });
});

describe('the pace of announcements', () => {
  it('is that of the globals, or of the group of an interface: what it has not, is no limit', () => {
    const globals = 'global_defs {\n vrrp_garp_interval 0.1\n vrrp_gna_interval 0.2\n}\n';
    const group =
      'garp_group {\n garp_interval 0.5\n interface eth1\n interfaces {\n eth2\n }\n}\n';
    expect(planOf(globals + group + instance(VIP)).plan.garpPaces).toEqual({
      arp: 100_000,
      ndp: 200_000,
      groups: [{ arp: 500_000, ndp: 0, interfaces: ['eth1', 'eth2'] }],
    });
  });
});

describe('what makes a plan impossible', () => {
  it('two instances with one VRID on one interface: the whole configuration is refused', () => {
    const { messages, unusable } = planned(instance(VIP, 'V') + instance(VIP, 'W'));
    expect(messages).toEqual(['V and W both use VRID 51 with IPv4 on interface eth0']);
    expect(unusable).toBe(true);
  });

  it('but not in another group', () => {
    const other = instance(`mcast_dst_ip 224.0.0.77\n${VIP}`, 'W');
    expect(planOf(instance(VIP) + other).plan.instances).toHaveLength(2);
  });

  it('however each of them is authenticated', () => {
    const signed = instance(`authentication {\n auth_type AH\n auth_pass x\n}\n${VIP}`, 'W');
    const { messages } = planned(instance(VIP) + signed);
    expect(messages).toEqual(['V and W both use VRID 51 with IPv4 on interface eth0']);
  });
});

describe('the VIPs of an instance of IPv6', () => {
  it('are listed as far as they fit an Ethernet frame; the rest only follows the master', () => {
    const vips = Array.from({ length: 95 }, (_, i) => `2001:db8::${(i + 1).toString(16)}`);
    const { router } = planned(instance(`virtual_ipaddress {\n${vips.join('\n')}\n}`));
    expect([router.vips.length, router.excluded.length]).toEqual([90, 5]);
  });
});

describe('a password', () => {
  it('is kept as a secret that no dump shows', () => {
    const { router } = settled('authentication {\n auth_type PASS\n auth_pass hunter2\n}');
    const { authentication: by } = router;
    expect(by?.type === 'PASS' && reveal(by.password).toString()).toBe('hunter2');
    expect(JSON.stringify(router)).not.toContain('hunter2');
  });
});

it('AH has no place in an advert over IPv6', () => {
  const lines = 'version 2\nauthentication {\n auth_type AH\n auth_pass x\n}';
  const { router, messages } = planned(instance(`${lines}\nvirtual_ipaddress {\nfe80::1\n}`));
  expect(router).toMatchObject({ version: 2, authentication: undefined });
  expect(messages).toEqual(['(V) Cannot use AH authentication with IPv6. ignoring']);
});

describe('packets to the addresses', () => {
  it.each([
    ['', true],
    ['no_accept', false],
    ['accept\nno_accept', false],
    ['no_accept\naccept', true],
    ['priority 255\nstate MASTER\nno_accept', true],
    ['strict_mode', false],
    ['strict_mode\naccept', false],
    ['strict_mode\nversion 3\naccept', true],
    ['strict_mode\nversion 3', false],
  ])('with "%s" are accepted: %s', (lines, accept) => {
    expect(settled(lines).router.accept).toBe(accept);
  });
});
