import { type IpAddress, ip } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import { keyword } from '../schema.js';
import type { ValueType } from '../value-type.js';
import {
  addressOf,
  boolean,
  duration,
  flag,
  integer,
  interfaceName,
  mistake,
  multicast,
  plainText,
  word,
} from '../values.js';

/** `dynamic_interfaces [allow_if_changes]`. */
const dynamicInterfaces: ValueType<'on' | 'allow_if_changes'> = {
  usage: '[allow_if_changes]',
  least: 0,
  parse([first], context) {
    if (first === undefined) return 'on';
    if (first.text === 'allow_if_changes') return 'allow_if_changes';
    const message = `unknown option '${first.text}' of dynamic_interfaces`;
    mistake(context, first, message, 'allow_if_changes');
    return 'on';
  },
  print: (value) => (value === 'on' ? '' : value),
  json: { schema: { enum: ['on', 'allow_if_changes'] }, of: (value) => value },
};

/** An IPv6 multicast group, which should be link-local: adverts never leave the link. */
export const linkGroup6: ValueType<IpAddress> = {
  usage: 'MULTICAST-IPV6ADDR',
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    const group = addressOf(first, context);
    const says = `${context.subject.text} [${first.text}]`;
    if (!group?.includes(':')) return mistake(context, first, `${says} is not IPv6. Skipping`);
    if (!group.startsWith('ff')) {
      return mistake(context, first, `${says} is not multicast. Skipping`);
    }
    if (!/^ff.2:/.test(group)) {
      const message = `${says} should be link-local multicast.`;
      context.report({ severity: 'warning', class: 'general', message, at: first.at });
    }
    return group;
  },
  print: (value) => value,
  json: plainText,
};

/** What holds for every VRRP instance that says nothing else. */
export const vrrpGlobals = {
  vrrp_version: keyword(
    integer(2, 3),
    'Protocol version of instances that name none; those of IPv6 always speak version 3.',
  ).default(2),
  vrrp_mcast_group4: keyword(
    multicast(4),
    'Group that adverts of IPv4 instances are sent to.',
  ).default(ip('224.0.0.18')),
  vrrp_mcast_group6: keyword(
    linkGroup6,
    'Group that adverts of IPv6 instances are sent to.',
  ).default(ip('ff02::12')),
  vrrp_down_timer_adverts: keyword(
    integer(1, 100),
    'Adverts missed in a row before the master is taken for dead.',
  ).default(3),
  vrrp_lower_prio_no_advert: keyword(
    boolean,
    'As master, keep silent when a weaker router sends an advert.',
  ).default(false),
  vrrp_higher_prio_send_advert: keyword(
    boolean,
    'As master, send one last advert when a stronger router sends one, then yield.',
  ).default(false),
  vrrp_owner_ignore_adverts: keyword(
    boolean,
    'Do not even look at adverts of others while the priority is 255.',
  ),
  vrrp_startup_delay: keyword(
    duration(0.001, 4294.967295, { decimals: 3 }),
    'Time between the start of the daemon and that of its instances.',
  ).default(seconds(0)),
  vrrp_delay_after_boot: keyword(
    duration(0.001, 4294.967295),
    'Uptime of the machine before which no instance starts.',
  ).default(seconds(0)),
  dynamic_interfaces: keyword(
    dynamicInterfaces,
    'Accept interfaces that do not exist yet, and wait for them.',
  ).explained(
    'allow_if_changes also accepts that an interface turns into one of another kind under its name.',
  ),
  default_interface: keyword(interfaceName, 'Interface of static addresses that name none.')
    .skippedAlone()
    .unless('eth0'),

  vrrp_strict: keyword(
    boolean,
    'Hold all instances to the letter of the RFC, but those that say strict_mode off.',
  ),
  vrrp_check_unicast_src: keyword(
    flag,
    'Drop unicast adverts that come from nobody in unicast_peer.',
  ),
  vrrp_skip_check_adv_addr: keyword(
    boolean,
    "Compare an advert's addresses with ours only when its sender is another than last time.",
  ),
  v3_checksum_as_v2: keyword(
    flag,
    'Leave the pseudo header out of the checksum of version 3 over IPv4, as some routers do.',
  ),
  log_unknown_vrids: keyword(flag, 'Log adverts for virtual routers that are not configured here.'),
  disable_local_igmp: keyword(
    flag,
    'Send no membership reports for link-local groups (net.ipv4.igmp_link_local_mcast_reports).',
  ),
  vmac_prefix: keyword(word, 'What names of generated virtual MAC interfaces begin with.')
    .onlyOnce()
    .unless('vrrp'),
  vmac_addr_prefix: keyword(
    word,
    'The same for virtual MAC interfaces made for addresses on other interfaces.',
  ).unless('vmac_prefix'),
};
