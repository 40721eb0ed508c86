import { block, type ConfigOf, keyword, several } from '#src/config/schema.js';
import { scriptCommand } from '#src/config/script-value.js';
import { boolean, choice, duration, flag, integer, word } from '#src/config/values.js';
import { forwarding } from './forwarding.js';
import { realServer } from './real-server.js';
import {
  engineName,
  granularity,
  optionalTimeout,
  protocol,
  scheduler,
  serverAddress,
  serviceName,
} from './values.js';

/** Schedulers that hash; a flag of the one is passed over by the other, see lvs/core. */
const HASHING = ['sh', 'mh'] as const;
const CHECKER = "the checker's own";
const U32 = 4294967295;

/** What decides where a packet goes. */
const scheduling = {
  ip_family: keyword(choice('inet', 'inet6'), 'Family of the packets with this firewall mark.')
    .explained('Needed only where all real servers are behind tunnels, which may change family.')
    .unless('the family of the real servers'),
  lvs_sched: keyword(scheduler, 'How the kernel chooses the server for a new connection.')
    .alias('lb_algo')
    .unless('wlc, with a warning')
    .shown('lvs_sched wrr'),
  lvs_method: keyword(
    forwarding,
    'How packets reach the real servers: translated (NAT), on the same network (DR), in a tunnel (TUN).',
  )
    .alias('lb_kind')
    .explained(
      'Of several the one that stands before a real server counts for it, or else the last.',
    )
    .unless('NAT, with a warning')
    .shown('lvs_method TUN type gue port 5555'),
  protocol: keyword(protocol, 'Protocol of the packets; a firewall mark has every one.').unless(
    'UDP, with a warning',
  ),
  persistence_timeout: keyword(
    optionalTimeout,
    'How long a client that has gone stays with its server; 360 when no number is given.',
  )
    .counting('seconds')
    .unless('every connection is on its own'),
  persistence_granularity: keyword(
    granularity,
    'Which clients count as one: a netmask, or an IPv6 prefix length.',
  )
    .explained('Alone it means persistence_timeout 360.')
    .unless('each address for itself')
    .shown('persistence_granularity 255.255.255.0'),
  persistence_engine: keyword(
    engineName,
    'Module of the kernel that tells clients apart by more than their address, such as sip.',
  ),
  ops: keyword(flag, 'Choose a server for each datagram anew; for UDP and firewall marks.').default(
    false,
  ),
  'flag-1': keyword(flag, 'First flag of the scheduler.').default(false),
  'flag-2': keyword(flag, 'Second flag of the scheduler.').default(false),
  'flag-3': keyword(flag, 'Third flag of the scheduler.').default(false),
  'sh-port': keyword(flag, "With lvs_sched sh: hash the client's port besides its address.")
    .default(false)
    .after('lvs_sched', ...HASHING),
  'sh-fallback': keyword(flag, 'With lvs_sched sh: choose another server for one of weight 0.')
    .default(false)
    .after('lvs_sched', ...HASHING),
  'mh-port': keyword(flag, "With lvs_sched mh: hash the client's port besides its address.")
    .default(false)
    .after('lvs_sched', ...HASHING),
  'mh-fallback': keyword(flag, 'With lvs_sched mh: choose another server for one of weight 0.')
    .default(false)
    .after('lvs_sched', ...HASHING),
  hashed: keyword(flag, 'Formerly a flag of sh.')
    .default(false)
    .after('lvs_sched', ...HASHING)
    .without('the kernel sets and ignores it by itself'),
};

/** What real servers and checkers inherit that say nothing else. */
const inherited = {
  weight: keyword(integer(1, 2147483647), 'Weight of real servers that name none.').default(1),
  inhibit_on_failure: keyword(
    flag,
    'Set the weight of a failed server to 0 and leave it in the table, instead of removing it.',
  ).default(false),
  alpha: keyword(
    flag,
    'Take real servers for down until their checkers have succeeded for the first time.',
  ).default(false),
  delay_loop: keyword(duration(0.000001), 'Time between two checks of a real server.').unless(
    '60 seconds',
  ),
  retry: keyword(
    integer(1, U32),
    'Attempts of a checker after the first failed one, before its server counts as down.',
  ).unless(CHECKER),
  delay_before_retry: keyword(duration(0), 'Time between those attempts.').unless(CHECKER),
  warmup: keyword(
    duration(0),
    'Checks begin at a random moment within this time, so that not all begin at once.',
  ).unless('delay_loop'),
  connect_timeout: keyword(
    duration(0.000001, 4294.967295),
    'How long a checker waits for a connection, and again for an answer.',
  ).unless('5 seconds'),
  virtualhost: keyword(word, 'Host that HTTP checks ask for.').skippedAlone().replacedWithError(),
};

