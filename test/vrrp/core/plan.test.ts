import { reveal } from '@keepalived-ts/base/secret.js';
import { describe, expect, it } from 'vitest';
import { planOf } from '#test/support/plan-text.js';
import type { RouterPlan } from '#vrrp/core/types.js';

const VIP = 'virtual_ipaddress {\n 10.0.0.100/24\n}';
const script = (lines = ''): string => `vrrp_script chk {\n script /bin/chk\n${lines}\n}\n`;
const instance = (lines: string, name = 'V'): string =>
  `vrrp_instance ${name} {\n interface eth0\n virtual_router_id 51\n${lines}\n}\n`;

function planned(text: string): { router: RouterPlan; messages: string[]; unusable: boolean } {
  const { plan, diagnostics } = planOf(text);
  const [router] = plan.instances;
  if (!router) throw new Error('no instance planned');
  return {
    router,
    messages: diagnostics.map((d) => d.message),
    unusable: diagnostics.some((d) => d.unusable === true),
  };
}
const settled = (lines: string): ReturnType<typeof planned> =>
  planned(instance(`${lines}\n${VIP}`));

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
      password: undefined,
      excluded: [],
      interfaces: [{ interface: 'eth0', weight: 0, reverse: false }],
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
      { password: undefined },
      '(V) Authentication specified but no password given. Ignoring',
    ],
    [
      'mcast_dst_ip ff02::12',
      { group: '224.0.0.18' },
      '(V) mcast dest address ff02::12 MUST match VRRP instance family. Skipping...',
    ],
    [
      'track_interface {\n eth0\n}',
      { interfaces: [{ interface: 'eth0', weight: 0, reverse: false }] },
      '(V) Ignoring track_interface eth0 since own interface',
    ],
    [
      'track_interface {\n eth1 weight 5\n eth1\n}',
      {
        interfaces: [
          { interface: 'eth1', weight: 5, reverse: false },
          { interface: 'eth0', weight: 0, reverse: false },
        ],
      },
      '(V) duplicate track_interface eth1 - ignoring',
    ],
    [
      'priority 255\ntrack_interface {\n eth1 weight 5\n}',
      { interfaces: [{ interface: 'eth0', weight: 0, reverse: false }] },
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

describe('addresses', () => {
  const vips = (lines: string): ReturnType<typeof planned> =>
    planned(instance(`virtual_ipaddress {\n${lines}\n}`));

  it.each([
    ['10.1.2.3/24 brd +', '10.1.2.255'],
    ['10.1.2.3/24 brd -', '10.1.2.0'],
    ['10.1.2.3/8 brd +', '10.255.255.255'],
    ['10.1.2.3/0 brd +', '255.255.255.255'],
    ['10.1.2.3/30 brd +', '10.1.2.3'],
    ['10.1.2.3/24 brd 10.9.9.9', '10.9.9.9'],
    ['10.1.2.3/24', undefined],
  ])('%s: broadcast %s', (line, broadcast) => {
    expect(vips(line).router.vips[0]?.broadcast).toBe(broadcast);
  });

  it('have no broadcast where there are no hosts', () => {
    const { router, messages } = vips('10.1.2.3/31 brd +');
    expect(router.vips[0]?.broadcast).toBeUndefined();
    expect(messages).toEqual(['Address prefix length 31 too long for broadcast']);
  });

  it('on other interfaces make these tracked, unless no_track', () => {
    const { router } = vips('10.0.0.1 dev eth1\n10.0.0.2 dev eth2 no_track');
    expect(router.interfaces.map((t) => t.interface)).toEqual(['eth0', 'eth1']);
    expect(router.vips.map((v) => [v.interface, v.tracked])).toEqual([
      ['eth1', true],
      ['eth2', false],
    ]);
  });

  it('of the other family are dropped from the adverts, but may be excluded ones', () => {
    const { router, messages } = planned(
      instance(`${VIP}\nvirtual_ipaddress_excluded {\n 2001:db8::1\n}`).replace(
        '10.0.0.100/24',
        '10.0.0.100/24\n2001:db8::2',
      ),
    );
    expect(router.vips.map((v) => v.address)).toEqual(['10.0.0.100']);
    expect(router.excluded.map((v) => v.address)).toEqual(['2001:db8::1']);
    expect(messages).toEqual([
      '(V): address family must match VRRP instance [2001:db8::2] - ignoring',
    ]);
  });

  it('beyond 255 follow the master unannounced', () => {
    const lines = Array.from({ length: 258 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    const { router, messages } = vips(lines.join('\n'));
    expect([router.vips.length, router.excluded.length]).toEqual([255, 3]);
    expect(router.excluded[0]?.address).toBe('10.0.0.255');
    expect(messages).toEqual([
      '(V) Number of VIPs (258) exceeds maximum/space available in packet (max 255 addresses) - ' +
        'excess moved to eVIPs',
    ]);
  });
});

describe('scripts', () => {
  it('bring their own weight where the line has none', () => {
    const track = (lines: string): string => instance(`${VIP}\ntrack_script {\n${lines}\n}`);
    const own = planned(`${script('weight -20')}${track('chk')}`).router;
    expect(own.scripts).toEqual([{ script: 'chk', weight: -20, reverse: false }]);
    const other = planned(`${script('weight -20')}${track('chk weight 3 reverse')}`).router;
    expect(other.scripts).toEqual([{ script: 'chk', weight: 3, reverse: true }]);
  });

  it('with a weight are ignored by an owner', () => {
    const track = instance(`priority 255\n${VIP}\ntrack_script {\n chk\n}`);
    const { router, messages } = planned(`${script('weight 5')}${track}`);
    expect(router.scripts).toEqual([]);
    expect(messages[0]).toBe('(V) ignoring tracked script chk with weights due to address_owner');
  });

  it('take their interval as timeout', () => {
    const { plan } = planOf(
      `${script('interval 3\nrise 2\nuser nobody nogroup')}${instance(`${VIP}\ntrack_script {\n chk\n}`)}`,
    );
    expect(plan.scripts).toEqual([
      {
        name: 'chk',
        argv: ['/bin/chk'],
        user: 'nobody',
        group: 'nogroup',
        interval: 3_000_000,
        timeout: 3_000_000,
        rise: 2,
        fall: 1,
      },
    ]);
  });

  it('that nobody tracks do not run', () => {
    const { plan, diagnostics } = planOf(`${script()}${instance(VIP)}`);
    expect(plan.scripts).toEqual([]);
    expect(diagnostics).toMatchObject([{ severity: 'warning', class: 'advice' }]);
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

  it.each([
    ['VRRP version 3', instance(`version 3\n${VIP}`)],
    ['auth_type AH', instance(`authentication {\n auth_type AH\n auth_pass x\n}\n${VIP}`)],
    ['IPv6', instance('virtual_ipaddress {\n fe80::1\n}')],
  ])('%s would make two masters: the instance is left out', (what, text) => {
    const { plan, diagnostics } = planOf(text);
    expect(plan.instances).toEqual([]);
    expect(diagnostics.map((d) => d.message)).toContain(
      `(V) ${what} comes with a later version; the instance is left out`,
    );
  });
});

describe('a password', () => {
  it('is kept as a secret that no dump shows', () => {
    const { router } = settled('authentication {\n auth_type PASS\n auth_pass hunter2\n}');
    expect(router.password && reveal(router.password).toString()).toBe('hunter2');
    expect(JSON.stringify(router)).not.toContain('hunter2');
  });
});
