import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noKeepalived } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';

const OURS = [process.execPath, join(import.meta.dirname, '../../dist/program/cli.js')];
const THEIRS = ['keepalived'];

const GLOBALS = 'global_defs {\n enable_script_security\n script_user root\n}\n';
const VIPS = '  virtual_ipaddress {\n    10.9.9.9\n  }\n';
const HEAD = 'vrrp_instance V {\n  interface eth0\n  virtual_router_id 1\n';

/** An instance with these lines besides what every instance needs. */
const vr = (lines = ''): string => `${GLOBALS}${HEAD}${lines}\n${VIPS}}\n`;
const withScript = (lines: string, tracker = 's'): string =>
  `${GLOBALS}vrrp_script s {\n script "/bin/true"\n${lines}\n}\n` +
  `${HEAD}${VIPS} track_script {\n ${tracker}\n }\n}\n`;
const globals = (lines: string): string => `global_defs {\n${lines}\n}\n${vr()}`;
const vip = (line: string): string => vr().replace('10.9.9.9', line);
const vs = (lines = '', check = 'TCP_CHECK {\n }'): string =>
  `virtual_server 10.0.0.1 80 {\n lvs_sched rr\n lvs_method NAT\n protocol TCP\n${lines}\n` +
  ` real_server 10.0.0.2 80 {\n ${check}\n }\n}\n`;
const grouped = (entries: string): string =>
  `virtual_server_group g {\n${entries}\n}\n${vs().replace('10.0.0.1 80', 'group g')}`;
const http = (lines: string): string => vs('', `HTTP_GET {\n${lines}\n }`);

/*
 * Left out on purpose: what 2.4 reads otherwise than Debian's 2.2.7 (fractions of script intervals,
 * no_virtual_ipaddress, includes that are checked) and what crashes 2.2.7 (HTTP_GET without url).
 */
