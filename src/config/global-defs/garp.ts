import { type Duration, seconds } from '@keepalived-ts/base/time.js';
import { keyword } from '../schema.js';
import type { ValueType } from '../value-type.js';
import { boolean, duration, integer, mistake, wholeSeconds } from '../values.js';

const LATER = 'this part of VRRP comes with a later version';
const U32 = 4294967295;

/** Gratuitous ARP on interfaces that hold addresses of an instance and are not its own. */
export interface ExtraGarp {
  /** On every such interface, not only on those with a virtual MAC. */
  all: boolean;
  interval: Duration;
}

const interval = wholeSeconds(1, 86400);

export const extraGarp: ValueType<ExtraGarp> = {
  usage: '[all] SECONDS 1..86400',
  least: 1,
  parse(given, context) {
    const all = given[0]?.text === 'all';
    const words = all ? given.slice(1) : given;
    if (words.length === 0) {
      const message = `${context.subject.text} specified without time - ignoring`;
      return mistake(context, context.subject, message);
    }
    const time = interval.parse(words, context);
    return time === undefined ? undefined : { all, interval: time };
  },
  print: (value) => `${value.all ? 'all ' : ''}${interval.print(value.interval)}`,
};

/** How a new master announces its addresses: gratuitous ARP, and neighbour advertisements. */
export const garpGlobals = {
  vrrp_garp_master_delay: keyword(
    wholeSeconds(0, 4294),
    'Time between the announcement of a new master and its repetition; 0 for no repetition.',
  ).default(seconds(5)),
  vrrp_garp_master_repeat: keyword(
    integer(1, U32, { zero: 1 }),
    'How often an address is announced in each of the two batches.',
  ).default(5),
  vrrp_garp_master_refresh: keyword(
    wholeSeconds(0, U32),
    'Time between announcements while master; 0 for none.',
  ).default(seconds(0)),
  vrrp_garp_master_refresh_repeat: keyword(
    integer(1, U32, { zero: 1 }),
    'How often an address is announced in each of those.',
  ).default(1),
  vrrp_garp_lower_prio_delay: keyword(
    wholeSeconds(0, 4294),
    'Time between an announcement for the sake of a weaker advert and its repetition.',
  ).unless('vrrp_garp_master_delay'),
  vrrp_garp_lower_prio_repeat: keyword(
    integer(0, 2147483647),
    'How often an address is announced for the sake of a weaker advert.',
  ).unless('vrrp_garp_master_repeat'),
  vrrp_garp_interval: keyword(
    duration(0.000001, 4294.967295),
    'Least time between two gratuitous ARPs on one interface.',
  )
    .unless('no pause')
    .shown('vrrp_garp_interval 0.001'),
  vrrp_gna_interval: keyword(
    duration(0.000001, 4294.967295),
    'Least time between two unsolicited neighbour advertisements on one interface.',
  )
    .unless('no pause')
    .refused('IPv6 comes with a later version'),
  vrrp_min_garp: keyword(
    boolean,
    'Announce each address once and do not repeat it, for networks that learn fast.',
  ).refused(LATER),
  vrrp_garp_extra_if: keyword(
    extraGarp,
    'Time between announcements on interfaces that carry virtual addresses beside the own one.',
  )
    .skippedAlone()
    .deprecatedAlias('vrrp_vmac_garp_intvl')
    .unless('no such announcements')
    .shown('vrrp_garp_extra_if all 60')
    .refused(LATER),
};
