import { type Duration, seconds, toSeconds } from '@keepalived-ts/base/time.js';
import type { Service } from '@keepalived-ts/ipvs-netlink/types.js';
import { type Flag, familyOf, isFlagged } from '#lvs/core/traits.js';
import type { Adjustment } from '#src/ipc/messages.js';
import { type AnyTable, column, numbered, table } from '#src/snmp/tree.js';
import { gauge, inetAddress, integer, octets, text, truth } from '#src/snmp/value.js';
import { forwardingColumns, METHODS, shownCommand } from './forwarding.js';
import { addressType, entryOf } from './oids.js';
import { trafficColumns } from './traffic.js';
import { type CheckView, type ServiceView, serversUp } from './view.js';

/** virtualServerLoadBalancingAlgo. */
const SCHEDULERS = ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh', 'sh', 'sed', 'nq', 'fo'];
const LATER_SCHEDULERS = ['ovf', 'mh', 'twos'];
const UNKNOWN_SCHEDULER = 99;
const PROTOCOLS = { TCP: 1, UDP: 2, SCTP: 3 } as const;

/** What a checker waits between two rounds unless somebody says otherwise. */
export const DELAY_LOOP = seconds(60);
export const CONNECT_TIMEOUT = seconds(5);

/** Whole seconds; the columns in microseconds tell the rest. */
export const wholeSeconds = (time: Duration | undefined): number =>
  Math.floor(toSeconds(time ?? seconds(0)));
export const micros = (time: Duration | undefined): number => time ?? 0;

/** What all IPVS services of a virtual server have in common. */
const common = ({ plan }: ServiceView): Service | undefined => plan.services[0];

const hasFlag =
  (flag: Flag) =>
  (service: ServiceView): boolean => {
    const first = common(service);
    return first !== undefined && isFlagged(first, flag);
  };

const persists = hasFlag('persistent');

/** The address that a service is, if it is one. */
const addressOf = ({ plan }: ServiceView) => {
  const { service } = plan.config;
  return service.kind === 'address' ? service : undefined;
};

const familyOfService = (service: ServiceView): 4 | 6 | undefined => {
  const first = common(service);
  return first && familyOf(first);
};

function scheduler(service: ServiceView): number {
  const name = common(service)?.scheduler ?? '';
  const place = [...SCHEDULERS, ...LATER_SCHEDULERS].indexOf(name);
  return place < 0 ? UNKNOWN_SCHEDULER : place + 1;
}

/** A mark is of no protocol; of a group it is that of the addresses in it. */
function protocol({ plan }: ServiceView): number | undefined {
  for (const { id } of plan.services) if (id.kind === 'address') return PROTOCOLS[id.protocol];
  return undefined;
}

/** The netmask as bytes. */
function granularity(service: ServiceView): Uint8Array | undefined {
  const mask = common(service)?.netmask;
  if (mask === undefined || familyOfService(service) !== 4) return undefined;
  return Uint8Array.of(mask >>> 24, (mask >>> 16) & 0xff, (mask >>> 8) & 0xff, mask & 0xff);
}

/** Compat: for IPv4 as well, but where that is written; unwritten it has all bits set. */
function granularity6(service: ServiceView): number | undefined {
  if (service.plan.config.persistence_granularity?.family === 4) return undefined;
  return common(service)?.netmask;
}

const KINDS = { fwmark: 1, address: 2, group: 3 } as const;

