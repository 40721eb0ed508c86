import { describe, expect, it } from 'vitest';
import { desiredTable } from '#lvs/core/table.js';
import { exitCode } from '#src/config/exit-code.js';
import { planned } from '../../support/lvs-plan.js';

const RS = ' real_server 10.1.0.1 80 {\n }\n';
const COMMON = ' lvs_sched rr\n lvs_method NAT\n protocol TCP\n';

/** A group of these entries, and the virtual server that uses it. */
const grouped = (entries: string, lines = COMMON, servers = RS) => {
  const group = `virtual_server_group g {\n${entries}\n}\n`;
  const { plans, remarks, diagnostics } = planned(
    `${group}virtual_server group g {\n${lines}${servers}}\n`,
  );
  const table = [...desiredTable(plans, new Map())].flatMap(([key, { destinations }]) =>
    [...destinations].map(([server, { weight }]) => `${key} -> ${server} w${weight}`),
  );
  return { plans, remarks, table, code: exitCode(diagnostics) };
};
const services = (entries: string): string[] => [
  ...desiredTable(grouped(entries).plans, new Map()).keys(),
];

describe('a virtual_server_group', () => {
  it.each([
    ['10.0.0.1 80', ['TCP 10.0.0.1:80']],
    ['10.0.0.9-11 80', ['TCP 10.0.0.9:80', 'TCP 10.0.0.10:80', 'TCP 10.0.0.11:80']],
    ['10.0.0.255-10.0.1.0 80', ['TCP 10.0.0.255:80', 'TCP 10.0.1.0:80']],
    ['10.0.0.6/31 80', ['TCP 10.0.0.6:80', 'TCP 10.0.0.7:80']],
    ['10.0.0.1 80\n10.0.0.1 80\n10.0.0.1 81', ['TCP 10.0.0.1:80', 'TCP 10.0.0.1:81']],
  ])('has a service for each address: %s', (entries, expected) => {
    expect(services(entries)).toEqual(expected);
  });

  it('has them of IPv6, too', () => {
    const server = ' real_server fd00::1 443 {\n }\n';
    const { table, remarks } = grouped('2001:db8::ff-101 443', COMMON, server);
    expect(table).toEqual([
      'TCP [2001:db8::ff]:443 -> [fd00::1]:443 w1',
      'TCP [2001:db8::100]:443 -> [fd00::1]:443 w1',
      'TCP [2001:db8::101]:443 -> [fd00::1]:443 w1',
    ]);
    expect(remarks).toEqual([]);
  });

  it('is one virtual server, with one quorum, by the name of the group', () => {
    const { plans, remarks } = grouped('10.0.0.1-9 80\nfwmark 5');
    expect(plans.map(({ key, name }) => [key, name])).toEqual([['group g 0', '[g]:0']]);
    expect(plans[0]?.realServers.map(({ name }) => name)).toEqual(['[10.1.0.1]:tcp:80']);
    expect(remarks).toEqual([]);
  });

  it('gives servers behind NAT their own port, others that of the entry', () => {
    const servers = `${RS} real_server 10.1.0.2 80 {\n  lvs_method DR\n }\n`;
    const { table, remarks } = grouped('10.0.0.1 80\n10.0.0.1 81\nfwmark 7', COMMON, servers);
    expect(table).toEqual([
      'TCP 10.0.0.1:80 -> 10.1.0.1:80 w1',
      'TCP 10.0.0.1:80 -> 10.1.0.2:80 w1',
      'TCP 10.0.0.1:81 -> 10.1.0.1:80 w1',
      'TCP 10.0.0.1:81 -> 10.1.0.2:81 w1',
      'FWM 7 inet -> 10.1.0.1:80 w1',
      'FWM 7 inet -> 10.1.0.2:0 w1',
    ]);
    expect(remarks).toEqual([
      "virtual server [g]:0:[TCP 10.0.0.1:81] and real server [10.1.0.2]:tcp:80 ports don't match",
    ]);
  });

  it('of both families gives each server the entries of its own', () => {
    const servers = `${RS} real_server fd00::1 80 {\n }\n`;
    const { table, code } = grouped('10.0.0.1 80\n2001:db8::1 80', COMMON, servers);
    expect(table).toEqual([
      'TCP 10.0.0.1:80 -> 10.1.0.1:80 w1',
      'TCP [2001:db8::1]:80 -> [fd00::1]:80 w1',
    ]);
    expect(code).toBe(0);
  });

  it('of both families gives a tunnelled server all of them', () => {
    const { table, remarks } = grouped('10.0.0.1 80\n2001:db8::1 80', COMMON.replace('NAT', 'TUN'));
    expect(table).toEqual([
      'TCP 10.0.0.1:80 -> 10.1.0.1:80 w1',
      'TCP [2001:db8::1]:80 -> 10.1.0.1:80 w1',
    ]);
    expect(remarks).toEqual([]);
  });

  it('has services of the family that a mark is written with', () => {
    const { plans } = grouped('fwmark 5 inet6\nfwmark 6', ' lvs_sched rr\n lvs_method TUN\n');
    expect(plans[0]?.services.map(({ id }) => id)).toEqual([
      { kind: 'fwmark', mark: 5, family: 6 },
      { kind: 'fwmark', mark: 6, family: 4 },
    ]);
  });

  it('may be used by several virtual servers', () => {
    const user = `virtual_server group g {\n${COMMON.replace('TCP', 'UDP')}${RS}}\n`;
    const { plans } = grouped('10.0.0.1 80', COMMON, `${RS}}\n${user}`.replace(/}\n$/, ''));
    expect(plans.map(({ name }) => name)).toEqual(['[g]:0', '[g]:1']);
    expect([...desiredTable(plans, new Map()).keys()]).toEqual([
      'TCP 10.0.0.1:80',
      'UDP 10.0.0.1:80',
    ]);
  });
});

