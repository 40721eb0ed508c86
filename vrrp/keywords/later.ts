import { laterBlock } from '#src/config/later.js';
import { keyword } from '#src/config/schema.js';
import { scriptCommand } from '#src/config/script-value.js';
import { address, boolean, flag, integer, interfaceName, list, words } from '#src/config/values.js';

const UNICAST = 'unicast comes with a later version; the instance uses multicast';
const VMAC = 'virtual MACs come with a later version; the MAC of the interface is used';
const STRICT = 'strict mode comes with a later version';
const GARP = 'it comes with a later version';
const OTHER = 'it comes with a later version';

/** The rows of `vrrp_instance` that are read and checked, and not acted upon yet. */
export const laterInstance = {
  unicast_src_ip: keyword(address, 'Source of unicast adverts.').refused(UNICAST),
  unicast_peer: keyword(list(address), 'Peers to send adverts to.').refused(UNICAST),
  unicast_fault_no_peer: keyword(flag, 'FAULT rather than multicast without peers.').refused(
    UNICAST,
  ),
  unicast_ttl: keyword(integer(0, 255), 'TTL of unicast adverts.').refused(UNICAST),
  check_unicast_src: keyword(flag, 'Hear peers only.').refused(UNICAST),
  old_unicast_checksum: keyword(words(0, 1), 'Checksum of keepalived 1.3.6.').refused(UNICAST),
  use_vmac: keyword(words(0, 6), 'Use a macvlan with the virtual MAC.').refused(VMAC),
  use_vmac_addr: keyword(flag, 'The same for interfaces of other addresses.').refused(VMAC),
  vmac_xmit_base: keyword(flag, 'Send adverts on the base interface.').refused(VMAC),
  use_ipvlan: keyword(words(0, 6), 'Use an ipvlan interface.').refused(VMAC),
  native_ipv6: keyword(flag, 'Force IPv6.').refused('IPv6 comes with a later version'),
  vrf: keyword(interfaceName, 'VRF where no interface is given.').refused(OTHER),
  track_file: laterBlock('track_file', 'Files whose number moves the priority.'),
  track_process: laterBlock('track_process', 'Processes that must run.'),
  track_bfd: laterBlock('track_bfd', 'BFD sessions that must be up.'),
  track_src_ip: keyword(flag, 'FAULT when the source address is gone.').refused(OTHER),
  virtual_routes: laterBlock('virtual_routes', 'Routes that follow the master.'),
  virtual_rules: laterBlock('virtual_rules', 'Policy rules that follow the master.'),
  promote_secondaries: keyword(flag, 'Keep secondaries when the first address goes.').refused(
    OTHER,
  ),
  linkbeat_use_polling: keyword(flag, 'Poll the link.').refused('netlink tells of the link'),
  v3_checksum_as_v2: keyword(boolean, 'VRRPv3 checksum of version 2.').refused(
    'only version 2 so far',
  ),
  accept: keyword(flag, 'Accept packets to the addresses.')
    .undoing('no_accept')
    .refused('they are always accepted so far'),
  no_accept: keyword(flag, 'Drop packets to the addresses.')
    .undoing('accept')
    .refused('they are always accepted so far'),
  skip_check_adv_addr: keyword(boolean, 'Check addresses of a new sender only.').refused(OTHER),
  strict_mode: keyword(boolean, 'Adhere to the RFC.').refused(STRICT),
  notify_deleted: keyword(words(0, 3), 'Run when a reload removes the instance.').refused(OTHER),
  notify_master_rx_lower_pri: keyword(scriptCommand, 'Run when a master hears a weaker advert.')
    .onlyOnce()
    .refused(OTHER),
  smtp_alert: keyword(boolean, 'Mail on changes.').refused('mail comes with a later version'),
  notify_priority_changes: keyword(boolean, 'Tell fifos of priorities.').refused(
    'notification fifos come with a later version',
  ),
  lvs_sync_daemon_interface: keyword(interfaceName, 'IPVS synchronisation bound to this instance.')
    .deprecatedFor('the global lvs_sync_daemon')
    .refused(OTHER),
  timer_expired_backup: keyword(words(0, 1), 'Fall back to BACKUP when woken late.')
    .deprecatedAlias('thread_timer_expired')
    .refused(OTHER),
  garp_extra_if: keyword(words(1, 2), 'Gratuitous ARP on other interfaces.')
    .deprecatedAlias('vmac_garp_intvl')
    .refused(GARP),
  owner_ignore_adverts: keyword(boolean, 'The owner ignores adverts.').refused(OTHER),
  kernel_rx_buf_size: keyword(integer(0, 4294967295), 'Receive buffer of the socket.').refused(
    OTHER,
  ),
  auth_hmac: laterBlock('auth_hmac', 'HMAC-SHA256 trailer of adverts.'),
};
