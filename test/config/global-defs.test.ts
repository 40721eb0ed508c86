import { describe, expect, it } from 'vitest';
import { exitCode } from '#src/config/exit-code.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import { dumpOf, loadText, withoutPlaces } from '../support/config.js';

/** A line of global_defs: its value, what is said of it beyond advice, and the exit code. */
function read(line: string) {
  const { config, diagnostics } = loadText(`global_defs {\n${line}\n}\n`);
  const [field = ''] = line.split(/\s/);
  const said = diagnostics.filter((d) => d.class !== 'advice').map(({ message }) => message);
  const values = config.global_defs as Readonly<Record<string, unknown>>;
  return { value: withoutPlaces(values[field]), said, code: exitCode(diagnostics), config };
}

const GOOD: [line: string, value: unknown][] = [
  ['smtp_server 192.0.2.25 587', { host: '192.0.2.25', port: 587 }],
  ['smtp_server 192.0.2.25', { host: '192.0.2.25', port: 25 }],
  ['notification_email {\n a@b c@d\n}', ['a@b', 'c@d']],
  ['vrrp_cpu_affinity 3 0 3', [3, 0]],
  ['max_auto_priority', 99],
  ['max_auto_priority -1', -1],
  ['umask 027', 0o027],
  ['umask 0x3f', 0o077],
  ['umask IWGRP | IRWXO', 0o027],
  ['reload_check_config', ''],
  ['reload_check_config /tmp/log', '/tmp/log'],
  ['include_check', []],
  [
    'include_check match -read',
    [
      { check: 'match', sign: '' },
      { check: 'read', sign: '-' },
    ],
  ],
  ['notify_fifo /run/f root adm', { path: '/run/f', user: 'root', group: 'adm' }],
  ['notify_fifo /run/f', { path: '/run/f' }],
  ['vrrp_garp_extra_if all 60', { all: true, interval: 60_000_000 }],
  ['vrrp_garp_extra_if 5', { all: false, interval: 5_000_000 }],
  ['vrrp_mcast_group6 ff02::99', 'ff02::99'],
  ['vrrp_iptables IN', ['IN']],
  ['nftables', []],
  ['lvs_flush_on_stop', 'all'],
  ['lvs_flush_on_stop VS', 'VS'],
  ['lvs_timeouts tcp 7200 udp 0', { tcp: 7200, udp: 0 }],
  ['lvs_sync_daemon eth0', { interface: 'eth0' }],
  ['lvs_sync_daemon eth0 V', { interface: 'eth0', inst: 'V' }],
  ['lvs_sync_daemon eth0 5 port 9000', { interface: 'eth0', inst: '5', port: 9000 }],
  [
    'lvs_sync_daemon eth0 inst V id 5 maxlen 1400 port 9000 ttl 3 group 224.0.0.5',
    {
      interface: 'eth0',
      inst: 'V',
      id: 5,
      maxlen: 1400,
      port: 9000,
      ttl: 3,
      group: '224.0.0.5',
    },
  ],
  ['vrrp_rx_bufs_policy advert', 'ADVERT'],
  ['vrrp_rx_bufs_policy 5000', 5000],
];

/** What is said, and the value that counts all the same. */
const BAD: [line: string, message: string, value?: unknown][] = [
  ['smtp_server 192.0.2.25 0', "number '0' outside range [1, 65535]"],
  ['process_name abcdefghijklmnopq', 'more than 15 characters, truncating', 'abcdefghijklmno'],
  ['vrrp_rt_priority 100', "number '100' outside range [1, 99]", 99],
  ['vrrp_rt_priority -3', "number '-3' outside range [1, 99]", 1],
  ['vrrp_rt_priority', 'vrrp_rt_priority is missing a parameter'],
  ['vrrp_cpu_affinity', 'no CPU specified'],
  ['vrrp_cpu_affinity x 1', "invalid number 'x'", [1]],
  ['umask 99999', 'invalid umask value 99999'],
  ['umask 088', 'invalid umask value 088'],
  ['umask IXFOO', 'Unknown umask bit IXFOO'],
  ['include_check readable', "Unknown include_check type 'readable' - ignoring"],
  [
    'include_check read match',
    "Duplicate include_check 'match' - ignoring",
    [{ check: 'read', sign: '' }],
  ],
  ['vrrp_garp_extra_if all', 'specified without time - ignoring'],
  ['vrrp_garp_extra_if 0', "number '0' outside range [1, 86400]"],
  ['vrrp_mcast_group6 10.0.0.1', 'is not IPv6. Skipping', 'ff02::12'],
  ['vrrp_mcast_group6 2001:db8::1', 'is not multicast. Skipping', 'ff02::12'],
  ['vrrp_mcast_group6 ff05::12', 'should be link-local multicast.', 'ff05::12'],
  ['lvs_flush_on_stop foo', 'Unknown lvs_flush_on_stop type foo'],
  [
    'lvs_sync_daemon eth0 V 5',
    'Please use keyword "id" before lvs_sync_daemon SYNCID',
    { interface: 'eth0', inst: 'V', id: 5 },
  ],
  ['lvs_sync_daemon eth0 foo bar', "invalid number 'bar'", { interface: 'eth0', inst: 'foo' }],
  [
    'lvs_sync_daemon eth0 id 3 frob',
    "unknown option 'frob' - ignoring",
    { interface: 'eth0', id: 3 },
  ],
  [
    'lvs_sync_daemon eth0 V inst W',
    'inst already specified - ignoring',
    { interface: 'eth0', inst: 'V' },
  ],
  ['lvs_sync_daemon eth0 id 256', "number '256' outside range [0, 255]", { interface: 'eth0' }],
  ['lvs_sync_daemon', 'lvs_sync_daemon is missing a parameter'],
  ['vrrp_rx_bufs_policy foo', "invalid number 'foo'"],
  ['router_id', 'router_id is missing a parameter'],
];

describe('global_defs', () => {
  it.each(GOOD)('%s', (line, value) => {
    const { value: found, said, code, config } = read(line);
    expect(found).toEqual(value);
    expect(said).toEqual([]);
    expect(code).toBe(0);
    const again: { global_defs: GlobalDefsConfig } = loadText(dumpOf(config)).config;
    expect(withoutPlaces(again.global_defs)).toEqual(withoutPlaces(config.global_defs));
  });

  it.each(BAD)('%s', (line, message, value) => {
    const { value: found, said, code } = read(line);
    expect(said.join('\n')).toContain(message);
    expect(code).toBe(5);
    expect(found).toEqual(value);
  });

  it('a value without which keepalived stops ends the reading', () => {
    expect(read('vrrp_version').code).toBe(2);
  });
});
