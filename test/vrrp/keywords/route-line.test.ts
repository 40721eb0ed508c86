import { describe, expect, it } from 'vitest';
import { staticRoute, virtualRoute } from '#vrrp/keywords/route-line.js';
import { readLine } from './lines.js';

const read = (text: string) => readLine(virtualRoute, text);

describe('a route', () => {
  it('has the values that its words say, as numbers of the kernel', () => {
    const { value, said } = read(
      'blackhole 198.51.100.0/24 table local scope link metric 7 tos 0x10 dev eth0 ' +
        'mtu lock 1400 rtt 300ms rto_min 5s initcwnd 20 features ecn congctl bbr quickack 1',
    );
    expect(said).toEqual([]);
    expect(value).toMatchObject({
      family: 4,
      type: 'blackhole',
      to: { address: '198.51.100.0', prefix: 24 },
      table: 255,
      scope: 253,
      metric: 7,
      tos: 0x10,
      dev: 'eth0',
      mtu: { value: 1400, lock: true },
      rtt: { value: 300_000, lock: false },
      rto_min: { value: 5_000_000, lock: false },
      initcwnd: 20,
      features: ['ecn'],
      congctl: { value: 'bbr', lock: false },
      quickack: 1,
      protocol: 18,
      no_track: false,
      nexthop: [],
    });
  });

  it.each([
    ['default via 10.0.0.1 dev eth0', 4, '0.0.0.0', 0],
    ['default via fe80::1 dev eth0', 6, '::', 0],
    ['default dev eth0', 4, '0.0.0.0', 0],
    ['default dev eth0 expires 30', 6, '::', 0],
    ['inet6 default dev eth0', 6, '::', 0],
    ['to 2001:db8::/32 dev eth0', 6, '2001:db8::', 32],
    ['10.0.0.7 dev eth0', 4, '10.0.0.7', 32],
  ])('%s: its family follows from its words', (text, family, address, prefix) => {
    expect(read(text).value).toMatchObject({ family, to: { address, prefix } });
  });

  it.each([
    ['10.2.0.0/24 src 10.0.0.1/24 dev eth0', 'route source address 10.0.0.1/24'],
    ['10.2.0.0/24 via 10.0.0.1/24 dev eth0', 'gateway address 10.0.0.1/24'],
    ['10.2.0.0/24 via inet 10.0.0.1/24 dev eth0', 'gateway address 10.0.0.1/24'],
    ['10.2.0.0/24 no_track nexthop via 10.0.0.1/24 dev eth0', 'gateway address 10.0.0.1/24'],
    ['10.2.0.0/24 dev eth0 encap ip id 1 dst 10.9.9.9/24', 'IPv4 address 10.9.9.9/24 of encap'],
  ])('%s: what stands alone has no prefix length', (text, what) => {
    expect(read(text).said).toContain(`general: invalid ${what}`);
  });

  it('has several ways, each with words of its own', () => {
    const { value, said } = read(
      '10.1.0.0/16 no_track nexthop via 10.0.0.1 dev eth0 weight 5 nexthop via inet 10.0.0.2 onlink',
    );
    expect(said).toEqual([]);
    expect(value?.nexthop).toMatchObject([
      { via: '10.0.0.1', dev: 'eth0', weight: 5, onlink: false },
      { via: '10.0.0.2', dev: undefined, weight: undefined, onlink: true },
    ]);
  });

  it.each([
    ['ip id 5 dst 10.9.9.9 ttl 64', { kind: 'ip', tunnel: { id: 5n, dst: '10.9.9.9', ttl: 64 } }],
    ['ip6 dst 2001:db8::9 tc 4', { kind: 'ip6', tunnel: { dst: '2001:db8::9', tos: 4 } }],
    ['mpls 100/200', { kind: 'mpls', labels: [100, 200] }],
    ['ila 1:2:3:4', { kind: 'ila', locator: 0x0001_0002_0003_0004n }],
  ])('goes through a tunnel of its own: encap %s', (words, encap) => {
    const { value, said } = read(`10.1.0.0/16 encap ${words} dev eth0 metric 3`);
    expect(said).toEqual([]);
    expect(value).toMatchObject({ encap, dev: 'eth0', metric: 3 });
  });

  // Verdicts of Debian's keepalived 2.2.7 on the same lines: left out, or kept without the word.
  it.each([
    ['via 10.0.0.1', 'general: no to given - ignoring the line'],
    ['0.0.0.0/0 via fe80::1', 'general: Cannot mix IPv4 and IPv6 addresses for route'],
    ['10.1.0.0/16 metric 5x dev eth0', "number: invalid number '5x'"],
    ['10.1.0.0/16 table nosuch dev eth0', "general: invalid table 'nosuch' - ignoring"],
    ['10.1.0.0/16 from 10.0.0.0/8 dev eth0', /only supported with IPv6/],
    ['10.1.0.0/16 expires 30 dev eth0', 'general: expires is only valid for IPv6'],
    ['10.1.0.0/16 pref high dev eth0', 'general: pref is only valid for IPv6'],
    ['10.1.0.0/16 foo dev eth0', "general: unknown option 'foo' - ignoring"],
    ['10.1.0.0/16 encap ip dev eth0', 'general: address or id missing for ip encapsulation'],
    ['10.1.0.0/16 quickack 2 dev eth0', /outside range/],
    ['10.1.0.0/16 via', 'missing-argument: via lacks its value'],
    ['10.1.0.0/16 mtu lock', 'missing-argument: lock lacks its value'],
  ])('%s: is told and left out', (text, message) => {
    const { value, said } = read(text);
    expect(value).toBeUndefined();
    expect(said[0]).toMatch(message);
  });

  it.each([
    ['10.1.0.0/16 features foo dev eth0', 'general: feature foo not supported', { features: [] }],
    ['10.1.0.0/16 as to 10.0.0.1 dev eth0', 'general: "as to" for MPLS only - ignoring', {}],
    [
      '10.1.0.0/16 via 10.0.0.1',
      'general: Warning - cannot track route 10.1.0.0/16 with no interface specified, not tracking',
      { no_track: true },
    ],
    [
      '10.1.0.0/16 protocol static dev eth0',
      'general: Route cannot be tracked if protocol is not keepalived, resetting protocol',
      { protocol: 18 },
    ],
    ['10.1.0.0/16 gw 10.0.0.1 dev eth0', /^deprecated: gw is deprecated/, { via: '10.0.0.1' }],
    ['default6 dev eth0', /^deprecated: default6 is deprecated/, { family: 6 }],
  ])('%s: is told and kept', (text, message, value) => {
    const read_ = read(text);
    expect(read_.value).toMatchObject(value);
    expect(read_.said).toHaveLength(1);
    expect(read_.said[0]).toMatch(message);
  });

  it('may have another protocol when it is not tracked', () => {
    const { value, said } = read('10.1.0.0/16 protocol static no_track dev eth0');
    expect(said).toEqual([]);
    expect(value).toMatchObject({ protocol: 4, no_track: true });
  });

  it('knows the names that the machine gives to numbers', () => {
    const names = (kind: string, name: string) =>
      kind === 'table' && name === 'upstream' ? 77 : undefined;
    const { value } = readLine(virtualRoute, 'default dev eth0 table upstream', names);
    expect(value).toMatchObject({ table: 77 });
  });

  it.each([
    '10.1.0.0/16 via 10.0.0.1 table 77 dev eth0 onlink',
    'unreachable ::/0 inet6 no_track',
    '10.1.0.0/16 rtt lock 300ms no_track nexthop via 10.0.0.1 nexthop via 10.0.0.2 weight 9',
    '2001:db8::/32 via fe80::1 dev eth0 encap ip6 id 5 dst 2001:db8::9 pref low',
  ])('%s: prints as it was written', (text) => {
    const { value } = read(text);
    expect(value && virtualRoute.print(value)).toBe(text);
  });

  it('has a track_group if it is static, only', () => {
    const text = '10.1.0.0/16 dev eth0 track_group g';
    expect(readLine(staticRoute, text).value).toMatchObject({ track_group: 'g' });
    expect(read(text).value).toBeUndefined();
  });
});