/** K.3.3: virtualServerTable. */
const services = table<CheckView, ServiceView, Adjustment>({
  entry: entryOf(3),
  rows: (view) => numbered(view.services),
  columns: [
    column(2, 'virtualServerType', integer, ({ plan }) => KINDS[plan.config.service.kind]),
    column(3, 'virtualServerNameOfGroup', text, ({ plan: { config } }) =>
      config.service.kind === 'group' ? config.service.group : undefined,
    ),
    column(4, 'virtualServerFwMark', gauge, ({ plan: { config } }) =>
      config.service.kind === 'fwmark' ? config.service.mark : undefined,
    ),
    column(5, 'virtualServerAddrType', integer, (service) => {
      const family = familyOfService(service);
      return family && addressType(family);
    }),
    column(6, 'virtualServerAddress', inetAddress, (service) => addressOf(service)?.address),
    column(7, 'virtualServerPort', gauge, (service) => addressOf(service)?.port),
    column(8, 'virtualServerProtocol', integer, protocol),
    column(9, 'virtualServerLoadBalancingAlgo', integer, scheduler),
    column(
      10,
      'virtualServerLoadBalancingKind',
      integer,
      ({ plan }) => METHODS[plan.config.lvs_method?.method ?? 'NAT'],
    ),
    column(11, 'virtualServerStatus', truth, (service) => service.status !== undefined),
    column(12, 'virtualServerVirtualHost', text, ({ plan }) => plan.config.virtualhost),
    column(13, 'virtualServerPersist', truth, persists),
    column(14, 'virtualServerPersistTimeout', gauge, (service) =>
      persists(service) ? common(service)?.timeout : undefined,
    ),
    column(15, 'virtualServerPersistGranularity', octets, granularity),
    column(16, 'virtualServerDelayLoop', gauge, ({ plan }) =>
      wholeSeconds(plan.config.delay_loop ?? DELAY_LOOP),
    ),
    column(17, 'virtualServerHaSuspend', truth, ({ plan }) => plan.awaits.length > 0),
    column(18, 'virtualServerAlpha', truth, ({ plan }) => plan.config.alpha),
    column(19, 'virtualServerOmega', truth, ({ plan }) => plan.omega),
    column(20, 'virtualServerRealServersTotal', gauge, ({ plan }) => plan.realServers.length),
    column(21, 'virtualServerRealServersUp', gauge, serversUp),
    column(22, 'virtualServerQuorum', gauge, ({ plan }) => plan.quorum),
    column(23, 'virtualServerQuorumStatus', truth, ({ status }) => status?.quorumUp ?? false),
    column(24, 'virtualServerQuorumUp', text, ({ plan }) => shownCommand(plan.config.quorum_up)),
    column(25, 'virtualServerQuorumDown', text, ({ plan }) =>
      shownCommand(plan.config.quorum_down),
    ),
    column(26, 'virtualServerHysteresis', gauge, ({ plan }) => plan.hysteresis),
    ...trafficColumns<ServiceView>(
      'virtualServer',
      { totals: 27, packets: 28, rates: 32, wide: 38, halves: 41, wideRates: 74 },
      ({ status }) => status?.traffic,
    ),
    column(37, 'virtualServerOPS', truth, hasFlag('one-packet')),
    column(51, 'virtualServerPersistGranularity6', gauge, granularity6),
    column(52, 'virtualServerHashed', truth, ({ plan }) => plan.config.hashed),
    // Compat: sh and mh have the same flags, so either shows them.
    column(53, 'virtualServerSHFallback', truth, hasFlag('scheduler-1')),
    column(54, 'virtualServerSHPort', truth, hasFlag('scheduler-2')),
    column(55, 'virtualServerSched3', truth, hasFlag('scheduler-3')),
    column(56, 'virtualServerActionWhenDown', truth, ({ plan }) => !plan.config.inhibit_on_failure),
    column(57, 'virtualServerRetry', gauge, ({ plan }) => plan.config.retry ?? 0),
    column(58, 'virtualServerDelayBeforeRetry', gauge, ({ plan }) =>
      wholeSeconds(plan.config.delay_before_retry),
    ),
    column(59, 'virtualServerWarmup', gauge, ({ plan }) => wholeSeconds(plan.config.warmup)),
    column(60, 'virtualServerWeight', integer, ({ plan }) => plan.config.weight),
    column(61, 'virtualServerSmtpAlert', truth, ({ sendsMail }) => sendsMail),
    column(62, 'virtualServerMHFallback', truth, hasFlag('scheduler-1')),
    column(63, 'virtualServerMHPort', truth, hasFlag('scheduler-2')),
    column(64, 'virtualServerDelayLoopUsec', gauge, ({ plan }) =>
      micros(plan.config.delay_loop ?? DELAY_LOOP),
    ),
    column(65, 'virtualServerDelayBeforeRetrUsec', gauge, ({ plan }) =>
      micros(plan.config.delay_before_retry),
    ),
    column(66, 'virtualServerWarmupUsec', gauge, ({ plan }) => micros(plan.config.warmup)),
    column(67, 'virtualServerConnTimeoutUsec', gauge, ({ plan }) =>
      micros(plan.config.connect_timeout ?? CONNECT_TIMEOUT),
    ),
    ...forwardingColumns<ServiceView>('virtualServer', 68, ({ plan }) => plan.config.lvs_method),
    column(71, 'virtualServerName', text, ({ plan }) => plan.config.snmp_name),
    column(72, 'virtualServerQuorumUpPath', text, ({ plan }) => plan.config.quorum_up?.argv[0]),
    column(73, 'virtualServerQuorumDownPath', text, ({ plan }) => plan.config.quorum_down?.argv[0]),
  ],
});

export const serviceTables: readonly AnyTable<CheckView, Adjustment>[] = [services];