const CASES: Record<string, string> = {
  'a good instance': vr(),
  'a good virtual server': vs(),
  'an empty file': '',
  'comments only': '# one\n! two\n',
  'CRLF line ends': vr().replaceAll('\n', '\r\n'),
  tabs: vr().replaceAll(' ', '\t'),
  'a byte order mark': `\ufeff${vr()}`,
  'an unknown keyword': vr('colour blue'),
  'an unknown block': vr('colour {\n red 1\n}'),
  'an unknown root block': `${vr()}colours {\n red 1\n}\n`,
  'keywords of a block at the outermost level': 'interface eth0\npriority 5\n',
  'a brace on the next line': vr().replace('V {', 'V\n{'),
  'no brace at all': vr().replace('V {', 'V'),
  'several words on a line': vr('priority 50 60 70'),
  'all on one line': `${GLOBALS}vrrp_instance V { interface eth0\nvirtual_router_id 1\n virtual_ipaddress { 10.0.0.9 } }\n`,
  'a brace within a word': `lit{eral\n${vr()}`,
  'a stray {': vr('{'),
  'a stray { at the outermost level': `{\n${vr()}`,
  'a } too many': `${vr()}}\n`,
  'a } too few': vr().trimEnd().slice(0, -1),
  'a list without brace': vr().replace('virtual_ipaddress {', 'virtual_ipaddress'),
  'a list with a word before the brace': vr().replace(
    'virtual_ipaddress {',
    'virtual_ipaddress x {',
  ),
  'a list with a brace in it': vip('10.9.9.9 {\n }'),
  'an escaped # in an instance': vr('notify_master /bin/true\\#x root'),
  'a # in double quotes': vr('notify_master "/bin/true #x" root'),
  'a # in single quotes': vr("notify_master '/bin/true #x' root"),
  'an escaped quote in a script': vr('notify_master "/bin/echo \\"a # b\\" c" root'),
  'an odd quote': vr('notify_master "/bin/true'),
  'an odd quote in an ordinary value': globals('router_id "abc'),
  'a quoted keyword': vr('"priority" 50'),
  'an empty script': vr('notify_master ""'),
  'a missing argument': vr('priority'),
  'an instance without name': `${GLOBALS}vrrp_instance {\n}\n`,
  'a script without name': `${GLOBALS}vrrp_script {\n}\n`,
  'an undefined $NAME': vr('priority $X'),
  'no interface': vr().replace('  interface eth0\n', ''),
  'no virtual_router_id': vr().replace('  virtual_router_id 1\n', ''),
  'an interface that does not exist': vr().replace('eth0', 'nosuch0'),
  'one that does not exist and may': globals('dynamic_interfaces').replace('eth0', 'nosuch0'),
  'an interface name too long': vr('interface abcdefghijklmnopqrs'),
  'the same instance twice': vr() + vr().replace(GLOBALS, ''),
  'the same VRID twice': vr() + vr().replace(GLOBALS, '').replace(' V ', ' W '),
  'global_defs twice': `global_defs {\n router_id a\n}\n${vr()}`,
  ...Object.fromEntries(
    ['0', '256', '10x', '0x10', '+10', '" 50"', '""', '-1'].map((n) => [
      `priority ${n}`,
      vr(`priority ${n}`),
    ]),
  ),
  ...Object.fromEntries(
    ['1.', '1e1', '1,5', '1.1234567', '2.000000', '-1', '0', '300'].map((n) => [
      `advert_int ${n}`,
      vr(`advert_int ${n}`),
    ]),
  ),
  'virtual_router_id 0': vr('virtual_router_id 0'),
  'garp_master_repeat 0': vr('garp_master_repeat 0'),
  'garp_master_delay 1.5': vr('garp_master_delay 1.5'),
  'preempt_delay 2000': vr('preempt_delay 2000'),
  'an unknown state': vr('state FOO'),
  'state MASTER, then BACKUP': vr('state MASTER\nstate BACKUP'),
  'state BACKUP, then MASTER': vr('priority 255\nstate BACKUP\nstate MASTER'),
  'nopreempt with MASTER': vr('state MASTER\nnopreempt'),
  'a boolean in capitals': vr('lower_prio_no_advert ON'),
  'a password too long': vr('authentication {\n auth_type PASS\n auth_pass 123456789\n}'),
  'no password': vr('authentication {\n auth_type PASS\n}'),
  'an unknown auth_type': vr('authentication {\n auth_type FOO\n auth_pass 1\n}'),
  'two scripts for one event': vr('notify_master /bin/true root\nnotify_master /bin/false root'),
  'a notify script that does not exist': vr('notify_master /no/such root'),
  'a source address that is none': vr('mcast_src_ip foo'),
  'a source address with prefix': vr('mcast_src_ip 10.0.0.1/24'),
  'a group that is none': vr('mcast_dst_ip 10.0.0.1'),
  'an address with a bad prefix': vip('10.9.9.9/64'),
  'a name for an address': vip('host.name'),
  'an address of the other family': vip('10.9.9.9\n fe80::1'),
  'all options of an address': vip('10.9.9.9/24 brd + dev eth0 scope link label eth0:1 no_track'),
  'an unknown option of an address': vip('10.9.9.9 colour'),
  'an option without value': vip('10.9.9.9 dev'),
  'an unknown scope': vip('10.9.9.9 scope foo'),
  'an unknown device of an address': vip('10.9.9.9 dev nosuch9'),
  'a label too long': vip('10.9.9.9 label abcdefghijklmnopq'),
  'a bad broadcast address': vip('10.9.9.9 brd xyz'),
  'a tracker of weight 254': vr('track_interface {\n lo weight 254\n}'),
  'a tracker with an unknown option': vr('track_interface {\n lo colour\n}'),
  'the own interface tracked': vr('track_interface {\n eth0\n}'),
  'an unknown script tracked': vr('track_script {\n nope\n}'),
  'a later script tracked': `${vr('track_script {\n s\n}')}vrrp_script s {\n script "/bin/true"\n}\n`,
  'a good script': withScript('interval 2\nweight 10\nrise 2\nfall 3'),
  'a script with interval 0': withScript('interval 0'),
  'a script with timeout 0': withScript('timeout 0'),
  'a script with weight 300': withScript('weight 300'),
  'a script with an unknown weight option': withScript('weight 10 foo'),
  'a script with rise 0': withScript('rise 0'),
  'a script of an unknown user': withScript('user nosuchuser'),
  'a script that does not exist': withScript('').replace('/bin/true', '/no/such'),
  'a script block without script': withScript('').replace(' script "/bin/true"\n', ''),
  'a script tracked by an impossible weight': withScript('', 's weight 300'),
  'scripts without script security': withScript('').replace(' enable_script_security\n', ''),
  'an unknown keyword in global_defs': globals('colour'),
  'vrrp_version 4': globals('vrrp_version 4'),
  'a group in global_defs that is none': globals('vrrp_mcast_group4 10.0.0.1'),
  'a garp interval of 0': globals('vrrp_garp_interval 0'),
  ...Object.fromEntries(
    [
      '',
      'state MASTER',
      'state MASTER\npriority 100',
      'state BACKUP\npriority 255\nnopreempt',
      'preempt_delay 5',
      'down_timer_adverts 5',
      'lower_prio_no_advert off',
      'accept',
      'version 3\naccept',
      'unicast_peer {\n 10.9.9.8\n}',
      'authentication {\n auth_type AH\n auth_pass x\n}',
    ].map((lines) => [`strict ${lines}`, vr(`strict_mode\n${lines}`)]),
  ),
  'strict with IPv6': `global_defs {\n vrrp_strict\n}\n${vip('2001:db8::1').replace(GLOBALS, '')}`,
  'strict without addresses': vr('strict_mode').replace(VIPS, ''),
  'an unknown IPVS timeout': globals('lvs_timeouts foo 5'),
  'no IPVS timeout': globals('lvs_timeouts'),
  'an IPVS timeout too long': globals('lvs_timeouts tcp 3000000'),
  'a script_user that does not exist': vr().replace('script_user root', 'script_user nosuchuser'),
  'no recipients of mail': globals('notification_email {\n}'),
  'an unknown keyword in a virtual server': vs('nat_mask 255.255.255.0'),
  'a virtual server with a bad address': vs().replace('10.0.0.1', '10.0.0.1.3'),
  'a virtual server with a bad port': vs().replace('80', '99999'),
  'a virtual server by firewall mark': vs()
    .replace('10.0.0.1 80', 'fwmark 5')
    .replace(' protocol TCP\n', ''),
  'a virtual server without real servers':
    'virtual_server 10.0.0.1 80 {\n lvs_sched rr\n protocol TCP\n}\n',
  'a real server with a bad address': vs().replace('10.0.0.2', '10.0.0.256'),
  'an unknown scheduler': vs('lvs_sched foo'),
  ...Object.fromEntries(
    [
      'use_vmac v1\nuse_vmac 02:00:00:00:00:08',
      'use_vmac v1\nuse_vmac v2',
      'use_vmac 02:00:00:00:00:07\nuse_vmac 02:00:00:00:00:08',
      'use_vmac v1 v2',
      'use_ipvlan 10.9.9.7/24 10.9.9.8/24',
      'use_vmac v1\nuse_ipvlan 10.9.9.7/24 v2',
    ].map((lines) => [`twice: ${lines}`, vr(lines)]),
  ),
  'an unknown method': vs('lvs_method FOO'),
  'an unknown protocol': vs('protocol FOO'),
  'a protocol in small letters': vs('protocol tcp'),
  'quorum 0': vs('quorum 0'),
  'a quorum beyond all weights': vs('quorum 2'),
  'hysteresis beyond the quorum': vs('quorum 1\nhysteresis 2'),
  'persistence_timeout 0': vs('persistence_timeout 0'),
  'persistence_timeout alone': vs('persistence_timeout'),
  'a bad granularity': vs('persistence_granularity foo'),
  'delay_loop 6x': vs('delay_loop 6x'),
  'connect_timeout 0': vs('connect_timeout 0'),
  'a sorry server': vs('sorry_server 10.0.0.9 80'),
  'a sorry server with a bad address': vs('sorry_server foo 80'),
  'sorry_server_inhibit without sorry server': vs('sorry_server_inhibit'),
  'a virtual server that is a group': grouped('10.0.0.1-3 80'),
  'a group of both families': grouped('10.0.0.1 80\n2001:db8::1-f 80'),
  'a group with a bad range': grouped('10.0.0.5-1 80'),
  'a group with a prefix that has host bits': grouped('10.0.0.1/30 80'),
  'a group without entries': grouped(''),
  'a group of marks with a protocol': grouped('fwmark 5'),
  'a group of every port': grouped('10.0.0.1'),
  'a mark without number in a group': grouped('fwmark'),
  'an unknown group': vs().replace('10.0.0.1 80', 'group nobody'),
  'the same virtual server twice': vs() + vs(),
  'a persistence engine too long': vs('persistence_engine abcdefghijklmnopq'),
  'a family that is not that of the address': vs('ip_family inet6'),
  'a snmp_name without name': vs('snmp_name'),
  ...Object.fromEntries(
    [
      'lvs_sync_daemon',
      'lvs_sync_daemon eth0 V 5',
      'lvs_sync_daemon eth0 foo bar',
      'lvs_sync_daemon eth0 id 3 frob',
      'lvs_sync_daemon eth0 ttl 0',
      'lvs_sync_daemon eth0 group 10.0.0.1',
      'lvs_flush_on_stop foo',
      'max_auto_priority 100',
      'vrrp_rt_priority 100',
      'vrrp_cpu_affinity',
      'umask 99999',
      'include_check readable',
      'process_name abcdefghijklmnopq',
      'smtp_server 10.0.0.1 99999',
      'vrrp_mcast_group6 ff05::12',
      'vrrp_garp_extra_if all',
      'router_id',
      'vrrp_version',
      'notify_fifo',
    ].map((line) => [`global_defs: ${line}`, globals(line)]),
  ),
  'an unknown checker': vs('', 'TPC_CHECK {\n }'),
  'a checker with connect_port 0': vs('', 'TCP_CHECK {\n connect_port 0\n }'),
  'nb_get_retry in TCP_CHECK': vs('', 'TCP_CHECK {\n nb_get_retry 3\n }'),
  'nb_get_retry in HTTP_GET': http('nb_get_retry 3\n url {\n path /\n }'),
  'a good HTTP_GET': http('url {\n path /\n status_code 200\n }'),
  'an impossible status code': http('url {\n path /\n status_code 2000\n }'),
  'a digest that is none': http('url {\n path /\n digest abc\n }'),
};

const reasons = [noNamespaces, noKeepalived].filter((reason) => reason !== undefined);

describe.skipIf(reasons.length > 0)(
  `the exit code of -t is that of Debian's keepalived ${reasons.join(', ')}`.trim(),
  () => {
    let lan: Lan;
    let node: NetNode;
    beforeAll(async () => {
      lan = await Lan.create({ nodes: ['a'] });
      node = lan.node('a');
    });
    afterAll(() => lan.remove());

    const verdict = (
      program: readonly string[],
      file: string,
    ): { code: number | null; text: string } => {
      const [command = '', ...argv] = node.command([...program, '-t', '-f', file]);
      const { status, stderr } = spawnSync(command, argv, { encoding: 'utf8', timeout: 60_000 });
      return { code: status, text: stderr };
    };

    it.each(Object.entries(CASES))('%s', (name, text) => {
      const file = join(node.directory, 'case.conf');
      writeFileSync(file, text);
      const theirs = verdict(THEIRS, file);
      expect([0, 2, 4, 5, 6], theirs.text).toContain(theirs.code);
      const ours = verdict(OURS, file);
      expect(ours.code, `${name}\ntheirs: ${theirs.text}\nours: ${ours.text}`).toBe(theirs.code);
    });
  },
);
