import { familyOf } from '@keepalived-ts/base/ip.js';
import { microseconds } from '@keepalived-ts/base/time.js';
import { block, type ConfigOf, keyword } from '#src/config/schema.js';
import type { ValueType } from '#src/config/value-type.js';
import { address, boolean, flag, integer, mistake, weight, word } from '#src/config/values.js';
import { milliseconds } from './milliseconds.js';

/** What bfd.h of keepalived leaves for a name. */
const LONGEST_NAME = 31;

const bfdName: ValueType<string> = {
  ...word,
  usage: 'NAME',
  parse([first], context) {
    if (first === undefined || first.text.length <= LONGEST_NAME) return first?.text;
    return mistake(context, first, `BFD name ${first.text} too long - ignoring the block`);
  },
};

export const bfdInstance = block('bfd_instance', {
  doc: 'A BFD session (RFC 5880) with one neighbour, whose loss is noticed within milliseconds.',
  manual: 'Trackers (`track_bfd`) and checkers (BFD_CHECK) name it.',
  example:
    'bfd_instance upstream {\n' +
    '  neighbor_ip 192.0.2.254\n' +
    '  source_ip 192.0.2.11\n' +
    '  min_tx 100\n' +
    '  min_rx 100\n' +
    '}',
  header: { name: bfdName },
  unique: true,
  keywords: {
    // Compat: to VRRP a session is known by its name, whatever BFD itself thinks of it.
    neighbor_ip: keyword(address, 'The neighbour.')
      .alias('neighbour_ip')
      .required({ isKnown: true }),
    source_ip: keyword(address, 'Our address in the session; of the same family.').unless(
      'as the kernel routes to the neighbour',
    ),
    min_rx: keyword(milliseconds(1, 4294967), 'The shortest interval at which we can receive.')
      .default(microseconds(10_000))
      .counting('milliseconds'),
    min_tx: keyword(milliseconds(1, 4294967), 'The shortest interval at which we want to send.')
      .default(microseconds(10_000))
      .counting('milliseconds'),
    idle_tx: keyword(milliseconds(1000, 4294967), 'How often we send while the session is not up.')
      .default(microseconds(1_000_000))
      .counting('milliseconds'),
    multiplier: keyword(
      integer(1, 255),
      'So many packets missed in a row make the session go down.',
    ).default(5),
    passive: keyword(flag, 'Send nothing before the neighbour does.').default(false),
    ttl: keyword(integer(1, 255), 'TTL or hop limit of what we send.')
      .alias('hoplimit')
      .unless('255 for IPv4, 64 for IPv6'),
    max_hops: keyword(
      integer(-1, 255),
      'So many routers may be in between, judged by the TTL of what comes in; -1: any number.',
    ).default(0),
    multihop: keyword(boolean, 'Speak to UDP port 4784 (RFC 5883) instead of 3784.').default(false),
    weight: keyword(
      weight(253),
      'Added to the priority while the session is up (> 0) or down (< 0); 0: down is FAULT.',
    ).default({ weight: 0, reverse: false }),
    vrrp: keyword(flag, 'Tell VRRP of the session; alone: VRRP only.').default(false),
    checker: keyword(flag, 'Tell checkers of the session; alone: checkers only.').default(false),
  },
  check({ name, neighbor_ip: neighbour, source_ip: source }, report) {
    if (source === undefined || familyOf(source) === familyOf(neighbour)) return;
    report(
      `Configuration error: BFD instance ${name} source address ${source} and neighbor address ` +
        `${neighbour} are not of the same family, disabling instance`,
    );
  },
});

export type BfdInstanceConfig = ConfigOf<typeof bfdInstance>;
