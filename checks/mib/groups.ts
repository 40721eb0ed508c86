import { familyOf, type IpAddress } from '@keepalived-ts/base/ip.js';
import type { Group } from '#lvs/core/groups.js';
import type { GroupEntry, GroupRange } from '#lvs/keywords/virtual-server-group.js';
import type { Adjustment } from '#src/ipc/messages.js';
import { type AnyTable, column, numbered, scalars, table } from '#src/snmp/tree.js';
import { gauge, inetAddress, integer, text, truth } from '#src/snmp/value.js';
import { addressType, CHECKER, entryOf } from './oids.js';
import type { CheckView } from './view.js';

/** K.3.1: virtualServerGroupTable. */
const groups = table<CheckView, Group, Adjustment>({
  entry: entryOf(1),
  rows: (view) => numbered(view.config.virtual_server_group),
  columns: [column(2, 'virtualServerGroupName', text, ({ name }) => name)],
});

const isRange = (entry: GroupEntry): entry is GroupRange => entry.kind === 'range';
const rangeOf = (entry: GroupEntry): GroupRange | undefined =>
  isRange(entry) && entry.first !== entry.last ? entry : undefined;
const addressIn = (entry: GroupEntry): IpAddress | undefined =>
  isRange(entry) && entry.first === entry.last ? entry.first : undefined;

/** fwmark(1), ip(2), iprange(3). */
const kindOf = (entry: GroupEntry): number => (isRange(entry) ? (rangeOf(entry) ? 3 : 2) : 1);

/** K.3.2: virtualServerGroupMemberTable. Compat: marks first, then addresses, then ranges. */
const members = table<CheckView, GroupEntry, Adjustment>({
  entry: entryOf(2),
  rows: (view) =>
    view.config.virtual_server_group.flatMap(({ items }, i) =>
      numbered(
        [...items].sort((a, b) => kindOf(a) - kindOf(b)),
        [i + 1],
      ),
    ),
  columns: [
    column(2, 'virtualServerGroupMemberType', integer, kindOf),
    column(3, 'virtualServerGroupMemberFwMark', gauge, (entry) =>
      isRange(entry) ? undefined : entry.mark,
    ),
    column(4, 'virtualServerGroupMemberAddrType', integer, (entry) =>
      isRange(entry) ? addressType(familyOf(entry.first)) : undefined,
    ),
    column(5, 'virtualServerGroupMemberAddress', inetAddress, addressIn),
    column(6, 'virtualServerGroupMemberAddr1', inetAddress, (entry) => rangeOf(entry)?.first),
    column(7, 'virtualServerGroupMemberAddr2', inetAddress, (entry) => rangeOf(entry)?.last),
    column(8, 'virtualServerGroupMemberPort', gauge, (entry) =>
      isRange(entry) ? entry.port : undefined,
    ),
  ],
});

/** K.3.6: the daemon that tells other directors of connections. */
const sync = scalars<CheckView>(
  [...CHECKER, 6],
  [
    column(1, 'lvsSyncDaemonEnabled', truth, (view) => daemonOf(view) !== undefined),
    column(2, 'lvsSyncDaemonInterface', text, (view) => daemonOf(view)?.interface),
    column(3, 'lvsSyncDaemonVrrpInstance', text, (view) => daemonOf(view)?.inst),
    column(4, 'lvsSyncDaemonSyncId', integer, (view) => {
      const daemon = daemonOf(view);
      return daemon && (daemon.id ?? 0);
    }),
    column(5, 'lvsSyncDaemonMaxLen', integer, (view) => {
      const daemon = daemonOf(view);
      return daemon && (daemon.maxlen ?? 0);
    }),
    column(6, 'lvsSyncDaemonPort', integer, (view) => {
      const daemon = daemonOf(view);
      return daemon && (daemon.port ?? 0);
    }),
    column(7, 'lvsSyncDaemonTTL', integer, (view) => {
      const daemon = daemonOf(view);
      return daemon && (daemon.ttl ?? 0);
    }),
    column(8, 'lvsSyncDaemonMcastGroupAddrType', integer, (view) => {
      const group = daemonOf(view)?.group;
      return group && addressType(familyOf(group));
    }),
    column(9, 'lvsSyncDaemonMcastGroupAddrValue', inetAddress, (view) => daemonOf(view)?.group),
  ],
);

const daemonOf = ({ config }: CheckView) => config.global_defs.lvs_sync_daemon;

/** K.3.7: how long IPVS remembers idle connections, where that is configured. */
const timeouts = scalars<CheckView>(
  [...CHECKER, 7],
  [
    column(1, 'lvsTimeoutTcp', integer, ({ config }) => config.global_defs.lvs_timeouts?.tcp),
    column(2, 'lvsTimeoutTcpFin', integer, ({ config }) => config.global_defs.lvs_timeouts?.tcpfin),
    column(3, 'lvsTimeoutUdp', integer, ({ config }) => config.global_defs.lvs_timeouts?.udp),
  ],
);

export const groupTables: readonly AnyTable<CheckView, Adjustment>[] = [
  groups,
  members,
  table(sync),
  table(timeouts),
];
