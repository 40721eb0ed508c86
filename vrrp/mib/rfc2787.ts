import { familyOf, type IpAddress, ip, ipBytes } from '@keepalived-ts/base/ip.js';
import { toSeconds } from '@keepalived-ts/base/time.js';
import type { Adjustment } from '#src/ipc/messages.js';
import { type AnyTable, column, type Row, scalars, table } from '#src/snmp/tree.js';
import { counter, integer, ipAddress, octets, ticks, truth } from '#src/snmp/value.js';
import type { VrrpCounter } from '../counters.js';
import { authTypeOf } from '../wire/authentication.js';
import { VRRP_MIB } from './oids.js';
import type { InstanceView, VrrpView } from './view.js';

/*
 * VRRP-MIB, RFC 2787: instances of version 2. Compat: all of it is read-only, and an instance
 * without addresses is not there.
 */

/** An instance, where it lives, and since when, as both RFCs' tables want it. */
export interface PlacedView {
  vr: InstanceView;
  /** Of the interface that the addresses of the instance belong to. */
  ifIndex: number;
  mac: Uint8Array;
  view: VrrpView;
}

const NO_ADDRESS = ip('0.0.0.0');

/** Instances whose interface exists, with the index that both MIBs begin with. */
export function placed(
  view: VrrpView,
  index: (vr: PlacedView) => readonly number[],
  belongs: (vr: InstanceView) => boolean,
): Row<PlacedView>[] {
  return view.instances.flatMap((vr) => {
    const link = view.links.get(vr.plan.interface ?? '');
    if (!link || vr.plan.vips.length === 0 || !belongs(vr)) return [];
    const row = {
      vr,
      ifIndex: link.index,
      mac: Buffer.from(vr.plan.vmac?.mac ?? link.mac, 'hex'),
      view,
    };
    return [{ index: index(row), row }];
  });
}

/** initialize(1), backup(2), master(3): there is no FAULT in the RFCs. */
export const rfcState = ({ status }: InstanceView): number =>
  status?.state === 'MASTER' ? 3 : status?.state === 'BACKUP' ? 2 : 1;

const isRunning = (vr: InstanceView): boolean => rfcState(vr) !== 1;

/** Hundredths of a second that the instance has been up; 0 while it takes no part. */
export const upTime = ({ vr, view }: PlacedView): number =>
  isRunning(vr) ? Math.floor((view.now - view.started) / 10_000) : 0;

export const basePriority = ({ status, plan }: InstanceView): number =>
  status?.basePriority ?? plan.priority;

export const preempts = ({ status, plan }: InstanceView): boolean =>
  !(status?.nopreempt ?? plan.nopreempt);

export const countOf =
  (name: VrrpCounter) =>
  ({ vr }: PlacedView): number =>
    vr.counts[name] ?? 0;

/** Over all instances, and what belongs to none. */
export const sum =
  (name: VrrpCounter) =>
  ({ counters }: VrrpView): number =>
    [...counters.values()].reduce((total, counts) => total + (counts[name] ?? 0), 0);

const isOurs = ({ kind }: InstanceView): boolean => kind.version === 2 && kind.family === 4;
const rows = (view: VrrpView): Row<PlacedView>[] =>
  placed(view, ({ ifIndex, vr }) => [ifIndex, vr.plan.vrid], isOurs);

const authentication = ({ plan }: InstanceView): number => authTypeOf(plan.authentication) + 1;

const node = scalars<VrrpView>(
  [...VRRP_MIB, 1],
  [
    column(1, 'vrrpNodeVersion', integer, () => 2),
    column(2, 'vrrpNotificationCntl', truth, (v) => v.config.global_defs.enable_traps === true),
  ],
);

