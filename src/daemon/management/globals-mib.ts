import { hostname } from 'node:os';
import { familyOf, type IpAddress, parseIp } from '@keepalived-ts/base/ip.js';
import { toSeconds } from '@keepalived-ts/base/time.js';
import { type AnyTable, column, numbered, scalars, table } from '#src/snmp/tree.js';
import { gauge, inetAddress, integer, text, truth } from '#src/snmp/value.js';
import { KEEPALIVED } from '#vrrp/mib/oids.js';
import { addressType } from '#vrrp/mib/view.js';
import { PRODUCT } from '../version.js';
import type { View } from './view.js';

/** K.1, the branch that every part shares: settings of the daemon. */
export const GLOBALS = [...KEEPALIVED, 1];

export const routerId = ({ config }: View): string => config.global_defs.router_id ?? hostname();

/** on(1), off(2), unset(3). */
const alerts = (value: boolean | undefined): number => (value === undefined ? 3 : value ? 1 : 2);

/** A mail server that is given by name has no address to show. */
const mailAddress = ({ config }: View): IpAddress | undefined => {
  const server = config.global_defs.smtp_server;
  return server && parseIp(server.host);
};

const daemon = scalars<View>(GLOBALS, [
  column(1, 'version', text, () => PRODUCT),
  column(2, 'routerId', text, routerId),
  column(4, 'trapEnable', truth, ({ config }) => config.global_defs.enable_traps === true),
  // The kernel tells of links by netlink(1); nothing is polled(2).
  column(5, 'linkBeat', integer, () => 1),
  column(6, 'lvsFlush', truth, ({ config }) => config.global_defs.lvs_flush),
  column(7, 'ipvs64BitStats', truth, () => true),
  column(8, 'netNamespace', text, ({ config }) => config.net_namespace ?? ''),
  column(9, 'dbus', truth, () => false),
  column(
    10,
    'dynamicInterfaces',
    truth,
    ({ config }) => config.global_defs.dynamic_interfaces !== undefined,
  ),
  column(11, 'lvsFlushOnStop', integer, ({ config }) => {
    const flush = config.global_defs.lvs_flush_on_stop;
    return flush === undefined ? 2 : flush === 'all' ? 1 : 3;
  }),
  column(
    12,
    'v3ChecksumAsV2',
    truth,
    ({ config }) => config.global_defs.v3_checksum_as_v2 === true,
  ),
]);

const mail = scalars<View>(
  [...GLOBALS, 3],
  [
    column(1, 'smtpServerAddressType', integer, (view) => {
      const address = mailAddress(view);
      return address && addressType(familyOf(address));
    }),
    column(2, 'smtpServerAddress', inetAddress, mailAddress),
    column(3, 'smtpServerTimeout', gauge, ({ config }) =>
      toSeconds(config.global_defs.smtp_connect_timeout),
    ),
    column(4, 'emailFrom', text, ({ config }) => config.global_defs.notification_email_from),
    column(6, 'smtpServerPort', gauge, ({ config }) => config.global_defs.smtp_server?.port),
    column(7, 'smtpEmailFaults', truth, ({ config }) => !config.global_defs.no_email_faults),
    column(8, 'smtpEmailSmtpAlert', integer, ({ config }) => alerts(config.global_defs.smtp_alert)),
    column(9, 'smtpEmailSmtpAlertVrrp', integer, ({ config }) =>
      alerts(config.global_defs.smtp_alert_vrrp),
    ),
    column(10, 'smtpEmailSmtpAlertChecker', integer, ({ config }) =>
      alerts(config.global_defs.smtp_alert_checker),
    ),
  ],
);

const addressees = table<View, string>({
  entry: [...GLOBALS, 3, 5, 1],
  rows: ({ config }) => numbered(config.global_defs.notification_email ?? []),
  columns: [column(2, 'emailAddress', text, (address) => address)],
});

export const globalTables: readonly AnyTable<View, never>[] = [
  table(daemon),
  table(mail),
  addressees,
];
