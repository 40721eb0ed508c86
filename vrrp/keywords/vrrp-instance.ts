import { seconds } from '@keepalived-ts/base/time.js';
import { block, type ConfigOf, keyword, nested } from '#src/config/schema.js';
import type { ValueType } from '#src/config/value-type.js';
import {
  boolean,
  choice,
  duration,
  flag,
  integer,
  interfaceName,
  list,
  passwordOf,
  word,
} from '#src/config/values.js';
import { vipLine } from './addresses.js';
import { authHmac } from './auth-hmac.js';
import { garp } from './garp.js';
import { instanceNotifications } from './notifications.js';
import { paths } from './paths.js';
import { virtualRoute } from './route-line.js';
import { virtualRule } from './rule-line.js';
import { tracking } from './tracking.js';

const authentication = block('authentication', {
  doc: 'The authentication of VRRPv2: gone from the RFCs, and still spoken everywhere.',
  manual:
    'The password is no secret on the wire: it keeps a router out that was set up by ' +
    'mistake, nobody who listens. Version 3 has no authentication; see auth_hmac.',
  example: 'authentication {\n' + '  auth_type PASS\n' + '  auth_pass s3cret\n' + '}',
  keywords: {
    auth_type: keyword(
      choice('PASS', 'AH'),
      'PASS puts the password, in clear, into each advert; AH signs adverts with it (RFC 2402).',
    ),
    auth_pass: keyword(
      passwordOf(8),
      'The password; all routers of the instance have the same. 8 characters count.',
    ),
  },
});

/** How late is too late, as a priority; without a number the lowest a master can have. */
const lateness: ValueType<number> = {
  ...integer(1, 254),
  usage: '[INTEGER 1..254]',
  least: 0,
  parse: (words, context) =>
    words.length === 0 ? MOST_LATE : integer(1, MOST_LATE).parse(words, context),
};
const MOST_LATE = 254;

/** Who we are, and how we take part in the election. */
const election = {
  state: keyword(
    choice('MASTER', 'BACKUP'),
    'The state to be wanted at start. Only an owner (priority 255) is MASTER at once.',
  )
    .onlyOnce((former, second) => former === 'MASTER' && second === 'BACKUP')
    .unless('MASTER with priority 255, BACKUP otherwise')
    .explained(
      'BACKUP on all nodes is best: a node that starts first listens for a master for about three' +
        ' adverts, and does not interrupt one that works.',
    )
    .shown('state BACKUP'),
  priority: keyword(
    integer(1, 255, { outside: 100 }),
    'The highest one becomes master; 255 is the owner of the addresses.',
  )
    .unless('100, or 255 after state MASTER')
    .explained(
      'Give each node another one; of equal ones the higher address wins. Trackers add to it and' +
        ' take from it within 1 to 254, except from 255.',
    )
    .shown('priority 150'),
  advert_int: keyword(
    duration(0.01, 255),
    'Time between two adverts: whole seconds in version 2, 0.01 to 40.95 in version 3.',
  )
    .default(seconds(1))
    .explained(
      'All routers of the instance must have the same. A backup takes over when it has missed' +
        ' three, so this decides how long an outage lasts.',
    )
    .shown('advert_int 1'),
  down_timer_adverts: keyword(
    integer(1, 100),
    'Adverts missed in a row before the master is taken for dead.',
  ).unless('vrrp_down_timer_adverts'),
  nopreempt: keyword(flag, 'Do not take over from a weaker master; needs state BACKUP.')
    .default(false)
    .undoing('preempt')
    .explained('A node that comes back after a failure then stays backup: one outage, not two.'),
  preempt: keyword(flag, 'Take over from a weaker master, which is the default.').undoing(
    'nopreempt',
  ),
  preempt_delay: keyword(
    duration(0, 1000, { outside: 0 }),
    'Time that a weaker master is borne before we take over from it.',
  )
    .default(seconds(0))
    .explained('Lets a node that has just started warm its caches and learn its routes first.')
    .shown('preempt_delay 60'),
  lower_prio_no_advert: keyword(
    boolean,
    'As master, keep silent when a weaker router sends an advert.',
  ).unless('vrrp_lower_prio_no_advert'),
  higher_prio_send_advert: keyword(
    boolean,
    'As master, send one last advert when a stronger router sends one, then yield.',
  ).unless('vrrp_higher_prio_send_advert'),
  owner_ignore_adverts: keyword(
    boolean,
    'With priority 255, do not even look at adverts of others.',
  ).unless('vrrp_owner_ignore_adverts'),
  timer_expired_backup: keyword(
    lateness,
    'With nopreempt: a master woken so late that one of this priority took over becomes BACKUP.',
  ).deprecatedAlias('thread_timer_expired'),
};

