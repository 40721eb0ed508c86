import { toSeconds } from '@keepalived-ts/base/time.js';
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
import { authTypeOf } from '../wire/authentication.js';
import { entryOf, stateNumber } from './oids.js';
import {
  addressType,
  type GroupView,
  type InstanceView,
  shownCommand,
  type VrrpView,
} from './view.js';

const command = (script: Parameters<typeof shownCommand>[0] | undefined): string | undefined =>
  script && shownCommand(script);

/** Any notify script at all. */
const executes = (config: InstanceView['config'] | GroupView['config']): boolean =>
  [
    config.notify,
    config.notify_master,
    config.notify_backup,
    config.notify_fault,
    config.notify_stop,
  ].some(Boolean);

/** K.2.1: vrrpSyncGroupTable. */
const groups = table<VrrpView, GroupView, Adjustment>({
  entry: entryOf(1),
  rows: (view) => numbered(view.groups),
  columns: [
    column(2, 'vrrpSyncGroupName', text, (g) => g.config.name),
    column(3, 'vrrpSyncGroupState', integer, (g) => stateNumber(g.state)),
    column(4, 'vrrpSyncGroupSmtpAlert', truth, (g) => g.sendsMail),
    column(5, 'vrrpSyncGroupNotifyExec', truth, (g) => executes(g.config)),
    column(6, 'vrrpSyncGroupScriptMaster', text, (g) => command(g.config.notify_master)),
    column(7, 'vrrpSyncGroupScriptBackup', text, (g) => command(g.config.notify_backup)),
    column(8, 'vrrpSyncGroupScriptFault', text, (g) => command(g.config.notify_fault)),
    column(9, 'vrrpSyncGroupScript', text, (g) => command(g.config.notify)),
    column(10, 'vrrpSyncGroupTrackingWeight', truth, (g) => g.config.sync_group_tracking_weight),
    column(11, 'vrrpSyncGroupScriptStop', text, (g) => command(g.config.notify_stop)),
  ],
});

/** K.2.2: vrrpSyncGroupMemberTable. */
const members = table<VrrpView, string, Adjustment>({
  entry: entryOf(2),
  rows: (view) => view.groups.flatMap((group, i) => numbered(group.config.group, [i + 1])),
  columns: [column(2, 'vrrpSyncGroupMemberName', text, (name) => name)],
});

/** VRRPv2 tells seconds, VRRPv3 hundredths. */
const interval = ({ plan, kind }: InstanceView): number =>
  toSeconds(plan.advertInterval) * (kind.version === 3 ? 100 : 1);

const authentication = ({ plan }: InstanceView): number => authTypeOf(plan.authentication);

/** Groups that adverts go to; unicast has none. */
const multicast = ({ kind, plan }: InstanceView) => (kind.isUnicast ? undefined : plan.group);

/** Compat: only the low byte of the number counts. */
function setPriority(vr: InstanceView, value: Value): Change<Adjustment> | SetError {
  if (value.type !== 'integer') return 'wrong-type';
  const priority = value.value & 0xff;
  if (priority === 0) return 'wrong-value';
  const of = { of: 'instance', instance: vr.config.name } as const;
  const former = vr.status?.basePriority ?? vr.plan.priority;
  return { apply: { ...of, priority }, undo: { ...of, priority: former } };
}

function setPreempt(vr: InstanceView, value: Value): Change<Adjustment> | SetError {
  if (value.type !== 'integer') return 'wrong-type';
  if (value.value !== 1 && value.value !== 2) return 'wrong-value';
  const of = { of: 'instance', instance: vr.config.name } as const;
  const preempt = value.value === 1;
  return { apply: { ...of, preempt }, undo: { ...of, preempt: !preempt } };
}

