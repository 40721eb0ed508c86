import { describe, expect, it } from 'vitest';
import { planOf } from '#test/support/plan-text.js';
import { instance, VIP } from './planned.js';

/** What the plan says, advice left out. */
const said = (text: string): string[] =>
  planOf(text).diagnostics.flatMap((d) => (d.class === 'advice' ? [] : [d.message]));
const ofInstance = (lines: string): string[] => said(instance(`${lines}\n${VIP}`));

/** Verdicts of Debian's keepalived 2.2.7 on the same files. */
describe('an instance in strict mode', () => {
  it.each([
    ['state MASTER\npriority 100', ['(V) State MASTER must match being address owner']],
    ['state BACKUP\npriority 255', ['(V) State MASTER must match being address owner']],
    ['preempt_delay 5', ['(V) preempt_delay is incompatible with strict mode - resetting']],
    [
      'down_timer_adverts 5',
      ['(V) down_timer_adverts is incompatible with strict mode - resetting'],
    ],
    ['garp_lower_prio_repeat 3', ['(V) Strict mode requires no repeat garps. resetting']],
    ['garp_lower_prio_delay 3', ['(V) Strict mode requires no repeat garp delay. resetting']],
    ['lower_prio_no_advert off', ['(V) Strict mode requires no lower priority advert. resetting']],
    [
      'higher_prio_send_advert',
      ['(V) strict mode requires higher_prio_send_advert to be clear. resetting'],
    ],
    [
      'authentication {\n auth_type PASS\n auth_pass x\n}',
      ['(V) Strict mode does not support authentication. Ignoring.'],
    ],
    [
      'accept',
      ['(V) warning - accept mode for VRRP version 2 does not comply with RFC3768 - resetting'],
    ],
    ['no_accept', []],
    ['down_timer_adverts 3', []],
    ['nopreempt', []],
    [
      'preempt_delay 5\nnopreempt',
      ['strict', 'nopreempt'].map(
        (m) => `(V) preempt_delay is incompatible with ${m} mode - resetting`,
      ),
    ],
    [
      'state MASTER\npriority 100\nnopreempt\npreempt_delay 5',
      [
        '(V) State MASTER must match being address owner',
        ...['strict', 'nopreempt'].map(
          (m) => `(V) preempt_delay is incompatible with ${m} mode - resetting`,
        ),
      ],
    ],
    [
      'version 3\nauthentication {\n auth_type AH\n auth_pass x\n}',
      ['(V) Strict mode does not support authentication. Ignoring.'],
    ],
    ['unicast_peer {\n 10.0.0.2\n}', []],
    ['use_vmac\nvmac_xmit_base', ['(V) xmit_base is incompatible with strict mode - resetting']],
  ])('%j', (lines, messages) => {
    expect(ofInstance(`strict_mode\n${lines}`)).toEqual(messages);
  });

  it('has a link-local address first over IPv6', () => {
    const of = (...vips: string[]): string[] =>
      said(instance(`strict_mode\nvirtual_ipaddress {\n ${vips.join('\n')}\n}`));
    expect(of('fe80::1', '2001:db8::1')).toEqual([]);
    const message = '(V) the first IPv6 VIP address must be link local';
    expect(of('2001:db8::1', 'fe80::1')).toEqual([message]);
  });

  it('should have it first without strict mode, over multicast', () => {
    const of = (line: string): string[] =>
      planOf(
        instance(`${line}\nvirtual_ipaddress {\n 2001:db8::1/64\n fe80::1/64\n}`),
      ).diagnostics.flatMap(({ code, message }) =>
        code === 'first-address-not-link-local' ? [message] : [],
      );
    expect(of('')).toEqual(['(V) the first IPv6 VIP address should be link local']);
    expect(of('unicast_peer {\n fe80::9\n}')).toEqual([]);
  });

  it('does not wait longer than three adverts, though all instances should', () => {
    const globals = 'global_defs {\n vrrp_strict\n vrrp_down_timer_adverts 5\n}\n';
    expect(said(globals + instance(VIP))).toEqual([
      '(V) down_timer_adverts is incompatible with strict mode - resetting',
    ]);
  });

  it('needs an address, as version 3 does', () => {
    for (const line of ['strict_mode', 'version 3']) {
      const { diagnostics } = planOf(instance(line));
      const found = diagnostics.find(({ message }) => message.includes('No VIP'));
      expect(found).toMatchObject({
        message: '(V) No VIP specified; at least one is required',
        unusable: true,
      });
    }
  });
});

describe('an instance of version 3', () => {
  it.each([
    ['advert_int 41', [/^\(V\) VRRPv3 advertisement interval 41.00s is out of range/]],
    ['advert_int 0.5', []],
    ['authentication {\n auth_type PASS\n auth_pass x\n}', [/does not support authentication/]],
  ])('%j', (lines, messages) => {
    expect(ofInstance(`version 3\n${lines}`)).toEqual(
      messages.map((message) => expect.stringMatching(message)),
    );
  });
});

