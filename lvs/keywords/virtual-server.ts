import { block, type ConfigOf, keyword, several, slot } from '#src/config/schema.js';
import { scriptCommand } from '#src/config/script-value.js';
import { boolean, choice, duration, flag, integer, word } from '#src/config/values.js';
import { forwarding } from './forwarding.js';
import { laterServer, laterService } from './later.js';
import {
  granularity,
  optionalTimeout,
  protocol,
  scheduler,
  serverAddress,
  serviceName,
} from './values.js';

export const realServer = block('real_server', {
  doc: 'A member of the pool.',
  header: { server: serverAddress },
  keywords: {
    weight: keyword(integer(0, 2147483647), 'IPVS weight.'),
    lvs_method: keyword(forwarding, 'Forwarding method.'),
    inhibit_on_failure: keyword(boolean, 'Weight 0 instead of removal on failure.'),
    notify_up: keyword(scriptCommand, 'Run when the server comes up.').onlyOnce(),
    notify_down: keyword(scriptCommand, 'Run when the server goes down.').onlyOnce(),
    uthreshold: keyword(integer(0, 2147483647), 'Connections at which no more are given.'),
    lthreshold: keyword(integer(0, 2147483647), 'Connections at which they are given again.'),
    alpha: keyword(boolean, 'Assume down until the first check.'),
    retry: keyword(integer(1, 4294967295), 'Extra attempts before it counts as down.'),
    delay_before_retry: keyword(duration(0), 'Time between attempts.'),
    warmup: keyword(duration(0), 'Upper bound of the random first delay.'),
    connect_timeout: keyword(duration(0.000001, 4294.967295), 'Time to connect or wait for data.'),
    delay_loop: keyword(duration(0.000001), 'Time between checks.'),
    virtualhost: keyword(word, 'Host header for HTTP checks.').replacedWithError(),
    ...laterServer,
    checkers: slot('How the server is checked.'),
  },
});
export type RealServerConfig = ConfigOf<typeof realServer>;

/** Schedulers that hash; a flag of the one is passed over by the other, see lvs/core. */
const HASHING = ['sh', 'mh'] as const;

export const virtualServer = block('virtual_server', {
  doc: 'An IPVS service and its real servers.',
  header: { service: serviceName },
  keywords: {
    ip_family: keyword(choice('inet', 'inet6'), 'Family of a firewall-mark service.'),
    delay_loop: keyword(duration(0.000001), 'Time between checks.'),
    retry: keyword(integer(1, 4294967295), 'Extra attempts before a server counts as down.'),
    delay_before_retry: keyword(duration(0), 'Time between attempts.'),
    warmup: keyword(duration(0), 'Upper bound of the random first delay.'),
    connect_timeout: keyword(duration(0.000001, 4294.967295), 'Time to connect or wait for data.'),
    lvs_sched: keyword(scheduler, 'IPVS scheduler.').alias('lb_algo'),
    lvs_method: keyword(forwarding, 'Forwarding method of servers that name none.').alias(
      'lb_kind',
    ),
    protocol: keyword(protocol, 'TCP, UDP or SCTP.'),
    persistence_timeout: keyword(optionalTimeout, 'Seconds a client stays with its server.'),
    persistence_granularity: keyword(granularity, 'Clients that count as one.'),
    persistence_engine: keyword(word, 'Persistence engine of the kernel, such as sip.'),
    ops: keyword(flag, 'One-packet scheduling.').default(false),
    'flag-1': keyword(flag, 'First flag of the scheduler.').default(false),
    'flag-2': keyword(flag, 'Second flag of the scheduler.').default(false),
    'flag-3': keyword(flag, 'Third flag of the scheduler.').default(false),
    'sh-port': keyword(flag, 'sh: hash the port of the client too.')
      .default(false)
      .after('lvs_sched', ...HASHING),
    'sh-fallback': keyword(flag, 'sh: another server for one of weight 0.')
      .default(false)
      .after('lvs_sched', ...HASHING),
    'mh-port': keyword(flag, 'mh: hash the port of the client too.')
      .default(false)
      .after('lvs_sched', ...HASHING),
    'mh-fallback': keyword(flag, 'mh: another server for one of weight 0.')
      .default(false)
      .after('lvs_sched', ...HASHING),
    hashed: keyword(flag, 'Formerly a flag of sh.')
      .default(false)
      .after('lvs_sched', ...HASHING)
      .without('the kernel sets and ignores it by itself'),
    inhibit_on_failure: keyword(flag, 'Weight 0 instead of removal on failure.').default(false),
    weight: keyword(integer(1, 2147483647), 'Weight of servers that name none.').default(1),
    alpha: keyword(flag, 'Assume servers down until their first check.').default(false),
    omega: keyword(flag, 'Run the down notifiers at stop.').default(false),
    quorum: keyword(integer(1, 4294967295), 'Live weight that the service needs.').default(1),
    hysteresis: keyword(
      integer(0, 4294967295),
      'Slack of weight in gaining and losing quorum.',
    ).default(0),
    quorum_up: keyword(scriptCommand, 'Run when quorum is gained.').onlyOnce(),
    quorum_down: keyword(scriptCommand, 'Run when quorum is lost.').onlyOnce(),
    virtualhost: keyword(word, 'Host header for HTTP checks.').replacedWithError(),
    sorry_server: keyword(serverAddress, 'The last resort when quorum is lost.'),
    sorry_server_inhibit: keyword(flag, 'Keep it at weight 0 instead of removing it.')
      .default(false)
      .after('sorry_server'),
    sorry_server_lvs_method: keyword(forwarding, 'Forwarding method of the sorry server.').after(
      'sorry_server',
    ),
    ...laterService,
    real_server: several(realServer),
  },
});
export type VirtualServerConfig = ConfigOf<typeof virtualServer>;
