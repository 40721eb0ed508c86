import type { VrrpCounter } from '../counters.js';
import type { VrrpCounts, VrrpView } from '../mib/view.js';

type Line = readonly [title: string, name: VrrpCounter];

/** Titles over lines; a line without title over it stands one level higher. */
const LAYOUT: readonly (Line | readonly [title: string, lines: readonly Line[]])[] = [
  [
    'Advertisements',
    [
      ['Received', 'advert_rcvd'],
      ['Sent', 'advert_sent'],
    ],
  ],
  ['Became master', 'become_master'],
  ['Released master', 'release_master'],
  [
    'Packet Errors',
    [
      ['Length', 'packet_len_err'],
      ['TTL', 'ip_ttl_err'],
      ['Invalid Type', 'invalid_type_rcvd'],
      ['Advertisement Interval', 'advert_interval_err'],
      ['Address List', 'addr_list_err'],
    ],
  ],
  [
    'Authentication Errors',
    [
      ['Invalid Type', 'invalid_authtype'],
      ['Type Mismatch', 'authtype_mismatch'],
      ['Failure', 'auth_failure'],
    ],
  ],
  [
    'Authentication Extension Errors',
    [
      ['Missing', 'auth_ext_missing'],
      ['Malformed', 'auth_ext_malformed'],
      ['Unknown Key', 'auth_ext_unknown_key'],
      ['Invalid HMAC', 'auth_ext_invalid_hmac'],
      ['Stale', 'auth_ext_stale'],
      ['Replay', 'auth_ext_replay'],
    ],
  ],
  [
    'Priority Zero',
    [
      ['Received', 'pri_zero_rcvd'],
      ['Sent', 'pri_zero_sent'],
    ],
  ],
];

/** The statistics of all instances, as keepalived writes them on SIGUSR2. */
export const statisticsText = (view: VrrpView): string =>
  view.instances
    .map(({ config, counts }) => [`VRRP Instance: ${config.name}`, ...linesOf(counts)].join('\n'))
    .map((text) => `${text}\n`)
    .join('');

const linesOf = (counts: VrrpCounts): string[] =>
  LAYOUT.flatMap(([title, of]) => {
    if (typeof of === 'string') return [`  ${title}: ${counts[of] ?? 0}`];
    return [`  ${title}:`, ...of.map(([line, name]) => `    ${line}: ${counts[name] ?? 0}`)];
  });
