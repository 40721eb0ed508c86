import { all, type Meanings, meaningsOf } from '#src/config/diff/meaning.js';
import type { vrrpInstance } from '../keywords/vrrp-instance.js';
import type { vrrpScript } from '../keywords/vrrp-script.js';
import type { vrrpSyncGroup } from '../keywords/vrrp-sync-group.js';

const election = { added: 're-election', removed: 're-election' } as const;

/**
 * What changes in the blocks of VRRP mean when they are reloaded (reference §13). Whatever adverts
 * say or decide by may make another node master; scripts, mail and gratuitous ARP may not.
 */
export const vrrpMeanings: Meanings = {
  vrrp_instance: meaningsOf<typeof vrrpInstance>({
    added: 're-election',
    removed: 'addresses move',
    keywords: {
      ...all('addresses move', 'virtual_ipaddress', 'virtual_ipaddress_excluded'),
      ...all('addresses move', 'virtual_routes', 'virtual_rules', 'use_vmac_addr'),
      ...all('re-election', 'interface', 'virtual_router_id', 'vrf', 'use_vmac', 'use_ipvlan'),
      ...all('re-election', 'vmac_xmit_base'),
      ...all('re-election', 'priority', 'nopreempt', 'preempt', 'preempt_delay'),
      ...all('re-election', 'advert_int', 'down_timer_adverts', 'version', 'authentication'),
      ...all('re-election', 'mcast_src_ip', 'mcast_dst_ip', 'native_ipv6', 'auth_hmac'),
      ...all('re-election', 'unicast_src_ip', 'unicast_peer', 'check_unicast_src', 'unicast_ttl'),
      ...all('re-election', 'track_interface', 'track_script', 'track_file', 'track_process'),
      ...all('re-election', 'track_bfd', 'track_src_ip', 'dont_track_primary', 'strict_mode'),
      ...all('re-election', 'lower_prio_no_advert', 'higher_prio_send_advert'),
      ...all('re-election', 'owner_ignore_adverts', 'unicast_fault_no_peer', 'v3_checksum_as_v2'),
    },
  }),
  vrrp_sync_group: meaningsOf<typeof vrrpSyncGroup>({
    ...election,
    keywords: {
      ...all('re-election', 'group', 'track_interface', 'track_script', 'track_file'),
      ...all('re-election', 'track_process', 'track_bfd', 'sync_group_tracking_weight'),
    },
  }),
  vrrp_script: meaningsOf<typeof vrrpScript>({
    ...election,
    keywords: all('re-election', 'script', 'user', 'weight', 'rise', 'fall', 'timeout'),
  }),
  track_file: { ...election, keywords: {}, others: 're-election' },
  vrrp_track_process: { ...election, keywords: {}, others: 're-election' },
  bfd_instance: { ...election, keywords: {}, others: 're-election' },
};
