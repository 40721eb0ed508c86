import { type Duration, seconds } from '@keepalived-ts/base/time.js';
import { keyword } from '../schema.js';
import type { ValueType } from '../value-type.js';
import { boolean, duration, integer, mistake, wholeSeconds } from '../values.js';

const U32 = 4294967295;

/** Announcements on interfaces that hold addresses of an instance and are not its own. */
export interface ExtraGarp {
  /** On every such interface, not only on those with a virtual MAC. */
  all: boolean;
  interval: Duration;
}

/** `least`: 0 where the keyword can also switch it off. */
export function extraGarp(least: 0 | 1): ValueType<ExtraGarp> {
  const time = wholeSeconds(least, 86400);
  return {
    usage: `[all] SECONDS ${least}..86400`,
    least: 1,
    parse(given, context) {
      const all = given[0]?.text === 'all';
      const words = all ? given.slice(1) : given;
      if (words.length === 0) {
        const message = `${context.subject.text} specified without time - ignoring`;
        return mistake(context, context.subject, message);
      }
      const interval = time.parse(words, context);
      return interval === undefined ? undefined : { all, interval };
    },
    print: ({ all, interval }) => `${all ? 'all ' : ''}${time.print(interval)}`,
  };
}

/** How a new master announces its addresses: gratuitous ARP, and neighbour advertisements. */
export const garpGlobals = {
  vrrp_garp_master_delay: keyword(
    wholeSeconds(0, 4294),
    'Time between the announcement of a new master and its repetition; 0 for no repetition.',
  ).unless('5, or 0 with vrrp_min_garp'),
  vrrp_garp_master_repeat: keyword(
    integer(1, U32, { zero: 1 }),
    'How often an address is announced in each of the two batches.',
  ).unless('5, or 1 with vrrp_min_garp'),
  vrrp_garp_master_refresh: keyword(
    wholeSeconds(0, U32),
    'Time between announcements while master; 0 for none.',
  ).default(seconds(0)),
  vrrp_garp_master_refresh_repeat: keyword(
    integer(1, U32, { zero: 1 }),
    'How often an address is announced in each of those.',
  ).unless('1, or 0 with vrrp_min_garp'),
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
    .shown('vrrp_gna_interval 0.001'),
  vrrp_min_garp: keyword(
    boolean,
    'Announce each address once and do not repeat it, for networks that learn fast.',
  ).explained(
    'Numbers that the file has are kept. Refreshes need vrrp_garp_master_refresh_repeat then, too.',
  ),
  vrrp_garp_extra_if: keyword(
    extraGarp(1),
    'Time between announcements on interfaces that carry virtual addresses beside the own one.',
  )
    .skippedAlone()
    .deprecatedAlias('vrrp_vmac_garp_intvl')
    .unless('no such announcements')
    .shown('vrrp_garp_extra_if all 60'),
};
