import { describe, expect, it } from 'vitest';
import { COMMON, RS, settle, settled } from '#test/support/lvs-settled.js';

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
