import { seconds } from '@keepalived-ts/base/time.js';
import { block, type ConfigOf, keyword, nested } from '#src/config/schema.js';
import { scriptCommand } from '#src/config/script-value.js';
import {
  address,
  boolean,
  choice,
  duration,
  flag,
  integer,
  interfaceName,
  list,
  multicast,
  passwordOf,
  wholeSeconds,
  word,
} from '#src/config/values.js';
import { vipLine } from './addresses.js';
import { laterInstance } from './later.js';
import { interfaceTracker, scriptTracker } from './trackers.js';

const authentication = block('authentication', {
  doc: 'The VRRPv2 authentication, gone from the RFCs but still on the wire everywhere.',
  keywords: {
    auth_type: keyword(choice('PASS', 'AH'), 'PASS puts the password, in clear, into each advert.'),
    auth_pass: keyword(passwordOf(8), 'At most 8 characters count.'),
  },
});

const MOST32 = 4294967295;
const MOST31 = 2147483647;

export const vrrpInstance = block('vrrp_instance', {
  doc: 'One virtual router on one interface.',
  header: { name: word },
  unique: true,
  survivesUnnamed: true,
  keywords: {
    interface: keyword(interfaceName, 'Where adverts are sent and heard.').required(),
    virtual_router_id: keyword(
      integer(1, 255, { strict: true }),
      'VRID; unique on the segment.',
    ).required(),
    state: keyword(
      choice('MASTER', 'BACKUP'),
      'Wanted first state; MASTER is for the owner only.',
    ).onlyOnce((former, second) => former === 'MASTER' && second === 'BACKUP'),
    priority: keyword(integer(1, 255, { outside: 100 }), 'Higher wins; 255 owns the addresses.'),
    advert_int: keyword(duration(0.01, 255), 'Time between adverts.').default(seconds(1)),
    version: keyword(integer(2, 3), 'Protocol version.').refused('only version 2 so far'),
    nopreempt: keyword(flag, 'Let a weaker master finish its reign.')
      .default(false)
      .undoing('preempt'),
    preempt: keyword(flag, 'Take over from a weaker master; the default.').undoing('nopreempt'),
    preempt_delay: keyword(
      duration(0, 1000, { outside: 0 }),
      'How long to bear a weaker master first.',
    ).default(seconds(0)),
    mcast_src_ip: keyword(address, 'Source address of adverts.'),
    mcast_dst_ip: keyword(multicast(), 'Another multicast group than vrrp_mcast_group4.'),
    virtual_ipaddress: keyword(list(vipLine), 'Addresses that follow the master.').default([]),
    virtual_ipaddress_excluded: keyword(
      list(vipLine),
      'Addresses that follow the master unannounced.',
    ).default([]),
    authentication: nested(authentication),
    track_interface: keyword(
      list(interfaceTracker),
      'Interfaces whose loss weakens or stops us.',
    ).default([]),
    track_script: keyword(list(scriptTracker), 'Scripts whose failure weakens or stops us.')
      .default([])
      .naming('vrrp_script', 'script'),
    dont_track_primary: keyword(flag, 'Stay up when the own interface goes down.').default(false),
    garp_master_delay: keyword(
      wholeSeconds(0, 4294),
      'Time to the second batch of gratuitous ARP; 0 for none.',
    ),
    garp_master_repeat: keyword(integer(1, MOST32, { zero: 1 }), 'Gratuitous ARPs in a batch.'),
    garp_master_refresh: keyword(wholeSeconds(0, MOST32), 'Time between refreshes; 0 for none.'),
    garp_master_refresh_repeat: keyword(
      integer(1, MOST32, { zero: 1 }),
      'Gratuitous ARPs in a refresh.',
    ),
    garp_lower_prio_delay: keyword(
      wholeSeconds(0, 4294),
      'Time to the second batch after a weaker advert.',
    ),
    garp_lower_prio_repeat: keyword(integer(0, MOST31), 'Gratuitous ARPs after a weaker advert.'),
    down_timer_adverts: keyword(integer(1, 100), 'Adverts missed before the master is held dead.'),
    lower_prio_no_advert: keyword(boolean, 'Do not answer a weaker advert with an advert.'),
    higher_prio_send_advert: keyword(boolean, 'Send one advert before yielding.'),
    notify: keyword(
      scriptCommand,
      'Run on each change with kind, name, state and priority.',
    ).onlyOnce(),
    notify_master: keyword(scriptCommand, 'Run on becoming MASTER.').onlyOnce(),
    notify_backup: keyword(scriptCommand, 'Run on becoming BACKUP.').onlyOnce(),
    notify_fault: keyword(scriptCommand, 'Run on entering FAULT.').onlyOnce(),
    notify_stop: keyword(scriptCommand, 'Run when VRRP stops.').onlyOnce(),
    no_virtual_ipaddress: keyword(flag, 'An instance without addresses is meant so.').default(
      false,
    ),
    debug: keyword(integer(0, 4), 'Accepted for old files.').without('keepalived ignores it too'),

    ...laterInstance,
  },
});

export type VrrpInstanceConfig = ConfigOf<typeof vrrpInstance>;
