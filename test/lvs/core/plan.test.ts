import { describe, expect, it } from 'vitest';
import { desiredTable } from '#lvs/core/table.js';
import { planned } from '#test/support/lvs-plan.js';
import { COMMON, RS, service, settle, settled } from '#test/support/lvs-settled.js';

describe('a virtual server', () => {
  it('is settled with defaults and what its real servers inherit', () => {
    const plan = settled('10.0.0.1 80', `${COMMON}weight 7\ninhibit_on_failure\nalpha\n${RS}`);
    expect(plan).toMatchObject({
      key: 'TCP 10.0.0.1:80',
      name: '[10.0.0.1]:tcp:80',
      services: [{ scheduler: 'rr', flags: 0, timeout: 0, netmask: 0xffffffff, engine: undefined }],
      quorum: 1,
      hysteresis: 0,
      sorryServer: undefined,
    });
    expect(plan.realServers[0]).toMatchObject({
      key: '192.168.0.1:80',
      name: '[192.168.0.1]:tcp:80',
      weight: 7,
      inhibit: true,
      alpha: true,
      destination: { weight: 7, forwarding: { method: 'NAT' }, upperThreshold: 0 },
    });
  });

  it('lets a real server say otherwise', () => {
    const own =
      'real_server 192.168.0.1 81 {\nweight 0\nlvs_method TUN type gue port 6\n' +
      'inhibit_on_failure off\nalpha off\nuthreshold 9\nlthreshold 3\n}\n';
    const more = 'real_server 192.168.0.2 81 {\n}\n';
    const { plan } = settle('10.0.0.1 80', `${COMMON}inhibit_on_failure\nalpha\n${own}${more}`);
    expect(plan?.realServers[0]).toMatchObject({
      weight: 0,
      inhibit: false,
      alpha: false,
      destination: {
        port: 80,
        forwarding: { method: 'TUN', type: 'gue', port: 6, checksum: 'nocsum' },
        upperThreshold: 9,
        lowerThreshold: 3,
      },
    });
    expect(plan?.realServers[1]).toMatchObject({ key: '192.168.0.2:81', inhibit: true });
  });

  it('gives its real servers the method that stands before them, or else the last', () => {
    const server = (n: number, line = ''): string =>
      `real_server 192.168.0.${n} 80 {\n${line}\n}\n`;
    const plan = settled(
      '10.0.0.1 80',
      `protocol TCP\nlvs_sched rr\n${server(1)}lvs_method NAT\n${server(2)}lvs_method DR\n` +
        `${server(3)}${server(4, 'lvs_method NAT')}lvs_method TUN\n`,
    );
    const methods = plan.realServers.map(({ destination }) => destination.forwarding.method);
    expect(methods).toEqual(['TUN', 'NAT', 'DR', 'NAT']);
  });

  it('tells of every default that an operator should have chosen', () => {
    const { plan, remarks } = settle('10.0.0.1 80', RS);
    expect(plan).toMatchObject({ key: 'UDP 10.0.0.1:80', services: [{ scheduler: 'wlc' }] });
    expect(remarks).toEqual([
      'Virtual server [10.0.0.1]:none:80: no protocol set - defaulting to UDP',
      "Virtual server [10.0.0.1]:udp:80: no scheduler set, setting default 'wlc'",
      'Virtual server [10.0.0.1]:udp:80: no forwarding method set, setting default NAT',
    ]);
  });

  it('without real servers is dropped', () => {
    const { plan, remarks } = settle('fwmark 7', 'lvs_sched rr\nlvs_method TUN\n');
    expect(plan).toBeUndefined();
    expect(remarks).toEqual(['Virtual server FWM 7 has no real servers - ignoring']);
  });

  it('of a group that is not there is left out', () => {
    const { plan, remarks, code } = settle('group web', COMMON + RS);
    expect(plan).toBeUndefined();
    expect(code).toBe(0);
    expect(remarks).toEqual(['Virtual server group web not found - ignoring the virtual server']);
  });

  it('that is declared twice is two, of which IPVS has the servers under the first', () => {
    const twice =
      service('10.0.0.1 80', COMMON + RS) + service('10.0.0.1 80', `${COMMON}ops\n${RS}`);
    const { plans, remarks } = planned(twice.replace('lvs_sched rr', 'lvs_sched wrr'));
    expect(plans.map((plan) => plan.key)).toEqual(['TCP 10.0.0.1:80', 'TCP 10.0.0.1:80 (2)']);
    const [entry, ...others] = [...desiredTable(plans, new Map()).values()];
    expect(others).toEqual([]);
    expect(entry?.service.scheduler).toBe('wrr');
    expect(remarks).toContain(
      'Virtual server [10.0.0.1]:tcp:80 is declared twice - IPVS has the servers of both',
    );
  });
});

describe('the family of a mark', () => {
  const mark = (lines: string): unknown =>
    settled('fwmark 1', `lvs_sched rr\n${lines}`).services[0]?.id;
  const v6 = 'real_server 2001:db8::1 {\n}\n';

  it.each([
    ['that of its servers', `lvs_method DR\n${v6}`, 6],
    ['IPv4 when all are behind tunnels', `lvs_method TUN\n${v6}`, 4],
    ['as written', `ip_family inet6\nlvs_method TUN\nreal_server 10.0.0.1 {\n}\n`, 6],
    ['that of its granularity', `lvs_method TUN\npersistence_granularity 64\n${v6}`, 6],
  ])('is %s', (_, lines, family) => {
    expect(mark(lines)).toMatchObject({ kind: 'fwmark', mark: 1, family });
  });
});
