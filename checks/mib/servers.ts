import { familyOf } from '@keepalived-ts/base/ip.js';
import type { Adjustment } from '#src/ipc/messages.js';
import {
  type AnyTable,
  type Change,
  column,
  numbered,
  type SetError,
  table,
  writable,
} from '#src/snmp/tree.js';
import { gauge, inetAddress, integer, text, truth, type Value } from '#src/snmp/value.js';
import { forwardingColumns, METHODS, shownCommand } from './forwarding.js';
import { addressType, entryOf } from './oids.js';
import { CONNECT_TIMEOUT, DELAY_LOOP, micros, wholeSeconds } from './services.js';
import { trafficColumns } from './traffic.js';
import type { CheckView, ServerView } from './view.js';

/** Only what is checked; the sorry server is not. */
const regular =
  <T>(value: (server: ServerView) => T) =>
  (server: ServerView): T | undefined =>
    server.kind === 'regular' ? value(server) : undefined;

/** A setting that a server has of its own, or inherits; the sorry server has none. */
const setting =
  <K extends 'retry' | 'delay_before_retry' | 'warmup' | 'delay_loop' | 'connect_timeout'>(
    name: K,
  ) =>
  ({ config, service }: ServerView) =>
    config && (config[name] ?? service.plan.config[name]);

const retry = setting('retry');
const delayBeforeRetry = setting('delay_before_retry');
const warmup = setting('warmup');
const delayLoop = (server: ServerView) =>
  server.config && (setting('delay_loop')(server) ?? DELAY_LOOP);
const connectTimeout = (server: ServerView) =>
  server.config && (setting('connect_timeout')(server) ?? CONNECT_TIMEOUT);

/** Compat: only the low byte of the number counts. */
function setWeight(server: ServerView, value: Value): Change<Adjustment> | SetError {
  if (value.type !== 'integer') return 'wrong-type';
  const of = {
    of: 'real-server',
    service: server.service.plan.name,
    server: server.plan.name,
  } as const;
  return { apply: { ...of, weight: value.value & 0xff }, undo: { ...of, weight: server.weight } };
}

const bound = (limit: number): number | undefined => (limit === 0 ? undefined : limit);

/** K.3.4: realServerTable. Compat: the sorry server comes first. */
const servers = table<CheckView, ServerView, Adjustment>({
  entry: entryOf(4),
  rows: (view) =>
    view.services.flatMap(({ servers: all }, i) => {
      const sorry = all.filter(({ kind }) => kind === 'sorry');
      return numbered([...sorry, ...all.filter(({ kind }) => kind === 'regular')], [i + 1]);
    }),
  columns: [
    column(2, 'realServerType', integer, ({ kind }) => (kind === 'regular' ? 1 : 2)),
    column(3, 'realServerAddrType', integer, ({ plan }) =>
      addressType(familyOf(plan.destination.address)),
    ),
    column(4, 'realServerAddress', inetAddress, ({ plan }) => plan.destination.address),
    column(5, 'realServerPort', gauge, ({ plan }) => plan.destination.port),
    column(
      6,
      'realServerStatus',
      truth,
      regular(({ isUp }) => isUp),
    ),
    writable<ServerView, Adjustment>(
      column(
        7,
        'realServerWeight',
        integer,
        regular(({ weight }) => weight),
      ),
      setWeight,
    ),
    column(
      8,
      'realServerUpperConnectionLimit',
      gauge,
      regular(({ plan }) => bound(plan.destination.upperThreshold)),
    ),
    column(
      9,
      'realServerLowerConnectionLimit',
      gauge,
      regular(({ plan }) => bound(plan.destination.lowerThreshold)),
    ),
    column(
      10,
      'realServerActionWhenDown',
      truth,
      regular(({ plan }) => !plan.inhibit),
    ),
    column(11, 'realServerNotifyUp', text, ({ config }) => shownCommand(config?.notify_up)),
    column(12, 'realServerNotifyDown', text, ({ config }) => shownCommand(config?.notify_down)),
    column(
      13,
      'realServerFailedChecks',
      gauge,
      regular(({ status }) => status?.failed ?? 0),
    ),
    column(15, 'realServerStatsActiveConns', gauge, (s) => s.status?.traffic?.active ?? 0),
    column(16, 'realServerStatsInactiveConns', gauge, (s) => s.status?.traffic?.inactive ?? 0),
    column(17, 'realServerStatsPersistentConns', gauge, (s) => s.status?.traffic?.persistent ?? 0),
    ...trafficColumns<ServerView>(
      'realServer',
      { totals: 14, packets: 18, rates: 22, wide: 27, halves: 30, wideRates: 58 },
      // Compat: what is not in IPVS now has zeros.
      ({ status }) => status?.traffic ?? NO_TRAFFIC,
    ),
    column(
      40,
      'realServerForwardingMethod',
      integer,
      ({ plan }) => METHODS[plan.destination.forwarding.method],
    ),
    column(41, 'realServerVirtualHost', text, ({ config }) => config?.virtualhost),
    column(42, 'realServerAlpha', truth, ({ alpha }) => alpha),
    column(43, 'realServerRetry', gauge, (server) => retry(server) ?? 0),
    column(44, 'realServerDelayBeforeRetry', gauge, (s) => wholeSeconds(delayBeforeRetry(s))),
    column(45, 'realServerWarmup', gauge, (server) => wholeSeconds(warmup(server))),
    column(46, 'realServerDelayLoop', gauge, (server) => wholeSeconds(delayLoop(server))),
    column(47, 'realServerSmtpAlert', truth, ({ sendsMail }) => sendsMail),
    column(48, 'realServerDelayBeforeRetryUsec', gauge, (s) => micros(delayBeforeRetry(s))),
    column(49, 'realServerWarmupUsec', gauge, (server) => micros(warmup(server))),
    column(50, 'realServerDelayLoopUsec', gauge, (server) => micros(delayLoop(server))),
    column(51, 'realServerConnTimeoutUsec', gauge, (server) => micros(connectTimeout(server))),
    ...forwardingColumns<ServerView>('realServer', 52, ({ plan }) => plan.destination.forwarding),
    column(55, 'realServerName', text, ({ config }) => config?.snmp_name),
    column(56, 'realServerNotifyUpPath', text, ({ config }) => config?.notify_up?.argv[0]),
    column(57, 'realServerNotifyDownPath', text, ({ config }) => config?.notify_down?.argv[0]),
    column(
      63,
      'realServerNotRunCheckers',
      gauge,
      regular(({ status }) => status?.notRun ?? 0),
    ),
  ],
});

const NO_TRAFFIC = {
  connections: 0n,
  inPackets: 0n,
  outPackets: 0n,
  inBytes: 0n,
  outBytes: 0n,
  connectionRate: 0n,
  inPacketRate: 0n,
  outPacketRate: 0n,
  inByteRate: 0n,
  outByteRate: 0n,
};

export const serverTables: readonly AnyTable<CheckView, Adjustment>[] = [servers];
