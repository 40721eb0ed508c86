import { type IpAddress, ip, ipBytes } from '@keepalived-ts/base/ip.js';
import type { Adjustment } from '#src/ipc/messages.js';
import { type AnyTable, column, type Row, scalars, table } from '#src/snmp/tree.js';
import {
  counter,
  counter64,
  gauge,
  inetAddress,
  integer,
  octets,
  ticks,
  truth,
} from '#src/snmp/value.js';
import { VRRPV3_MIB } from './oids.js';
import {
  basePriority,
  countOf,
  type PlacedView,
  placed,
  preempts,
  rfcState,
  sum,
  upTime,
} from './rfc2787.js';
import { addressType, type InstanceView, type VrrpView } from './view.js';

/*
 * VRRPV3-MIB, RFC 6527. Compat: keepalived shows instances of version 2 here as well, so that one
 * MIB has them all.
 */

const rows = (view: VrrpView): Row<PlacedView>[] =>
  placed(
    view,
    ({ ifIndex, vr }) => [ifIndex, vr.plan.vrid, addressType(vr.kind.family)],
    () => true,
  );

/** The address of whoever is master, we ourselves included. */
function masterOf({ status, kind }: InstanceView): IpAddress {
  const nobody = kind.family === 4 ? ip('0.0.0.0') : ip('::');
  return (status?.state === 'MASTER' ? status.source : status?.master?.address) ?? nobody;
}

const primaryOf = ({ status, kind }: InstanceView): IpAddress =>
  status?.source ?? (kind.family === 4 ? ip('0.0.0.0') : ip('::'));

/** vrrpv3StatisticsNewMasterReason; 0: not master yet. */
const REASONS = { 'priority-zero': 1, preempted: 2, 'no-response': 3 } as const;
export const successionNumber = (how: keyof typeof REASONS | undefined): number =>
  how === undefined ? 0 : REASONS[how];

const operations = table<VrrpView, PlacedView, Adjustment>({
  entry: [...VRRPV3_MIB, 1, 1, 1, 1],
  rows,
  columns: [
    column(3, 'vrrpv3OperationsMasterIpAddr', inetAddress, ({ vr }) => masterOf(vr)),
    column(4, 'vrrpv3OperationsPrimaryIpAddr', inetAddress, ({ vr }) => primaryOf(vr)),
    column(5, 'vrrpv3OperationsVirtualMacAddr', octets, ({ mac }) => mac),
    column(6, 'vrrpv3OperationsStatus', integer, ({ vr }) => rfcState(vr)),
    column(7, 'vrrpv3OperationsPriority', gauge, ({ vr }) => basePriority(vr)),
    column(8, 'vrrpv3OperationsAddrCount', integer, ({ vr }) => vr.plan.vips.length),
    // Centiseconds.
    column(9, 'vrrpv3OperationsAdvInterval', integer, ({ vr }) =>
      Math.round(vr.plan.advertInterval / 10_000),
    ),
    column(10, 'vrrpv3OperationsPreemptMode', truth, ({ vr }) => preempts(vr)),
    column(11, 'vrrpv3OperationsAcceptMode', truth, ({ vr }) => vr.plan.accept),
    column(12, 'vrrpv3OperationsUpTime', ticks, upTime),
    column(13, 'vrrpv3OperationsRowStatus', integer, () => 1),
  ],
});

const addresses = table<VrrpView, IpAddress, Adjustment>({
  entry: [...VRRPV3_MIB, 1, 1, 2, 1],
  rows: (view) =>
    rows(view).flatMap(({ index, row: { vr } }) =>
      vr.plan.vips.map(({ address }) => ({
        index: [...index, ...ipBytes(address)],
        row: address,
      })),
    ),
  columns: [column(2, 'vrrpv3AssociatedIpAddrRowStatus', integer, () => 1)],
});

const router = scalars<VrrpView>(
  [...VRRPV3_MIB, 1, 2],
  [
    column(1, 'vrrpv3RouterChecksumErrors', counter64, sum('chk_err')),
    column(2, 'vrrpv3RouterVersionErrors', counter64, sum('vers_err')),
    column(3, 'vrrpv3RouterVrIdErrors', counter64, sum('vrid_err')),
    column(4, 'vrrpv3GlobalStatisticsDiscontinuityTime', ticks, () => 0),
  ],
);

const statistics = table<VrrpView, PlacedView, Adjustment>({
  entry: [...VRRPV3_MIB, 1, 2, 5, 1],
  rows,
  columns: [
    column(1, 'vrrpv3StatisticsMasterTransitions', counter, countOf('become_master')),
    column(2, 'vrrpv3StatisticsNewMasterReason', integer, ({ vr }) =>
      successionNumber(vr.status?.becameMaster),
    ),
    column(3, 'vrrpv3StatisticsRcvdAdvertisements', counter64, countOf('advert_rcvd')),
    column(4, 'vrrpv3StatisticsAdvIntervalErrors', counter64, countOf('advert_interval_err')),
    column(5, 'vrrpv3StatisticsIpTtlErrors', counter64, countOf('ip_ttl_err')),
    column(6, 'vrrpv3StatisticsProtoErrReason', integer, ({ vr, view }) =>
      protocolError(view.lastError.get(vr.config.name)),
    ),
    column(7, 'vrrpv3StatisticsRcvdPriZeroPackets', counter64, countOf('pri_zero_rcvd')),
    column(8, 'vrrpv3StatisticsSentPriZeroPackets', counter64, countOf('pri_zero_sent')),
    column(9, 'vrrpv3StatisticsRcvdInvalidTypePackets', counter64, countOf('invalid_type_rcvd')),
    column(10, 'vrrpv3StatisticsAddressListErrors', counter64, countOf('addr_list_err')),
    column(11, 'vrrpv3StatisticsPacketLengthErrors', counter64, countOf('packet_len_err')),
    column(12, 'vrrpv3StatisticsRowDiscontinuityTime', ticks, () => 0),
    // Milliseconds.
    column(13, 'vrrpv3StatisticsRefreshRate', gauge, ({ vr }) => vr.plan.advertInterval / 1000),
  ],
});

/** vrrpv3StatisticsProtoErrReason, by the counters of the errors. */
export const PROTOCOL_ERRORS = {
  ip_ttl_err: 1,
  vers_err: 2,
  chk_err: 3,
  vrid_err: 4,
} as const;
const protocolError = (name: keyof typeof PROTOCOL_ERRORS | undefined): number =>
  name === undefined ? 0 : PROTOCOL_ERRORS[name];

export const rfc6527Tables: readonly AnyTable<VrrpView, Adjustment>[] = [
  operations,
  addresses,
  table(router),
  statistics,
];
