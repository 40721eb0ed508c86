import { hostname } from 'node:os';
import { type Duration, seconds, toSeconds } from '@keepalived-ts/base/time.js';
import type { SyncDaemonConfig } from '#src/config/global-defs/sync-daemon.js';
import { CUSTOMARY_SOCKET } from '#src/snmp/agent-address.js';
import { garpDefaults } from '#vrrp/core/plan-garp.js';
import { routerId } from './globals-mib.js';
import type { View } from './view.js';

const unset = (value: boolean | undefined): string =>
  value === undefined ? 'unset' : value ? 'on' : 'off';

const exactly = (time: Duration = seconds(0)): string => toSeconds(time).toFixed(6);

function syncLines(daemon: SyncDaemonConfig | undefined): string[] {
  if (daemon === undefined) return [];
  const shown = [
    ['vrrp instance', daemon.inst],
    ['interface', daemon.interface],
    ['syncid', daemon.id],
    ['maxlen', daemon.maxlen],
    ['mcast group', daemon.group],
    ['mcast port', daemon.port],
    ['mcast ttl', daemon.ttl],
  ];
  return shown.flatMap(([name, value]) =>
    value === undefined ? [] : [`LVS syncd ${name} = ${value}`],
  );
}

/** keepalived switches its table on where it is named or needed. */
function firewallLines({ config: { global_defs: globals }, vrrp }: View): string[] {
  const table = globals.nftables?.[0] ?? 'keepalived';
  const isOn = globals.nftables !== undefined || vrrp?.plan.firewall !== undefined;
  const not = globals.nftables_ifindex ? '' : "don't ";
  return [
    ...(isOn
      ? [
          `nftables table name = ${table}`,
          `nftables base chain priority = ${globals.nftables_priority}`,
          `nftables ${not}force use ifindex for link local IPv6`,
        ]
      : []),
    `nftables with${globals.nftables_counters ? '' : 'out'} counters`,
  ];
}

/** The section of global definitions, which each file of a data dump begins with. */
export function globalsText(view: View): string {
  const { config } = view;
  const globals = config.global_defs;
  const mail = globals.smtp_server;
  const flags: readonly (readonly [on: boolean | undefined, what: string])[] = [
    [globals.enable_snmp_vrrp, 'vrrp'],
    [globals.enable_snmp_checker, 'checker'],
    [globals.enable_snmp_rfc === true || globals.enable_snmp_rfcv2, 'RFCv2'],
    [globals.enable_snmp_rfc === true || globals.enable_snmp_rfcv3, 'RFCv3'],
    [globals.enable_traps, 'traps'],
  ];
  const flush = globals.lvs_flush_on_stop;
  const garp = garpDefaults(globals);
  const secondary = garp.extra.all ? 'i/f' : 'VMAC';
  const addressees = globals.notification_email ?? [];
  const lines = [
    `Network namespace = ${config.net_namespace ?? '(default)'}`,
    ...(config.instance === undefined ? [] : [`Instance name = ${config.instance}`]),
    `Router ID = ${routerId(view)}`,
    ...(mail
      ? [
          `Smtp server = ${mail.host}`,
          `Smtp server port = ${mail.port}`,
          `Smtp HELO name = ${globals.smtp_helo_name ?? hostname()}`,
          `Smtp server connection timeout = ${toSeconds(globals.smtp_connect_timeout)}`,
        ]
      : []),
    ...(globals.notification_email_from === undefined
      ? []
      : [`Email notification from = ${globals.notification_email_from}`]),
    ...(addressees.length === 0
      ? []
      : ['Email notification to:', ...addressees.map((to) => `  ${to}`)]),
    `Default smtp_alert = ${unset(globals.smtp_alert)}`,
    `Default smtp_alert_vrrp = ${unset(globals.smtp_alert_vrrp)}`,
    `Default smtp_alert_checker = ${unset(globals.smtp_alert_checker)}`,
    `Checkers log all failures = ${globals.checker_log_all_failures}`,
    `Dynamic interfaces = ${globals.dynamic_interfaces !== undefined}`,
    ...syncLines(globals.lvs_sync_daemon),
    `LVS flush = ${globals.lvs_flush}`,
    `LVS flush on stop = ${flush === undefined ? 'disabled' : flush === 'all' ? 'full' : 'VS'}`,
    `VRRP IPv4 mcast group = ${globals.vrrp_mcast_group4}`,
    `VRRP IPv6 mcast group = ${globals.vrrp_mcast_group6}`,
    `Gratuitous ARP delay = ${toSeconds(garp.delay)}`,
    `Gratuitous ARP repeat = ${garp.repeat}`,
    `Gratuitous ARP refresh timer = ${toSeconds(garp.refresh)}`,
    `Gratuitous ARP refresh repeat = ${garp.refreshRepeat}`,
    `Gratuitous ARP lower priority delay = ${toSeconds(garp.lowerPrioDelay)}`,
    `Gratuitous ARP lower priority repeat = ${garp.lowerPrioRepeat}`,
    `Num adverts before down = ${globals.vrrp_down_timer_adverts}`,
    `Gratuitous ARP for each secondary ${secondary} = ${toSeconds(garp.extra.interval)}s`,
    `Gratuitous ARP interval = ${exactly(globals.vrrp_garp_interval)}`,
    `Gratuitous NA interval = ${exactly(globals.vrrp_gna_interval)}`,
    `VRRP default protocol version = ${globals.vrrp_version}`,
    ...firewallLines(view),
    `VRRP strict mode = ${globals.vrrp_strict ?? false}`,
    ...flags.map(([on, what]) => `SNMP ${what} ${on === true ? 'enabled' : 'disabled'}`),
    `SNMP socket = ${globals.snmp_socket ?? `default (unix:${CUSTOMARY_SOCKET})`}`,
    'DBus disabled',
    `Script security ${globals.enable_script_security ? 'enabled' : 'disabled'}`,
  ];
  return `------< Global definitions >------\n${lines.map((line) => ` ${line}\n`).join('')}`;
}
