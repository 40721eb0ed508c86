import { block, type ConfigOf, keyword } from '#src/config/schema.js';
import { duration, interfaceName, list, word } from '#src/config/values.js';

export const trackGroup = block('track_group', {
  doc: 'Instances that go to FAULT when the interface of a static address, route or rule is down.',
  manual:
    'A line of `static_ipaddress`, `static_routes` or `static_rules` names it by ' +
    '`track_group`.',
  example: 'track_group UPLINK {\n' + '  group {\n' + '    WEB\n' + '  }\n' + '}',
  header: { name: word },
  unique: true,
  survivesUnnamed: true,
  keywords: {
    group: keyword(list(word, { words: true }), 'The instances, by name.').default([]),
  },
});

/** Compat: what fits 31 bits of microseconds. */
const interval = duration(0, 2147.483647);

export const garpGroup = block('garp_group', {
  doc: 'Interfaces that share a limit on how fast gratuitous ARP and NA leave them.',
  manual:
    'A switch that learns a hundred addresses of a new master at once may lose some of ' +
    'them: this spreads them over time.',
  example:
    'garp_group {\n' +
    '  garp_interval 0.002\n' +
    '  interfaces {\n' +
    '    eth0\n' +
    '    eth1\n' +
    '  }\n' +
    '}',
  keywords: {
    garp_interval: keyword(interval, 'Time between two gratuitous ARPs; 0 for no limit.').unless(
      'no limit, even with vrrp_garp_interval',
    ),
    gna_interval: keyword(
      interval,
      'Time between two unsolicited neighbour advertisements; 0 for no limit.',
    ).unless('no limit, even with vrrp_gna_interval'),
    interface: keyword(interfaceName, 'The one interface that the limits are for.'),
    interfaces: keyword(
      list(interfaceName, { words: true }),
      'Interfaces that share the limits, such as the ports of one switch.',
    ).default([]),
  },
  check({ garp_interval: garp, gna_interval: gna }, report) {
    if (garp === undefined && gna === undefined) {
      report('garp group does not have any delay set - removing');
    }
  },
});

export type TrackGroupConfig = ConfigOf<typeof trackGroup>;
export type GarpGroupConfig = ConfigOf<typeof garpGroup>;
