import { SCHEDULERS } from '#lvs/keywords/values.js';

/** A virtual server with its lines and real servers, as text. */
const service = (header: string, lines: readonly string[], ...servers: string[]): string =>
  [`virtual_server ${header} {`, ...lines, ...servers, '}'].join('\n');
const server = (where: string, ...lines: string[]): string =>
  [`real_server ${where} {`, ...lines, '}'].join('\n');
const base = (scheduler = 'wlc', method = 'NAT', protocol = 'TCP'): string[] => [
  `protocol ${protocol}`,
  `lvs_sched ${scheduler}`,
  `lvs_method ${method}`,
];
const mark = (scheduler = 'wlc', method = 'NAT'): string[] => base(scheduler, method).slice(1);

const TUNNELS = [
  'TUN',
  'TUN type ipip',
  'TUN type gue port 5555',
  'TUN type gue port 5556 csum',
  'TUN type gue port 5557 remcsum',
  'TUN type gre',
  'TUN type gre csum',
];

const group = (name: string, ...entries: string[]): string =>
  [`virtual_server_group ${name} {`, ...entries, '}'].join('\n');

/** Configurations whose IPVS table has to be the one that keepalived makes of them. */
export const CONFIGS: Readonly<Record<string, string[]>> = {
  'every scheduler over every protocol': SCHEDULERS.flatMap((scheduler, i) =>
    ['TCP', 'UDP', 'SCTP'].map((protocol) =>
      service(
        `10.0.0.${i + 1} 80`,
        base(scheduler, 'NAT', protocol),
        server('10.1.0.1 80', `weight ${i}`),
        server('10.1.0.2 8080'),
        server('10.1.0.3'),
      ),
    ),
  ),

  'every forwarding method, inherited and of its own': ['NAT', 'DR', ...TUNNELS].map((method, i) =>
    service(
      `10.0.1.${i + 1} 80`,
      base('wrr', method),
      server('10.1.0.1 80'),
      server('10.1.0.2 81', 'lvs_method NAT'),
      server('10.1.0.3 80', 'lvs_method DR'),
      server('10.1.0.4 80', 'lvs_method TUN'),
    ),
  ),

  'a forwarding method that changes on the way': [
    service('10.0.8.1 80', [
      ...['protocol TCP', 'lvs_sched rr', server('10.1.0.1 80'), 'lvs_method NAT'],
      ...[server('10.1.0.2 80'), 'lvs_method DR', server('10.1.0.3 80', 'lvs_method NAT')],
      ...[server('10.1.0.4 80'), 'lvs_method TUN'],
    ]),
  ],

  'flags of the service and of its scheduler': [
    ...['sh-port', 'sh-fallback', 'mh-port', 'mh-fallback', 'flag-1', 'flag-2', 'flag-3'].flatMap(
      (flag, i) =>
        ['sh', 'mh', 'wlc'].map((scheduler, j) =>
          service(`10.0.${i}.${j + 1} 80`, [...base(scheduler), flag], server('10.1.0.1 80')),
        ),
    ),
    service('10.0.9.1 53', [...base('rr', 'NAT', 'UDP'), 'ops'], server('10.1.0.1 53')),
    service('10.0.9.2 53', [...base('rr', 'NAT', 'TCP'), 'ops'], server('10.1.0.1 53')),
    service('fwmark 9', [...mark('rr', 'DR'), 'ops'], server('10.1.0.1')),
    service(
      '10.0.9.3 80',
      [...base('sh'), 'sh-port', 'sh-fallback', 'flag-3', 'persistence_timeout 7'],
      server('10.1.0.1 80'),
    ),
  ],

  persistence: [
    service('10.0.2.1 80', [...base(), 'persistence_timeout'], server('10.1.0.1 80')),
    service('10.0.2.2 80', [...base(), 'persistence_timeout 77'], server('10.1.0.1 80')),
    service(
      '10.0.2.3 80',
      [...base(), 'persistence_timeout 2678400', 'persistence_granularity 255.255.254.0'],
      server('10.1.0.1 80'),
    ),
    service('10.0.2.4 80', [...base(), 'persistence_granularity 255.0.0.0'], server('10.1.0.1 80')),
    service('10.0.2.5', base(), server('10.1.0.1'), server('10.1.0.2 80')),
    service('10.0.2.6', base('wlc', 'DR'), server('10.1.0.1'), server('10.1.0.2 80')),
    service('10.0.2.7 0', [...base(), 'persistence_timeout 5'], server('10.1.0.1 0')),
    service(
      '10.0.2.8 5060',
      [...base('rr', 'NAT', 'UDP'), 'persistence_timeout 60', 'persistence_engine sip'],
      server('10.1.0.1 5060'),
    ),
    service(
      '2001:db8::8 80',
      [...base(), 'persistence_timeout 9', 'persistence_granularity 64'],
      server('2001:db8:1::1 80'),
    ),
  ],

  'firewall marks': [
    service('fwmark 1', mark('rr', 'DR'), server('10.1.0.1'), server('10.1.0.2 80')),
    service('fwmark 2', mark('rr', 'NAT'), server('10.1.0.1'), server('10.1.0.2 80')),
    service('fwmark 3', mark('rr', 'TUN'), server('10.1.0.1 81'), server('10.1.0.2')),
    service('fwmark 4', mark('wlc', 'DR'), server('2001:db8:1::1'), server('2001:db8:1::2')),
    service('fwmark 5', [...mark('wlc', 'TUN'), 'ip_family inet6'], server('2001:db8:1::1')),
    service('fwmark 6', [...mark('wlc', 'TUN'), 'ip_family inet'], server('10.1.0.1')),
    service('fwmark 4294967295', [...mark(), 'persistence_timeout 3'], server('10.1.0.1')),
    service(
      'fwmark 8',
      [...mark('wlc', 'NAT'), 'sorry_server 10.1.0.9 80', 'alpha'],
      server('10.1.0.1'),
    ),
  ],

  IPv6: ['NAT', 'DR', ...TUNNELS].map((method, i) =>
    service(
      `2001:db8::${i + 1} 443`,
      base('sed', method),
      server('2001:db8:1::1 443', `weight ${i + 2}`),
      server('2001:db8:1::2'),
      server('fd00::3 443', 'lvs_method TUN'),
    ),
  ),

  'weights and thresholds': [
    service(
      '10.0.3.1 80',
      [...base('wrr'), 'weight 9'],
      server('10.1.0.1 80'),
      server('10.1.0.2 80', 'weight 0'),
      server('10.1.0.3 80', 'weight 65535', 'uthreshold 100', 'lthreshold 50'),
      server('10.1.0.4 80', 'uthreshold 100'),
      server('10.1.0.5 80', 'weight 2147483647'),
    ),
  ],

  'sorry servers, alpha and inhibit before any check': ['NAT', 'DR', 'TUN'].flatMap((method, i) => [
    service(
      `10.0.4.${10 * i + 1} 80`,
      [...base('rr', method), 'sorry_server 10.1.0.9 80'],
      server('10.1.0.1 80'),
    ),
    service(
      `10.0.4.${10 * i + 2} 80`,
      [...base('rr', method), 'alpha', 'sorry_server 10.1.0.9'],
      server('10.1.0.1 80', 'TCP_CHECK {', '}'),
    ),
    service(
      `10.0.4.${10 * i + 3} 80`,
      [...base('rr', method), 'alpha', 'inhibit_on_failure', 'sorry_server 10.1.0.9 81'],
      server('10.1.0.1 80', 'TCP_CHECK {', '}'),
    ),
    service(
      `10.0.4.${10 * i + 4} 80`,
      [...base('rr', method), 'sorry_server 10.1.0.9 80', 'sorry_server_inhibit'],
      server('10.1.0.1 80'),
    ),
    service(
      `10.0.4.${10 * i + 5} 80`,
      [...base('rr', method), 'sorry_server 10.1.0.9 80', 'sorry_server_lvs_method TUN', 'alpha'],
      server('10.1.0.1 80', 'TCP_CHECK {', '}'),
    ),
    service(
      `10.0.4.${10 * i + 6} 80`,
      [...base('rr', method), 'quorum 5', 'hysteresis 2', 'sorry_server 10.1.0.9 80'],
      server('10.1.0.1 80', 'weight 2'),
      server('10.1.0.2 80', 'weight 3'),
    ),
  ]),

  'duplicates, wrong families and missing defaults': [
    service('10.0.5.1 80', [], server('10.1.0.1 80')),
    service('10.0.5.2 80', base(), server('10.1.0.1 80'), server('2001:db8::1 80')),
    service('10.0.5.3 80', base(), server('10.1.0.1 80'), server('10.1.0.1 80', 'weight 5')),
    service('10.0.5.4 80', base()),
    service('10.0.5.5 80', ['protocol TCP', 'lb_algo lc', 'lb_kind DR'], server('10.1.0.1 80')),
    service('10.0.5.6 80', [...base(), 'quorum 100', 'hysteresis 200'], server('10.1.0.1 80')),
  ],

  'virtual server groups': [
    group('one', '10.0.6.1 80'),
    group('range', '10.0.6.2-4 80', '10.0.6.5-10.0.6.6 81', '10.0.6.8/30 82'),
    group('mixed', '10.0.6.20 80', '10.0.6.20 81', 'fwmark 60'),
    group('marks', 'fwmark 61', 'fwmark 62'),
    group('every-port', '10.0.6.30'),
    group('six', '2001:db8:6::1 80', '2001:db8:6::a-c 80', 'fwmark 63 inet6'),
    service('group one', base(), server('10.1.0.1 80'), server('10.1.0.2 8080', 'weight 3')),
    service('group range', base('wrr'), server('10.1.0.1 80', 'weight 4')),
    service('group range', base('rr', 'NAT', 'UDP'), server('10.1.0.1 80')),
    service(
      'group mixed',
      base('wlc', 'DR'),
      server('10.1.0.1 80'),
      server('10.1.0.2'),
      server('10.1.0.3 80', 'lvs_method NAT'),
    ),
    service('group marks', mark('rr', 'NAT'), server('10.1.0.1 80'), server('10.1.0.2 81')),
    service('group every-port', base(), server('10.1.0.1'), server('10.1.0.2 80')),
    service('group six', base('rr'), server('2001:db8:1::1 80'), server('2001:db8:1::2 81')),
    service('group unknown', base(), server('10.1.0.1 80')),
  ],

  'sorry servers of groups': [
    group('a', '10.0.7.1 80', '10.0.7.2 81', 'fwmark 70'),
    group('b', '10.0.7.11 80', '10.0.7.12 81', 'fwmark 71'),
    group('c', '10.0.7.21 80', '10.0.7.22 81'),
    service(
      'group a',
      [...base('rr', 'NAT'), 'alpha', 'sorry_server 10.1.0.9 80'],
      server('10.1.0.1 80', 'TCP_CHECK {', '}'),
    ),
    service(
      'group b',
      [...base('rr', 'DR'), 'alpha', 'inhibit_on_failure', 'sorry_server 10.1.0.9 80'],
      server('10.1.0.1 80', 'TCP_CHECK {', '}'),
    ),
    service(
      'group c',
      [...base('rr', 'NAT'), 'sorry_server 10.1.0.9', 'sorry_server_inhibit'],
      server('10.1.0.1 80'),
    ),
  ],

  'several blocks for one service': [
    service('10.0.8.1 80', base('wrr'), server('10.1.0.1 80', 'weight 2'), server('10.1.0.2 80')),
    service('10.0.8.1 80', base('rr'), server('10.1.0.1 80', 'weight 7'), server('10.1.0.3 80')),
    group('shared', '10.0.8.1 80', '10.0.8.2 80'),
    service('group shared', base('lc'), server('10.1.0.4 80')),
    service('fwmark 80', mark('rr'), server('10.1.0.1')),
    service('fwmark 80', mark('wlc'), server('10.1.0.2')),
  ],
};