const operations = {
  entry: [...VRRP_MIB, 1, 3, 1],
  rows,
  columns: [
    column(2, 'vrrpOperVirtualMacAddr', octets, ({ mac }: PlacedView) => mac),
    column(3, 'vrrpOperState', integer, ({ vr }: PlacedView) => rfcState(vr)),
    column(4, 'vrrpOperAdminState', integer, () => 1),
    column(5, 'vrrpOperPriority', integer, ({ vr }: PlacedView) => basePriority(vr)),
    column(6, 'vrrpOperIpAddrCount', integer, ({ vr }: PlacedView) => vr.plan.vips.length),
    column(
      7,
      'vrrpOperMasterIpAddr',
      ipAddress,
      ({ vr }: PlacedView) => vr.status?.master?.address ?? NO_ADDRESS,
    ),
    column(
      8,
      'vrrpOperPrimaryIpAddr',
      ipAddress,
      ({ vr }: PlacedView) => vr.status?.source ?? NO_ADDRESS,
    ),
    column(9, 'vrrpOperAuthType', integer, ({ vr }: PlacedView) => authentication(vr)),
    column(11, 'vrrpOperAdvertisementInterval', integer, ({ vr }: PlacedView) =>
      toSeconds(vr.plan.advertInterval),
    ),
    column(12, 'vrrpOperPreemptMode', truth, ({ vr }: PlacedView) => preempts(vr)),
    // When, on the agent's own clock, the instance began: at once with the agent.
    column(13, 'vrrpOperVirtualRouterUpTime', ticks, ({ vr }: PlacedView) =>
      isRunning(vr) ? 1 : 0,
    ),
    column(14, 'vrrpOperProtocol', integer, () => 1),
    column(15, 'vrrpOperRowStatus', integer, () => 1),
  ],
};

const addresses = table<VrrpView, IpAddress, Adjustment>({
  entry: [...VRRP_MIB, 1, 4, 1],
  rows: (view) =>
    rows(view).flatMap(({ index, row: { vr } }) =>
      vr.plan.vips.flatMap(({ address }) =>
        familyOf(address) === 4 ? [{ index: [...index, ...ipBytes(address)], row: address }] : [],
      ),
    ),
  columns: [column(2, 'vrrpAssoIpAddrRowStatus', integer, () => 1)],
});

const router = scalars<VrrpView>(
  [...VRRP_MIB, 2],
  [
    column(1, 'vrrpRouterChecksumErrors', counter, sum('chk_err')),
    column(2, 'vrrpRouterVersionErrors', counter, sum('vers_err')),
    column(3, 'vrrpRouterVrIdErrors', counter, sum('vrid_err')),
  ],
);

const statistics = {
  entry: [...VRRP_MIB, 2, 4, 1],
  rows,
  columns: [
    column(1, 'vrrpStatsBecomeMaster', counter, countOf('become_master')),
    column(2, 'vrrpStatsAdvertiseRcvd', counter, countOf('advert_rcvd')),
    column(3, 'vrrpStatsAdvertiseIntervalErrors', counter, countOf('advert_interval_err')),
    column(4, 'vrrpStatsAuthFailures', counter, countOf('auth_failure')),
    column(5, 'vrrpStatsIpTtlErrors', counter, countOf('ip_ttl_err')),
    column(6, 'vrrpStatsPriorityZeroPktsRcvd', counter, countOf('pri_zero_rcvd')),
    column(7, 'vrrpStatsPriorityZeroPktsSent', counter, countOf('pri_zero_sent')),
    column(8, 'vrrpStatsInvalidTypePktsRcvd', counter, countOf('invalid_type_rcvd')),
    column(9, 'vrrpStatsAddressListErrors', counter, countOf('addr_list_err')),
    column(10, 'vrrpStatsInvalidAuthType', counter, countOf('invalid_authtype')),
    column(11, 'vrrpStatsAuthTypeMismatch', counter, countOf('authtype_mismatch')),
    column(12, 'vrrpStatsPacketLengthErrors', counter, countOf('packet_len_err')),
  ],
};

export const rfc2787Tables: readonly AnyTable<VrrpView, Adjustment>[] = [
  table(node),
  table<VrrpView, PlacedView, Adjustment>(operations),
  addresses,
  table(router),
  table<VrrpView, PlacedView, Adjustment>(statistics),
];