describe('what is wrong with a virtual_server_group', () => {
  it.each([
    ['10.0.0.5-1 80', 'Address range end is not greater than address range start - 10.0.0.5-1'],
    ['10.0.0.9-10.0.0.1 80', 'Address range end is less than address range start - 10.0.0.9-'],
    ['10.0.0.1-300 80', "Virtual server group range '10.0.0.1-300' end '300' too large"],
    ['10.0.0.1-x 80', "Virtual server group range '10.0.0.1-x' has extra characters at end 'x'"],
    ['10.0.0.1/30 80', 'Address mask bits not empty - 10.0.0.1/30 - skipping'],
    ['10.0.0.0/33 80', 'Invalid netmask - 10.0.0.0/33 - skipping'],
    ['10.0.0.0/0 80', 'Invalid netmask - 10.0.0.0/0 - skipping'],
    ['10.0.0.1-2001:db8::1 80', 'Address range of two families'],
    ['name 80', 'Invalid virtual server group IP address'],
    ['10.0.0.1 99999', "number '99999' outside range [1, 65535]"],
    ['fwmark 5 ipx', "unknown fwmark 'ipx'"],
    ['', 'virtual server group g has no entries - removing'],
  ])('%s', (entries, message) => {
    const { plans, remarks, code } = grouped(entries);
    expect(plans).toEqual([]);
    expect(remarks.join('\n')).toContain(message);
    expect(code).toBe(5);
  });

  it('a mark without its number ends the reading, as in keepalived', () => {
    expect(grouped('fwmark').code).toBe(2);
  });

  it('a mark of 0 and a range too large are left out', () => {
    const { plans, remarks, code } = grouped('10.0.0.1 80\nfwmark 0\n10.0.0.0/8 80');
    expect(plans[0]?.services).toHaveLength(1);
    expect(remarks).toEqual([
      '[g]:0: mark 0 is no mark - ignoring',
      '[g]:0: more than 65536 addresses - ignoring the range',
    ]);
    expect(code).toBe(0);
  });

  it('a protocol for marks alone, and none for addresses', () => {
    expect(grouped('fwmark 5').remarks).toEqual([
      'Warning: Virtual server [g]:0: protocol specified for fwmark - protocol will be ignored',
    ]);
    expect(grouped('10.0.0.1 80', ' lvs_sched rr\n lvs_method NAT\n').remarks).toEqual([
      'Virtual server [g]:0: no protocol set - defaulting to UDP',
    ]);
  });

  it('ha_suspend with marks', () => {
    const inner = ' lvs_sched rr\n lvs_method NAT\n ha_suspend\n';
    const { plans, remarks } = grouped('fwmark 5', inner);
    expect(plans[0]?.awaits).toEqual([]);
    expect(grouped('10.0.0.5-6 80', inner).plans[0]?.awaits).toEqual(['10.0.0.5', '10.0.0.6']);
    expect(remarks).toContain(
      'Virtual server [g]:0: cannot use ha_suspend with fwmarks - clearing ha_suspend',
    );
  });
});