/** What adverts look like, and which are believed. */
const protocol = {
  version: keyword(integer(2, 3), 'Version of the protocol; all routers must speak the same.')
    .onlyOnce((former, second) => former !== second)
    .unless('vrrp_version for IPv4, 3 for IPv6')
    .explained('Version 2 of IPv6 must stand before the first address.'),
  native_ipv6: keyword(flag, 'The instance is of IPv6, whatever its first address is.').default(
    false,
  ),
  v3_checksum_as_v2: keyword(
    boolean,
    'Leave the pseudo header out of the checksum of version 3 over IPv4.',
  ).unless('v3_checksum_as_v2 of global_defs'),
  strict_mode: keyword(
    boolean,
    'Hold to the letter of the RFC: no password, no answer to weaker routers, only an owner accepts.',
  )
    .unless('vrrp_strict')
    .explained(
      'state follows the priority; preempt_delay, down_timer_adverts and what concerns weaker or' +
        ' stronger masters are as the RFC has them; there must be an address; IPv6 is of version 3.',
    ),
  skip_check_adv_addr: keyword(
    boolean,
    "Compare an advert's addresses with ours only when its sender is another than last time.",
  ).unless('vrrp_skip_check_adv_addr'),
  kernel_rx_buf_size: keyword(
    integer(0, 2147483647),
    'Receive buffer of the socket that adverts come in at.',
  )
    .counting('bytes')
    .unless('vrrp_rx_bufs_policy')
    .explained('Instances on one interface share a socket: its buffer has what they ask together.'),
  authentication: nested(authentication),
  auth_hmac: nested(authHmac),
};

/** What a master has and a backup has not. */
const possessions = {
  virtual_ipaddress: keyword(
    list(vipLine),
    'The addresses that follow the master; adverts list them.',
  )
    .default([])
    .shown('virtual_ipaddress { 192.0.2.10/24 dev eth0 label eth0:vip }'),
  virtual_ipaddress_excluded: keyword(
    list(vipLine),
    'More addresses that follow the master, of either family; adverts do not list them.',
  ).default([]),
  no_virtual_ipaddress: keyword(
    flag,
    'That the instance has no addresses is meant: say nothing about it.',
  ).default(false),
  accept: keyword(flag, 'Take packets that are sent to the addresses themselves.')
    .undoing('no_accept')
    .unless('on, except in strict mode')
    .explained('The owner of the addresses always does; with version 2 no other in strict mode.'),
  no_accept: keyword(flag, 'Drop packets that are sent to the addresses, unless we own them.')
    .undoing('accept')
    .explained(
      'Rules of nftables do so, in a table that nftables of global_defs names. They are there ' +
        'before the addresses, and drop what is sent from them, too; neighbour discovery passes.',
    ),
  virtual_routes: keyword(list(virtualRoute), 'Routes that the master has, as ip route has them.')
    .default([])
    .shown('virtual_routes { default via 192.0.2.1 dev eth0 }'),
  virtual_rules: keyword(
    list(virtualRule),
    'Policy rules that the master has, as ip rule has them.',
  )
    .default([])
    .shown('virtual_rules { from 192.0.2.10 table 100 preference 100 }'),
  lvs_sync_daemon_interface: keyword(
    interfaceName,
    'Interface of the IPVS synchronisation that this instance decides about.',
  ).deprecatedFor('lvs_sync_daemon in global_defs'),
};

export const vrrpInstance = block('vrrp_instance', {
  doc: 'One virtual router: addresses that live on one of several machines at a time.',
  manual:
    'All routers of an instance have the same `virtual_router_id` and the same addresses. ' +
    'The one with the highest priority becomes master: it holds the addresses and sends ' +
    'an advert each `advert_int`. When three adverts in a row are missing, the next one ' +
    'takes over within a second or so of the third.\n\n' +
    'Give every node `state BACKUP` and let `priority` decide. With `nopreempt` a node ' +
    'that comes back leaves a master that works in peace, which saves the second ' +
    'interruption. Trackers and scripts take from the priority, or stop the instance ' +
    '(FAULT), when something that the service needs is gone.',
  example:
    'vrrp_instance WEB {\n' +
    '  state BACKUP\n' +
    '  interface eth0\n' +
    '  virtual_router_id 51\n' +
    '  priority 150\n' +
    '  advert_int 1\n' +
    '  nopreempt\n' +
    '  authentication {\n' +
    '    auth_type PASS\n' +
    '    auth_pass s3cret\n' +
    '  }\n' +
    '  virtual_ipaddress {\n' +
    '    192.0.2.10/24 dev eth0 label eth0:vip\n' +
    '  }\n' +
    '  track_interface {\n' +
    '    eth1 weight -20\n' +
    '  }\n' +
    '  notify /usr/local/bin/tell-them\n' +
    '}',
  header: { name: word },
  unique: true,
  survivesUnnamed: true,
  keywords: {
    interface: keyword(
      interfaceName,
      'Where adverts are sent and heard; without one, unicast_src_ip must tell where we are.',
    ),
    virtual_router_id: keyword(
      integer(1, 255, { strict: true }),
      'The number (VRID) that all routers of the instance share, and no other on the network has.',
    ).required({ ofBlock: true, unusable: true }),
    ...election,
    ...protocol,
    ...paths,
    ...possessions,
    ...tracking,
    dont_track_primary: keyword(
      flag,
      'Stay out of FAULT when the interface itself goes down, for links that come and go.',
    ).default(false),
    ...garp,
    ...instanceNotifications,
    debug: keyword(integer(0, 4), 'Accepted for old files.').without('keepalived ignores it too'),
  },
});

export type VrrpInstanceConfig = ConfigOf<typeof vrrpInstance>;
