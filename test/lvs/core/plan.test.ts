import {
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
  IP_VS_SVC_F_SCHED1,
  IP_VS_SVC_F_SCHED2,
} from '@keepalived-ts/ipvs-netlink/constants.js';
import { describe, expect, it } from 'vitest';
import { desiredTable } from '#lvs/core/table.js';
import { exitCode } from '#src/config/exit-code.js';
import { planned, planOf } from '../../support/lvs-plan.js';

const COMMON = 'protocol TCP\nlvs_sched rr\nlvs_method NAT\n';
const RS = 'real_server 192.168.0.1 80 {\n}\n';
const service = (header: string, lines: string): string =>
  `virtual_server ${header} {\n${lines}}\n`;
/** The settled first service and the remarks about it. */
const settle = (header: string, lines: string) => {
  const { plans, remarks, diagnostics } = planned(service(header, lines));
  return { plan: plans[0], remarks, code: exitCode(diagnostics) };
};
const settled = (header: string, lines: string) => planOf(service(header, lines));

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

describe('persistence and flags', () => {
  it('follow the keywords', () => {
    const lines =
      'persistence_timeout\npersistence_granularity 255.255.255.0\npersistence_engine sip\n';
    const plan = settled('10.0.0.1 80', `${COMMON}${lines}${RS}`.replace('TCP', 'UDP'));
    expect(plan.services[0]).toMatchObject({
      flags: IP_VS_SVC_F_PERSISTENT,
      timeout: 360,
      netmask: 0xffffff00,
      engine: 'sip',
    });
  });

  it('a granularity alone makes clients stay for 360 s', () => {
    const lines = `${COMMON}persistence_granularity 64\nreal_server 2001:db8::2 80 {\n}\n`;
    expect(settled('2001:db8::1 80', lines).services[0]).toMatchObject({
      timeout: 360,
      netmask: 64,
    });
  });

  it('a granularity of the other family is ignored', () => {
    const { plan, remarks } = settle('10.0.0.1 80', `${COMMON}persistence_granularity 64\n${RS}`);
    expect(plan?.services[0]?.netmask).toBe(0xffffffff);
    expect(remarks).toEqual([
      'Virtual server [10.0.0.1]:tcp:80: persistence_granularity is for IPv6 - ignoring',
    ]);
  });

  it('every port at once needs persistence', () => {
    const { plan, remarks } = settle('10.0.0.1', COMMON + RS);
    expect(plan?.services[0]).toMatchObject({ flags: IP_VS_SVC_F_PERSISTENT, timeout: 360 });
    expect(remarks).toEqual([
      'Virtual server [10.0.0.1]:tcp:0: zero port only valid for persistent services - setting',
    ]);
    expect(settle('10.0.0.1', `${COMMON}persistence_timeout 9\n${RS}`).remarks).toEqual([]);
  });

  it('one-packet scheduling is for UDP and marks', () => {
    const { plan, remarks } = settle('10.0.0.1 80', `${COMMON}ops\n${RS}`);
    expect(plan?.services[0]?.flags).toBe(0);
    expect(remarks).toEqual([
      'Virtual server [10.0.0.1]:tcp:80: one packet scheduling requires UDP - resetting',
    ]);
    const udp = settled('10.0.0.1 80', `${COMMON}ops\n${RS}`.replace('TCP', 'UDP'));
    const mark = settled(
      'fwmark 3',
      `lvs_sched rr\nlvs_method DR\nops\nreal_server 10.0.0.2 {\n}\n`,
    );
    expect([udp.services[0]?.flags, mark.services[0]?.flags]).toEqual([
      IP_VS_SVC_F_ONEPACKET,
      IP_VS_SVC_F_ONEPACKET,
    ]);
  });

  it('the flags of sh and mh are for these schedulers only', () => {
    const lines = 'sh-fallback\nmh-port\n';
    const { plan, remarks } = settle('10.0.0.1 80', `${COMMON.replace('rr', 'sh')}${lines}${RS}`);
    expect(plan?.services[0]?.flags).toBe(IP_VS_SVC_F_SCHED1);
    expect(remarks).toEqual(['mh-port only applies to mh scheduler - ignoring']);
    const mh = settled('10.0.0.1 80', `${COMMON.replace('rr', 'mh')}mh-port\nmh-fallback\n${RS}`);
    expect(mh.services[0]?.flags).toBe(IP_VS_SVC_F_SCHED1 | IP_VS_SVC_F_SCHED2);
  });

  it.each(['sh-port', 'sh-fallback', 'mh-port', 'mh-fallback', 'hashed'])(
    '%s before the scheduler, or for one that hashes nothing, is a mistake',
    (flag) => {
      for (const [before, scheduler] of [
        [`${flag}\n`, 'sh'],
        ['', `rr\n${flag}`],
      ]) {
        const lines = `protocol TCP\nlvs_method NAT\n${before}lvs_sched ${scheduler}\n${RS}`;
        const { plan, remarks, code } = settle('10.0.0.1 80', lines);
        expect(plan?.services[0]?.flags).toBe(0);
        expect(remarks).toEqual([
          `(10.0.0.1 80) ${flag} used before or without lvs_sched sh or mh - ignoring`,
        ]);
        expect(code).toBe(5);
      }
    },
  );

  it.each([
    ['a flag of the other hashing scheduler', `lvs_sched mh\nsh-port\n${RS}`],
    ['a granularity of the other family', `lvs_sched rr\npersistence_granularity 24\n${RS}`],
    [
      'a server written twice, once without the port',
      `lvs_sched rr\n${RS}${RS.replace(' 80', '')}`,
    ],
  ])('%s is remarked, and fine for -t as it is for keepalived', (_, lines) => {
    const { remarks, code } = settle('10.0.0.1 80', `protocol TCP\nlvs_method NAT\n${lines}`);
    expect(remarks).toHaveLength(1);
    expect(code).toBe(0);
  });
});

