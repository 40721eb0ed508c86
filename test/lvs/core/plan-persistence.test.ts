import {
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
  IP_VS_SVC_F_SCHED1,
  IP_VS_SVC_F_SCHED2,
} from '@keepalived-ts/ipvs-netlink/constants.js';
import { describe, expect, it } from 'vitest';
import { COMMON, RS, settle, settled } from '#test/support/lvs-settled.js';

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
