import { describe, expect, it } from 'vitest';
import { routeText, ruleText } from '#vrrp/core/entries.js';
import type { PlannedRoute, PlannedRule } from '#vrrp/core/planned.js';
import { planned, settled } from './planned.js';

const routes = (...lines: string[]): readonly PlannedRoute[] =>
  settled(`virtual_routes {\n${lines.join('\n')}\n}`).router.routes;
const rules = (...lines: string[]): readonly PlannedRule[] =>
  settled(`virtual_rules {\n${lines.join('\n')}\n}`).router.rules;
/** What is undefined stands for nothing. */
const said = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const PLAIN = { family: 4, table: 254, protocol: 18, scope: 0, type: 1, flags: 0 };

describe('a route of the configuration', () => {
  it("is unicast, global, keepalived's (18) and in the main table unless it says otherwise", () => {
    expect(said(routes('10.1.0.0/16 via 10.0.0.9 dev eth0'))).toEqual([
      {
        route: { ...PLAIN, destination: { ip: '10.1.0.0', length: 16 }, gateway: '10.0.0.9' },
        interface: 'eth0',
        nexthops: [],
        mode: 'prepend',
        tracked: true,
      },
    ]);
  });

  it('has no destination where it is the default', () => {
    const [four, six] = routes('default via 10.0.0.9', 'default via 2001:db8::9 dev eth0');
    expect(four?.route.destination).toBeUndefined();
    expect(six?.route).toMatchObject({ family: 6, gateway: '2001:db8::9' });
    expect(six?.route.destination).toBeUndefined();
  });

  it('tells table, type, scope, TOS, metric and source', () => {
    const [route] = routes(
      'prohibit 10.1.0.0/16 table 1000 scope link tos 0x10 metric 5 src 10.0.0.100 no_track ' +
        'protocol static',
    );
    expect(said(route?.route)).toEqual({
      ...PLAIN,
      table: 1000,
      protocol: 4,
      scope: 253,
      type: 8,
      tos: 16,
      metric: 5,
      preferredSource: '10.0.0.100',
      destination: { ip: '10.1.0.0', length: 16 },
    });
    expect(route?.tracked).toBe(false);
  });

  it("counts metrics in the kernel's units, and locks by the bits of their numbers", () => {
    const [route] = routes(
      '10.1.0.0/16 dev eth0 mtu lock 1400 advmss 1300 rtt 400ms rttvar lock 300ms rto_min 300 ' +
        'hoplimit 9 window 5 cwnd 6 ssthresh 7 reordering 8 initcwnd 10 initrwnd 11 quickack 1 ' +
        'features ecn congctl lock cubic fastopen_no_cookie 1',
    );
    expect(said(route?.route.metrics)).toEqual({
      lock: (1 << 2) | (1 << 5) | (1 << 16),
      mtu: 1400,
      advmss: 1300,
      rtt: 3200,
      rttvar: 1200,
      rtoMin: 300,
      hoplimit: 9,
      window: 5,
      cwnd: 6,
      ssthresh: 7,
      reordering: 8,
      initcwnd: 10,
      initrwnd: 11,
      quickack: 1,
      features: 1,
      congestion: 'cubic',
      fastopenNoCookie: 1,
    });
  });

  it('has several ways by nexthop, and two by the old "or"', () => {
    const [hops, or] = routes(
      '10.1.0.0/16 nexthop via 10.0.0.8 dev eth0 weight 3 nexthop via 10.0.0.9 onlink realms 2/3',
      '10.2.0.0/16 via 10.0.0.8 or 10.0.0.9 dev eth0',
    );
    expect(said(hops?.nexthops)).toEqual([
      { gateway: '10.0.0.8', interface: 'eth0', weight: 3, flags: 0 },
      { gateway: '10.0.0.9', weight: 1, flags: 4, realm: 0x20003 },
    ]);
    expect(said(or)).toMatchObject({
      nexthops: [
        { gateway: '10.0.0.8', interface: 'eth0', weight: 1 },
        { gateway: '10.0.0.9', interface: 'eth0', weight: 1 },
      ],
    });
    expect(or?.interface).toBeUndefined();
    expect(or?.route.gateway).toBeUndefined();
  });

  it('goes through tunnels', () => {
    const [ip, mpls] = routes(
      '10.1.0.0/16 dev eth0 encap ip id 5 dst 10.9.0.1 ttl 7',
      '10.2.0.0/16 via 10.0.0.9 dev eth0 encap mpls 100/200 ttl-propagate disabled',
    );
    expect(ip?.route.encap).toMatchObject({ kind: 'ip', id: 5n, destination: '10.9.0.1', ttl: 7 });
    expect(mpls?.route).toMatchObject({
      encap: { kind: 'mpls', labels: [100, 200] },
      ttlPropagate: false,
    });
  });

  it('stands before, behind or instead of no other', () => {
    const lines = [
      '10.1.0.0/16 dev eth0',
      '10.1.0.0/16 dev eth0 append',
      '10.1.0.0/16 dev eth0 add',
    ];
    expect(routes(...lines).map(({ mode }) => mode)).toEqual(['prepend', 'append', 'create']);
  });

  it('is told in words', () => {
    const lines = routes(
      'default via 10.0.0.9 dev eth0',
      '10.1.0.0/16 table 7 nexthop via 10.0.0.8 dev eth0 nexthop via 10.0.0.9',
    );
    expect(lines.map(routeText)).toEqual([
      'default via 10.0.0.9 dev eth0',
      '10.1.0.0/16 table 7 nexthop via 10.0.0.8 dev eth0 nexthop via 10.0.0.9',
    ]);
  });
});