describe('real servers', () => {
  const DR = COMMON.replace('NAT', 'DR');

  it('without port have that of their service', () => {
    const plan = settled('10.0.0.1 80', `${COMMON}real_server 192.168.0.1 {\n}\n`);
    expect(plan.realServers[0]?.key).toBe('192.168.0.1:80');
  });

  it('that get packets unchanged have the port of their service', () => {
    const { plan, remarks } = settle('10.0.0.1 80', `${DR}real_server 192.168.0.1 81 {\n}\n`);
    expect(plan?.realServers[0]).toMatchObject({ key: '192.168.0.1:80' });
    expect(remarks).toEqual([
      "WARNING - virtual server [10.0.0.1]:tcp:80 and real server [192.168.0.1]:tcp:81 ports don't match - resetting",
    ]);
  });

  it('of a mark have no port unless by NAT', () => {
    const direct = 'lvs_sched rr\nlvs_method DR\nreal_server 192.168.0.1 81 {\n}\n';
    const { plan, remarks } = settle('fwmark 5', direct);
    expect(plan?.realServers[0]?.destination.port).toBe(0);
    expect(remarks).toEqual([
      'WARNING - fwmark virtual server FWM 5, real server [192.168.0.1]:none:81 has port specified - clearing',
    ]);
    const nat = settled('fwmark 5', direct.replace('DR', 'NAT'));
    expect(nat.realServers[0]).toMatchObject({
      key: '192.168.0.1:81',
      name: '[192.168.0.1]:none:81',
    });
  });

  it('stand once', () => {
    const { plan, remarks } = settle('10.0.0.1 80', COMMON + RS + RS.replace(' 80', ''));
    expect(plan?.realServers.length).toBe(1);
    expect(remarks).toEqual([
      'VS [10.0.0.1]:tcp:80: real server [192.168.0.1]:tcp:80 is duplicated - removing second rs',
    ]);
  });

  it('have the family of their service unless behind a tunnel', () => {
    const other = 'real_server fe80::1 80 {\n}\n';
    const { plan, remarks } = settle('10.0.0.1 80', COMMON + other + RS);
    expect(plan?.realServers.map(({ key }) => key)).toEqual(['192.168.0.1:80']);
    expect(remarks).toEqual([
      "Address family of virtual server and real server fe80::1 don't match - skipping real server.",
    ]);
    const tunnel = settled('10.0.0.1 80', COMMON.replace('NAT', 'TUN') + other);
    expect(tunnel.realServers[0]?.key).toBe('[fe80::1]:80');
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

describe('quorum', () => {
  it('is no more than all weights together', () => {
    const { plan, remarks } = settle('10.0.0.1 80', `${COMMON}quorum 9\nhysteresis 20\n${RS}`);
    expect(plan).toMatchObject({ quorum: 1, hysteresis: 0 });
    expect(remarks).toEqual([
      'Warning - quorum 9 for [10.0.0.1]:tcp:80 exceeds total weight of real servers 1, reducing quorum to 1',
      'Virtual server [10.0.0.1]:tcp:80: hysteresis 20 >= quorum 1; setting hysteresis to 0',
    ]);
  });

  it('of servers that all have weight 0 leaves no hysteresis', () => {
    const { plan } = settle('10.0.0.1 80', `${COMMON}${RS.replace('{', '{\nweight 0')}`);
    expect(plan).toMatchObject({ quorum: 0, hysteresis: 0 });
  });
});

describe('the sorry server', () => {
  it('has the method of the service and weight 1', () => {
    const plan = settled('10.0.0.1 80', `${COMMON}weight 5\nsorry_server 192.168.0.9 81\n${RS}`);
    expect(plan.sorryServer).toMatchObject({
      key: '192.168.0.9:81',
      inhibit: false,
      destination: { weight: 1, forwarding: { method: 'NAT' } },
    });
  });

  it('may have a method of its own, whose rules for ports it follows', () => {
    const lines = 'sorry_server 192.168.0.9 81\nsorry_server_lvs_method DR\nsorry_server_inhibit\n';
    const { plan, remarks } = settle('10.0.0.1 80', `${COMMON}${lines}${RS}`);
    expect(plan?.sorryServer).toMatchObject({
      key: '192.168.0.9:80',
      inhibit: true,
      destination: { forwarding: { method: 'DR' } },
    });
    expect(remarks).toEqual([
      "WARNING - virtual server [10.0.0.1]:tcp:80 and sorry server ports don't match - resetting",
    ]);
  });

  it('by NAT keeps port 0, with which the kernel leaves ports as they are', () => {
    const plan = settled('10.0.0.1 80', `${COMMON}sorry_server 192.168.0.9\n${RS}`);
    expect(plan.sorryServer?.key).toBe('192.168.0.9:0');
    const direct = COMMON.replace('NAT', 'DR');
    const other = settled('10.0.0.1 80', `${direct}sorry_server 192.168.0.9\n${RS}`);
    expect(other.sorryServer?.key).toBe('192.168.0.9:80');
  });

  it.each([
    ['setting', '', 'inhibit_on_failure\n', true],
    ['clearing', 'sorry_server_inhibit\n', '', false],
  ])('takes the inhibit setting of a real server that it is: %s', (word, sorry, own, inhibit) => {
    const same = RS.replace('{\n', `{\n${own}`);
    const lines = `${COMMON}sorry_server 192.168.0.1 80\n${sorry}${same}`;
    const { plan, remarks } = settle('10.0.0.1 80', lines);
    expect(plan?.sorryServer?.inhibit).toBe(inhibit);
    expect(remarks).toEqual([
      'Virtual server [10.0.0.1]:tcp:80: real server [192.168.0.1]:tcp:80 matches sorry server,' +
        ` but inhibit setting differs, ${word} on sorry server`,
    ]);
  });

  it('of another family is left out', () => {
    const { plan, remarks } = settle('10.0.0.1 80', `${COMMON}sorry_server fe80::1 80\n${RS}`);
    expect(plan?.sorryServer).toBeUndefined();
    expect(remarks).toEqual([
      "Address family of virtual server and sorry server fe80::1 don't match - skipping sorry server.",
    ]);
  });
});
