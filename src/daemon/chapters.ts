import type { ManualText } from '#src/config/reference/manual.js';
import { introduction, preprocessing, scripts } from './manual-text.js';

/*
 * How docs/keywords.md is arranged. What it says of a keyword is in the keyword's row, what of a
 * block in the block; here is only what belongs to no row: the order, and what is common to many.
 */

export const chapters: ManualText = {
  intro: introduction,
  chapters: [
    { title: 'Includes, definitions, loops and conditions', intro: preprocessing, keywords: [] },
    { title: 'Scripts', intro: scripts, keywords: [] },
    {
      title: 'The daemon',
      intro:
        'Settings of the whole process. The parent thread reads them, and hands the workers what concerns them.',
      keywords: [
        'global_defs',
        'net_namespace',
        'net_namespace_ipvs',
        'namespace_with_ipsets',
        'instance',
        'use_pid_dir',
        'child_wait_time',
      ],
      headings: {
        global_defs: [
          ['Mail', /^(router_id|notification_email|smtp_|no_email|no_checker_emails)/],
          ['Scripts', /^(script_user|enable_script_security|use_symlink_paths|startup_|shutdown_)/],
          ['Gratuitous ARP of all instances', /^vrrp_(garp|gna|min_garp|vmac_garp)/],
          ['Firewall rules', /^(nftables|vrrp_iptables|vrrp_ipsets)/],
          [
            'Processes and scheduling',
            /^(process_name|\w+_process_name|\w+_priority$|\w+_no_swap|\w+_cpu_affinity|\w+_rlimit|max_auto|min_auto|process_monitor)/,
          ],
          ['Notification FIFOs', /fifo|vrrp_notify_priority/],
          ['SNMP and D-Bus', /^(snmp|enable_(traps|snmp|dbus)|dbus)/],
          ['Socket buffers', /_bufs|rx_buf/],
          [
            'Defaults of VRRP',
            /^(vrrp|v3_|vmac|default_interface|dynamic_|disable_local|log_unknown)/,
          ],
          ['Defaults of load balancing', /^(lvs|checker|rs_init)/],
          [
            'Files and reload',
            /^(reload|include_|config_save|tmp_|data_use|json_|state_|stats_|umask|iproute|random)/,
          ],
        ],
      },
    },
    {
      title: 'VRRP: addresses that move',
      intro: `
Nodes on a segment elect a master, which holds the virtual addresses; when its adverts cease, the next in line takes them
over. The vrrp thread does this and nothing else, so that nothing delays an advert.`,
      keywords: [
        'vrrp_instance',
        'vrrp_sync_group',
        'vrrp_script',
        'vrrp_track_process',
        'track_file',
        'garp_group',
        'interface_up_down_delays',
        'linkbeat_interfaces',
        'linkbeat_use_polling',
      ],
      headings: {
        vrrp_instance: [
          [
            'Who and where',
            /^(interface|virtual_router_id|version|vrf|native_ipv6|authentication|auth_hmac)$/,
          ],
          [
            'Election',
            /^(state|priority|advert_int|nopreempt|preempt|preempt_delay|down_timer|lower_prio|higher_prio|owner_ignore|timer_expired)/,
          ],
          ['Addresses, routes and rules', /^(virtual_|no_virtual|accept$|no_accept)/],
          ['Tracking', /^(track_|dont_track|linkbeat)/],
          ['Notification', /^(notify|smtp_alert)/],
          ['Gratuitous ARP', /^(garp|vmac_garp)/],
          [
            'Adverts on the wire',
            /^(mcast|unicast|check_unicast|old_unicast|v3_|skip_check|strict|kernel_rx)/,
          ],
          ['Virtual MAC addresses', /^(use_vmac|vmac|use_ipvlan)/],
        ],
      },
    },
    {
      title: 'Static addresses, routes and rules',
      intro: 'They are there as long as the daemon runs, whoever is master.',
      keywords: ['static_ipaddress', 'static_routes', 'static_rules', 'track_group'],
    },
    {
      title: 'LVS: load balancing',
      intro: `
The kernel's IPVS spreads connections over real servers; the check thread asks the servers whether they are well, and
keeps the kernel's table in line with the answers.`,
      keywords: ['virtual_server', 'virtual_server_group', 'SSL'],
      headings: {
        virtual_server: [
          [
            'The service',
            /^(ip_family|protocol|lvs_|persistence|ops$|flag-|sh-|mh-|hashed|weight|snmp_name)/,
          ],
          [
            'Quorum and the last resort',
            /^(quorum|hysteresis|sorry|alpha|omega|inhibit|ha_suspend)/,
          ],
          [
            'Checking, for servers that say nothing else',
            /^(delay|retry|warmup|connect_timeout|virtualhost)/,
          ],
        ],
        'virtual_server/real_server': [
          ['In the table', /^(weight|lvs_method|inhibit|uthreshold|lthreshold|snmp_name)/],
          ['Notification', /^(notify|smtp_alert)/],
          ['Checkers', /_(CHECK|GET)$/],
          ['Checking, for checkers that say nothing else', /./],
        ],
      },
    },
    {
      title: 'BFD and the rest',
      intro: '',
      keywords: ['bfd_instance'],
    },
  ],
};