/** When the service as a whole is up, and what happens when it is not. */
const quorum = {
  quorum: keyword(
    integer(1, U32),
    'Sum of the weights of live servers that the service needs to be up.',
  ).default(1),
  hysteresis: keyword(
    integer(0, U32),
    'How far the sum must rise above the quorum to gain it, and fall below to lose it.',
  ).default(0),
  quorum_up: keyword(scriptCommand, 'Program to run when the quorum is gained.').onlyOnce(),
  quorum_down: keyword(scriptCommand, 'Program to run when the quorum is lost.').onlyOnce(),
  sorry_server: keyword(
    serverAddress,
    'Server that takes the place of all others while there is no quorum.',
  ).shown('sorry_server 10.0.0.99 80'),
  sorry_server_inhibit: keyword(
    flag,
    'Leave the sorry server in the table at weight 0 while it is not needed.',
  )
    .default(false)
    .after('sorry_server'),
  sorry_server_lvs_method: keyword(forwarding, 'How packets reach the sorry server.')
    .after('sorry_server')
    .unless('lvs_method'),
  omega: keyword(
    flag,
    'Tell at the end of the daemon that servers and quorum are down: scripts, fifos and mail.',
  ).default(false),
};

export const virtualServer = block('virtual_server', {
  doc: 'A service that IPVS balances over real servers, and how these are checked.',
  manual:
    'It is an address and port, a firewall mark, or all entries of a `virtual_server_group`.' +
    ' Port 0, or none, is every port, and needs persistence.\n\n' +
    'A real server that its checkers find down leaves the table and comes back by itself. When' +
    ' the weights of those that are left fall below the `quorum`, the `sorry_server` takes over.',
  example:
    'virtual_server 192.0.2.10 80 {\n  protocol TCP\n  lvs_sched wlc\n  lvs_method DR\n' +
    '  delay_loop 5\n  persistence_timeout 300\n  sorry_server 10.0.0.99 80\n' +
    '  real_server 10.0.0.1 80 {\n    weight 2\n    HTTP_GET {\n      url {\n' +
    '        path /health\n        status_code 200\n      }\n    }\n  }\n' +
    '  real_server 10.0.0.2 80 {\n    TCP_CHECK {\n    }\n  }\n}\n' +
    'virtual_server fwmark 5 {\n  lvs_sched rr\n  lvs_method DR\n' +
    '  real_server 10.0.0.1 {\n  }\n}',
  header: { service: serviceName },
  keywords: {
    ...scheduling,
    ...inherited,
    ...quorum,
    ha_suspend: keyword(
      flag,
      'Check only while the address of the virtual server is on this machine.',
    )
      .default(false)
      .explained(
        'Where no check runs the real servers stay as they are. A group is checked while any of its ' +
          'addresses is here; one with firewall marks always.',
      ),
    smtp_alert: keyword(boolean, 'Send mail when the quorum is gained or lost.').unless(
      'smtp_alert_checker or smtp_alert of global_defs, else off',
    ),
    snmp_name: keyword(word, 'Name of the virtual server in SNMP tables.')
      .skippedAlone()
      .replacedWithError(),
    // Compat: the method that stands before a real server is its own.
    real_server: several(realServer).inheriting('lvs_method'),
  },
  check({ real_server, lvs_method }) {
    // What the service says in the end need not be said by each of its servers.
    for (const server of real_server) {
      if (server.lvs_method === lvs_method) server.lvs_method = undefined;
    }
  },
});
export type VirtualServerConfig = ConfigOf<typeof virtualServer>;