describe('a rule of the configuration', () => {
  it('selects and acts as it says', () => {
    const [rule] = rules(
      'not from 10.0.0.0/8 to 10.1.0.0/16 fwmark 0x5/0xf iif eth0 oif eth1 tos 0x10 ipproto tcp ' +
        'sport 10-20 dport 30-40 uidrange 0-100 tunnel-id 77 table 100 preference 200 realms 3/4 ' +
        'suppress_prefixlength 0 no_track',
    );
    expect(said({ ...rule?.rule, tunnelId: String(rule?.rule.tunnelId) })).toEqual({
      family: 4,
      action: 1,
      table: 100,
      priority: 200,
      source: { ip: '10.0.0.0', length: 8 },
      destination: { ip: '10.1.0.0', length: 16 },
      mark: 5,
      markMask: 15,
      inputName: 'eth0',
      outputName: 'eth1',
      tos: 16,
      ipProtocol: 6,
      sourcePorts: { from: 10, to: 20 },
      destinationPorts: { from: 30, to: 40 },
      uids: { from: 0, to: 100 },
      tunnelId: '77',
      realm: 0x30004,
      suppressPrefixLength: 0,
      flags: 2,
      protocol: 18,
    });
    expect(rule?.tracked).toBe(false);
  });

  it('looks up, goes on, does nothing or refuses', () => {
    const lines = ['table 5', 'goto 300', 'nop', 'l3mdev', 'blackhole', 'unreachable', 'prohibit'];
    const acts = rules(...lines.map((line, i) => `from 10.0.0.${i} ${line} preference ${i + 1}`));
    expect(acts.map(({ rule }) => [rule.action, rule.table, rule.goto, rule.l3mdev])).toEqual([
      [1, 5, undefined, undefined],
      [2, 0, 300, undefined],
      [3, 0, undefined, undefined],
      [1, 0, undefined, true],
      [6, 0, undefined, undefined],
      [7, 0, undefined, undefined],
      [8, 0, undefined, undefined],
    ]);
  });

  it('without a preference gets 16384, the next one less; each family for itself', () => {
    const lines = ['from 10.0.0.1 table 5', 'from 2001:db8::1 table 5', 'from 10.0.0.2 table 5'];
    expect(rules(...lines).map(ruleText)).toEqual([
      'from 10.0.0.1/32 table 5 preference 16384',
      'from 2001:db8::1/128 table 5 preference 16384',
      'from 10.0.0.2/32 table 5 preference 16383',
    ]);
  });
});

describe('the interfaces of routes and rules', () => {
  it('are tracked: losing one is a FAULT, unless no_track', () => {
    const { router } = planned(
      'vrrp_instance V {\n interface eth0\n virtual_router_id 51\n' +
        'virtual_ipaddress {\n10.0.0.100/24\n}\n' +
        'virtual_routes {\n10.1.0.0/16 dev eth1\n10.2.0.0/16 dev eth2 no_track\n10.3.0.0/16 via 10.0.0.9\n}\n' +
        'virtual_rules {\niif eth3 oif eth4 table 5 preference 1\niif eth5 table 5 preference 2 no_track\n}\n}\n',
    );
    expect(router.interfaces).toEqual(
      ['eth0', 'eth1', 'eth3', 'eth4'].map((name) => ({
        name,
        weight: 0,
        reverse: false,
      })),
    );
  });
});