/** K.2.3: vrrpInstanceTable. */
const instances = table<VrrpView, InstanceView, Adjustment>({
  entry: entryOf(3),
  rows: (view) => numbered(view.instances),
  columns: [
    column(2, 'vrrpInstanceName', text, (vr) => vr.config.name),
    column(3, 'vrrpInstanceVirtualRouterId', gauge, (vr) => vr.plan.vrid),
    column(4, 'vrrpInstanceState', integer, (vr) => stateNumber(vr.status?.state)),
    column(5, 'vrrpInstanceInitialState', integer, (vr) => stateNumber(vr.kind.wanted)),
    column(6, 'vrrpInstanceWantedState', integer, (vr) => stateNumber(vr.status?.wanted)),
    writable<InstanceView, Adjustment>(
      column(
        7,
        'vrrpInstanceBasePriority',
        integer,
        (vr) => vr.status?.basePriority ?? vr.plan.priority,
      ),
      setPriority,
    ),
    column(
      8,
      'vrrpInstanceEffectivePriority',
      integer,
      (vr) => vr.status?.priority ?? vr.plan.priority,
    ),
    column(9, 'vrrpInstanceVipsStatus', truth, (vr) => vr.status?.addressesSet ?? false),
    column(
      10,
      'vrrpInstancePrimaryInterface',
      text,
      (vr) => vr.plan.vmac?.name ?? vr.plan.interface,
    ),
    column(11, 'vrrpInstanceTrackPrimaryIf', truth, (vr) => vr.config.track_interface.length > 0),
    column(12, 'vrrpInstanceAdvertisementsInt', gauge, interval),
    writable<InstanceView, Adjustment>(
      column(
        13,
        'vrrpInstancePreempt',
        truth,
        (vr) => !(vr.status?.nopreempt ?? vr.plan.nopreempt),
      ),
      setPreempt,
    ),
    column(14, 'vrrpInstancePreemptDelay', gauge, (vr) => toSeconds(vr.plan.preemptDelay)),
    column(15, 'vrrpInstanceAuthType', integer, authentication),
    column(16, 'vrrpInstanceLvsSyncDaemon', truth, (vr) => vr.syncInterface !== undefined),
    column(17, 'vrrpInstanceLvsSyncInterface', text, (vr) => vr.syncInterface),
    column(18, 'vrrpInstanceSyncGroup', text, (vr) => vr.group?.name),
    column(19, 'vrrpInstanceGarpDelay', gauge, (vr) => toSeconds(vr.plan.garp.delay)),
    column(20, 'vrrpInstanceSmtpAlert', truth, (vr) => vr.sendsMail),
    column(21, 'vrrpInstanceNotifyExec', truth, (vr) => executes(vr.config)),
    column(22, 'vrrpInstanceScriptMaster', text, (vr) => command(vr.config.notify_master)),
    column(23, 'vrrpInstanceScriptBackup', text, (vr) => command(vr.config.notify_backup)),
    column(24, 'vrrpInstanceScriptFault', text, (vr) => command(vr.config.notify_fault)),
    column(25, 'vrrpInstanceScriptStop', text, (vr) => command(vr.config.notify_stop)),
    column(26, 'vrrpInstanceScript', text, (vr) => command(vr.config.notify)),
    // Compat: 0 for version 2, which has no such mode.
    column(27, 'vrrpInstanceAccept', integer, (vr) =>
      vr.kind.version === 2 ? 0 : vr.plan.accept ? 1 : 2,
    ),
    column(28, 'vrrpInstancePromoteSecondaries', truth, (vr) => vr.config.promote_secondaries),
    column(29, 'vrrpInstanceUseLinkbeat', truth, (vr) => vr.config.linkbeat_use_polling),
    column(30, 'vrrpInstanceVrrpVersion', integer, (vr) => vr.kind.version),
    column(31, 'vrrpInstanceScriptMstrRxLowerPri', text, (vr) =>
      command(vr.config.notify_master_rx_lower_pri),
    ),
    column(32, 'vrrpInstanceScriptDeleted', text, ({ config: { notify_deleted: script } }) =>
      script === 'no-script' ? undefined : command(script),
    ),
    column(33, 'vrrpInstanceNotifyDeleted', truth, (vr) => vr.config.notify_deleted !== undefined),
    column(34, 'vrrpInstanceMulticastAddressType', integer, (vr) =>
      vr.kind.isUnicast ? undefined : addressType(vr.kind.family),
    ),
    column(35, 'vrrpInstanceMulticastAddress', inetAddress, multicast),
    column(36, 'vrrpInstanceV3ChecksumAsV2', truth, (vr) => vr.config.v3_checksum_as_v2 ?? false),
  ],
});

export const instanceTables: readonly AnyTable<VrrpView, Adjustment>[] = [
  groups,
  members,
  instances,
];