describe('unicast', () => {
  const DEFAULTING = /^\(V\) A unicast keyword has been specified without any unicast peers/;

  it.each([
    ['unicast_src_ip 10.0.0.1', [DEFAULTING]],
    ['unicast_peer {\n}', [DEFAULTING]],
    ['old_unicast_checksum', [DEFAULTING]],
    ['unicast_src_ip 10.0.0.1\nunicast_fault_no_peer', []],
    [
      'mcast_dst_ip 224.0.0.9\nunicast_peer {\n 10.0.0.2\n}',
      [/multicast destination specified with unicast - ignoring/],
    ],
    [
      'virtual_ipaddress {\n 10.0.0.1\n}\nmcast_src_ip fe80::1',
      [/src address\[fe80::1\] MUST be of the same family/],
    ],
    ['unicast_peer {\n 10.0.0.2\n}', []],
    ['unicast_ttl 5', [/Cannot use unicast_ttl without unicast peers - resetting/]],
    ['unicast_peer {\n 10.0.0.2\n 2001:db8::1\n}', [/MUST be of the same family/]],
  ])('%j', (lines, messages) => {
    expect(ofInstance(lines)).toEqual(messages.map((m) => expect.stringMatching(m)));
  });
});

describe('the interface of an instance', () => {
  it.each([
    ['vrf red', ['(V) Cannot specify VRF interface and interface - ignoring']],
    [
      'use_vmac\npromote_secondaries',
      ['(V) promote_secondaries is automatically set for vmacs - ignoring'],
    ],
    ['use_ipvlan', [/IPv4 ipvlan requires a source ip address/]],
    ['use_ipvlan 10.0.0.5/24', []],
  ])('%j', (lines, messages) => {
    expect(ofInstance(lines)).toEqual(
      messages.map((m) => (typeof m === 'string' ? m : expect.stringMatching(m))),
    );
  });

  it('must be there, unless peers and our address are', () => {
    const lines = (more: string) => `vrrp_instance V {\n virtual_router_id 1\n${more}\n${VIP}\n}\n`;
    const { diagnostics } = planOf(lines(''));
    expect(diagnostics).toMatchObject([{ message: '(V) Unknown interface!', unusable: true }]);
    const peers = 'unicast_peer {\n 10.0.0.2\n}';
    expect(said(lines(`unicast_src_ip 10.0.0.1\n${peers}`))).toEqual([
      '(V): no interface for vip 10.0.0.100 - removing',
    ]);
    const link = `unicast_src_ip fe80::1\nunicast_peer {\n fe80::2\n}`;
    expect(said(lines(link))).toContain('(V) Unknown interface!');
  });
});

describe('the family of an instance', () => {
  it('is that of the first address in the file, whatever its keyword', () => {
    const mismatch = [expect.stringMatching(/address family must match VRRP instance/)];
    expect(ofInstance('mcast_dst_ip ff02::5').slice(0, 1)).toEqual(mismatch);
    expect(ofInstance('mcast_src_ip 2001:db8::1').slice(0, 1)).toEqual(mismatch);
    expect(ofInstance('mcast_src_ip 10.0.0.7')).toEqual([]);
  });
});

describe('groups', () => {
  const two = `${instance(VIP)}${instance(VIP.replace('100', '101'), 'W').replace('51', '52')}`;

  it('of instances have members that exist, and no other group has', () => {
    const group = (name: string, ...members: string[]) =>
      `vrrp_sync_group ${name} {\n group {\n ${members.join(' ')}\n }\n}\n`;
    expect(said(two + group('G', 'V', 'W'))).toEqual([]);
    expect(said(two + group('G', 'V', 'X', 'W'))).toEqual([
      "Virtual router X specified in sync group G doesn't exist - ignoring",
    ]);
    expect(said(two + group('G', 'V', 'W') + group('H', 'V', 'W'))).toEqual([
      'Virtual router V cannot exist in more than one sync group; ignoring H',
      'Virtual router W cannot exist in more than one sync group; ignoring H',
      'Sync group H, no matching virtual router found in group declaration - removing',
    ]);
  });

  it('of interfaces have no interface in common', () => {
    const group = 'garp_group {\n garp_interval 1\n interface eth0\n}\n';
    expect(said(two + group)).toEqual([]);
    expect(said(two + group + group)).toEqual(['garp_group already specified for eth0 - ignoring']);
  });
});

describe('native_ipv6', () => {
  const refused = '(V) Cannot specify native_ipv6 with IPv4 addresses';
  const mismatch = '(V): address family must match VRRP instance [10.0.0.100] - ignoring';

  it('comes too late behind an IPv4 address', () => {
    expect(said(instance(`${VIP}\nnative_ipv6`))).toEqual([refused]);
  });

  it('above one decides', () => {
    expect(said(instance(`native_ipv6\n${VIP}`))).toContain(mismatch);
  });
});
