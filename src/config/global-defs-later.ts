import { keyword } from './schema.js';
import { scriptCommand } from './script-value.js';
import { boolean, duration, flag, integer, list, wholeSeconds, word, words } from './values.js';

const MAIL = 'mail comes with a later version';
const PROCESS = 'process settings come with a later version';
const DAEMON = 'it comes with a later version';
const VRRP = 'this part of VRRP comes with a later version';
const LVS = 'this part of LVS comes with a later version';
const FIREWALL = 'firewall rules come with a later version';
const FIFO = 'notification fifos come with a later version';
const SNMP = 'SNMP comes with a later version';
const DBUS = 'D-Bus comes with a later version';
const BUFFERS = 'socket buffers are as the kernel has them, for now';

/** The rows of `global_defs` that are read and checked, and not acted upon yet. */
export const laterGlobals = {
  notification_email_from: keyword(word, 'Mail From address.').refused(MAIL),
  smtp_server: keyword(words(1, 2), 'Relay for alert mail.').refused(MAIL),
  smtp_helo_name: keyword(word, 'Name sent in HELO.').refused(MAIL),
  smtp_connect_timeout: keyword(
    wholeSeconds(1, 4294, { zero: 1 }),
    'SMTP connect timeout in seconds.',
  ).refused(MAIL),
  notification_email: keyword(
    list(word, { words: true, empty: 'Warning - empty notification_email block' }),
    'Recipients of alert mail.',
  ).refused(MAIL),
  smtp_alert: keyword(boolean, 'Default smtp_alert for everything.').refused(MAIL),
  smtp_alert_vrrp: keyword(boolean, 'Default smtp_alert for VRRP objects.').refused(MAIL),
  smtp_alert_checker: keyword(boolean, 'Default smtp_alert for checker objects.').refused(MAIL),
  no_email_faults: keyword(flag, 'Do not mail FAULT transitions.').refused(MAIL),
  no_checker_emails: keyword(boolean, 'Mail only when a server is added or removed.').refused(MAIL),

  process_names: keyword(
    flag,
    'Name children keepalived_vrrp, keepalived_lvs, keepalived_bfd.',
  ).refused(PROCESS),
  process_name: keyword(word, 'Parent process (comm) name.').refused(PROCESS),
  vrrp_process_name: keyword(word, 'VRRP child process name.').refused(PROCESS),
  checker_process_name: keyword(word, 'Checker child process name.')
    .deprecatedAlias('lvs_process_name')
    .refused(PROCESS),
  bfd_process_name: keyword(word, 'BFD child process name.').refused(PROCESS),
  max_auto_priority: keyword(
    words(0, 1),
    'Highest realtime priority raised automatically.',
  ).refused(PROCESS),
  min_auto_priority_delay: keyword(
    integer(1, 10000000),
    'Scheduling lateness in microseconds before priority is raised.',
  ).refused(PROCESS),
  vrrp_priority: keyword(integer(-20, 19), 'Nice value of VRRP child.').refused(PROCESS),
  vrrp_no_swap: keyword(flag, 'Lock VRRP child in memory.').refused(PROCESS),
  vrrp_rt_priority: keyword(integer(1, 99), 'Realtime SCHED_RR priority of VRRP child.').refused(
    PROCESS,
  ),
  vrrp_cpu_affinity: keyword(words(1, 16), 'CPUs the VRRP child may use.').refused(PROCESS),
  vrrp_rlimit_rttime: keyword(integer(1, 4294967295), 'Realtime CPU limit in microseconds.')
    .deprecatedAlias('vrrp_rlimit_rtime')
    .refused(PROCESS),
  checker_priority: keyword(integer(-20, 19), 'Nice value of checker child.').refused(PROCESS),
  checker_no_swap: keyword(flag, 'Lock checker child in memory.').refused(PROCESS),
  checker_rt_priority: keyword(integer(1, 99), 'Realtime priority of checker child.').refused(
    PROCESS,
  ),
  checker_cpu_affinity: keyword(words(1, 16), 'CPUs the checker child may use.').refused(PROCESS),
  checker_rlimit_rttime: keyword(integer(1, 4294967295), 'Realtime CPU limit in microseconds.')
    .deprecatedAlias('checker_rlimit_rtime')
    .refused(PROCESS),
  bfd_priority: keyword(integer(-20, 19), 'Nice value of BFD child.').refused(PROCESS),
  bfd_no_swap: keyword(flag, 'Lock BFD child in memory.').refused(PROCESS),
  bfd_rt_priority: keyword(integer(1, 99), 'Realtime priority of BFD child.').refused(PROCESS),
  bfd_cpu_affinity: keyword(words(1, 16), 'CPUs the BFD child may use.').refused(PROCESS),
  bfd_rlimit_rttime: keyword(integer(1, 4294967295), 'Realtime CPU limit in microseconds.')
    .deprecatedAlias('bfd_rlimit_rtime')
    .refused(PROCESS),

  use_symlink_paths: keyword(
    boolean,
    'Keep symlinks in script paths instead of resolving them.',
  ).refused(DAEMON),
  startup_script: keyword(scriptCommand, 'Script run once before children start.')
    .onlyOnce()
    .refused(DAEMON),
  startup_script_timeout: keyword(integer(1, 1000), 'Seconds allowed for startup script.').refused(
    DAEMON,
  ),
  shutdown_script: keyword(scriptCommand, 'Script run once after children exit.')
    .onlyOnce()
    .refused(DAEMON),
  shutdown_script_timeout: keyword(
    integer(1, 1000),
    'Seconds allowed for shutdown script.',
  ).refused(DAEMON),
  umask: keyword(words(1, 16), 'File creation mask.').refused(DAEMON),
  random_seed: keyword(
    integer(0, 4294967295),
    'Meant to seed the random numbers of the preprocessor.',
  ).without('keepalived does not use it either'),
  reload_check_config: keyword(words(0, 8), 'Validate configuration before reloading.').refused(
    DAEMON,
  ),
  reload_time_file: keyword(word, 'File holding time of a scheduled reload.').refused(DAEMON),
  reload_repeat: keyword(flag, 'Keep time file and reload daily.').refused(DAEMON),
  reload_file: keyword(words(0, 8), 'Lock style file present while configuration is read.').refused(
    DAEMON,
  ),
  include_check: keyword(words(0, 8), 'Which include problems are errors.').refused(DAEMON),
  config_save_dir: keyword(word, 'Save state and configuration around each reload.').refused(
    DAEMON,
  ),
  tmp_config_directory: keyword(word, 'Where shared copy of configuration is kept.')
    .onlyOnce()
    .refused(DAEMON),
  data_use_instance: keyword(boolean, 'Put instance and namespace in dump file names.').refused(
    DAEMON,
  ),
  json_version: keyword(integer(1, 2), 'JSON dump layout.').refused(DAEMON),
  iproute_usr_dir: keyword(word, 'Vendor iproute2 tables directory.').refused(DAEMON),
  iproute_etc_dir: keyword(word, 'Local iproute2 tables directory.').refused(DAEMON),
  state_dump_file: keyword(word, 'SIGUSR1 dump file.').refused(DAEMON),
  stats_dump_file: keyword(word, 'Statistics dump file.').refused(DAEMON),
  json_dump_file: keyword(word, 'JSON dump file.').refused(DAEMON),

  disable_local_igmp: keyword(
    flag,
    'Clear igmp_link_local_mcast_reports sysctl (Linux 4.3+).',
  ).refused(VRRP),
  v3_checksum_as_v2: keyword(
    flag,
    'VRRPv3 IPv4 checksum without pseudo header, default for instances.',
  ).refused(VRRP),
  vrrp_mcast_group6: keyword(word, 'IPv6 advert group.').refused(VRRP),
  vrrp_min_garp: keyword(boolean, 'Send one GARP/NA and no second batch.').refused(VRRP),
  vrrp_garp_extra_if: keyword(words(1, 2), 'Seconds between GARPs on other VIP interfaces.')
    .deprecatedAlias('vrrp_vmac_garp_intvl')
    .refused(VRRP),
  vrrp_check_unicast_src: keyword(
    flag,
    'Default: reject unicast adverts not from configured peers.',
  ).refused(VRRP),
  vrrp_skip_check_adv_addr: keyword(
    boolean,
    'Skip address list check when sender unchanged.',
  ).refused(VRRP),
  vrrp_strict: keyword(boolean, 'Enforce RFC compliance.').refused(VRRP),
  vrrp_notify_priority_changes: keyword(boolean, 'Write priority changes to FIFOs.').refused(VRRP),
  vrrp_delay_after_boot: keyword(
    duration(0.001, 4294.967295),
    'Earliest uptime in seconds at which instances start.',
  ).refused(VRRP),
  log_unknown_vrids: keyword(flag, 'Log adverts for unconfigured VRIDs.').refused(VRRP),
  vrrp_owner_ignore_adverts: keyword(boolean, 'Address owners ignore received adverts.').refused(
    VRRP,
  ),
  vmac_prefix: keyword(word, 'Prefix of generated VMAC interface names.').onlyOnce().refused(VRRP),
  vmac_addr_prefix: keyword(word, 'Prefix for VMACs created per VIP interface.').refused(VRRP),

  lvs_flush_on_stop: keyword(words(0, 8), 'Flush IPVS at stop.')
    .deprecatedAlias('lvs_flush_onstop')
    .refused(LVS),
  lvs_sync_daemon: keyword(
    words(1, 16),
    'IPVS connection sync daemon, optionally following an instance.',
  )
    .onlyOnce()
    .refused(LVS),

  vrrp_iptables: keyword(words(0, 8), 'Use iptables for no_accept and VMAC filtering.')
    .onlyOnce()
    .refused(FIREWALL),
  vrrp_ipsets: keyword(words(0, 8), 'ipset names used with iptables.').refused(FIREWALL),
  nftables: keyword(words(0, 8), 'Use nftables for no_accept and VMAC filtering.')
    .onlyOnce()
    .refused(FIREWALL),
  nftables_priority: keyword(
    integer(-2147483648, 2147483647),
    'Priority of nftables base chains.',
  ).refused(FIREWALL),
  nftables_ifindex: keyword(flag, 'Key link-local nft sets by ifindex.').refused(FIREWALL),
  nftables_ipvs: keyword(words(0, 8), 'Mark group traffic with nftables so IPVS uses one fwmark.')
    .onlyOnce()
    .refused(FIREWALL),
  nftables_ipvs_priority: keyword(
    integer(-2147483648, 2147483647),
    'Priority of the IPVS nftables chains.',
  ).refused(FIREWALL),
  nftables_ipvs_start_fwmark: keyword(
    integer(1, 4294967295),
    'First fwmark allocated automatically.',
  ).refused(FIREWALL),
  nftables_counters: keyword(flag, 'Add counters to nft rules.').refused(FIREWALL),

  notify_fifo: keyword(words(1, 16), 'FIFO receiving all notify lines.').onlyOnce().refused(FIFO),
  notify_fifo_script: keyword(scriptCommand, 'Process reading notify_fifo.')
    .onlyOnce()
    .refused(FIFO),
  vrrp_notify_fifo: keyword(words(1, 16), 'FIFO receiving VRRP notify lines.')
    .onlyOnce()
    .refused(FIFO),
  vrrp_notify_fifo_script: keyword(scriptCommand, 'Process reading vrrp_notify_fifo.')
    .onlyOnce()
    .refused(FIFO),
  fifo_write_vrrp_states_on_reload: keyword(
    flag,
    'Write all states to FIFOs after reload.',
  ).refused(FIFO),
  lvs_notify_fifo: keyword(words(1, 16), 'FIFO receiving checker notify lines.')
    .onlyOnce()
    .refused(FIFO),
  lvs_notify_fifo_script: keyword(scriptCommand, 'Process reading lvs_notify_fifo.')
    .onlyOnce()
    .refused(FIFO),

  snmp_socket: keyword(word, 'AgentX master address.').onlyOnce().refused(SNMP),
  enable_traps: keyword(flag, 'Send SNMP notifications.').refused(SNMP),
  enable_snmp_vrrp: keyword(flag, 'Serve VRRP part of KEEPALIVED-MIB.')
    .deprecatedAlias('enable_snmp_keepalived')
    .refused(SNMP),
  enable_snmp_rfc: keyword(flag, 'Serve both RFC VRRP MIBs.').refused(SNMP),
  enable_snmp_rfcv2: keyword(flag, 'Serve RFC2787 MIB.').refused(SNMP),
  enable_snmp_rfcv3: keyword(flag, 'Serve RFC6527 MIB.').refused(SNMP),
  enable_snmp_checker: keyword(flag, 'Serve checker part of KEEPALIVED-MIB.').refused(SNMP),
  snmp_vs_stats_update_interval: keyword(
    duration(0.001, 30),
    'Minimum seconds between virtual server statistics reads.',
  ).refused(SNMP),
  snmp_rs_stats_update_interval: keyword(
    duration(0.001, 30),
    'Minimum seconds between real server statistics reads.',
  ).refused(SNMP),

  enable_dbus: keyword(flag, 'Export VRRP state on D-Bus.').refused(DBUS),
  dbus_service_name: keyword(word, 'Bus name to own.').refused(DBUS),
  dbus_no_interface_name: keyword(word, 'Path element for instances without interface.').refused(
    DBUS,
  ),

  vrrp_netlink_cmd_rcv_bufs: keyword(
    integer(0, 4294967295),
    'Netlink command socket receive buffer.',
  ).refused(BUFFERS),
  vrrp_netlink_cmd_rcv_bufs_force: keyword(boolean, 'Exceed rmem_max for that buffer.').refused(
    BUFFERS,
  ),
  vrrp_netlink_monitor_rcv_bufs: keyword(
    integer(0, 4294967295),
    'Netlink monitor socket receive buffer.',
  ).refused(BUFFERS),
  vrrp_netlink_monitor_rcv_bufs_force: keyword(boolean, 'Exceed rmem_max for that buffer.').refused(
    BUFFERS,
  ),
  process_monitor_rcv_bufs: keyword(
    integer(0, 4294967295),
    'Proc connector socket receive buffer.',
  ).refused(BUFFERS),
  process_monitor_rcv_bufs_force: keyword(boolean, 'Exceed rmem_max for that buffer.').refused(
    BUFFERS,
  ),
  lvs_netlink_cmd_rcv_bufs: keyword(
    integer(0, 4294967295),
    'Checker netlink command buffer.',
  ).refused(BUFFERS),
  lvs_netlink_cmd_rcv_bufs_force: keyword(boolean, 'Exceed rmem_max for that buffer.').refused(
    BUFFERS,
  ),
  lvs_netlink_monitor_rcv_bufs: keyword(
    integer(0, 4294967295),
    'Checker netlink monitor buffer.',
  ).refused(BUFFERS),
  lvs_netlink_monitor_rcv_bufs_force: keyword(boolean, 'Exceed rmem_max for that buffer.').refused(
    BUFFERS,
  ),
  vrrp_rx_bufs_policy: keyword(word, 'How VRRP socket receive buffer is sized.').refused(BUFFERS),
  vrrp_rx_bufs_multiplier: keyword(
    integer(1, 4294967295),
    'Multiplier for MTU/ADVERT policy.',
  ).refused(BUFFERS),
};
