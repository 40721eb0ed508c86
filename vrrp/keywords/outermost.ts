import { keyword, several } from '#src/config/schema.js';
import { list } from '#src/config/values.js';
import { staticAddressLine } from './addresses.js';
import { bfdInstance } from './bfd-instance.js';
import { garpGroup, trackGroup } from './groups.js';
import { interfaceDelays, linkbeatInterface } from './interface-lines.js';
import { staticRoute } from './route-line.js';
import { staticRule } from './rule-line.js';
import { trackFile } from './track-file.js';
import { vrrpTrackProcess } from './track-process.js';
import { vrrpInstance } from './vrrp-instance.js';
import { vrrpScript } from './vrrp-script.js';
import { vrrpSyncGroup } from './vrrp-sync-group.js';

/**
 * What of VRRP may stand at the outermost level. In the normal form, what others name comes first,
 * since it must stand above them.
 */
export const vrrpBlocks = {
  vrrp_script: several(vrrpScript),
  vrrp_track_process: several(vrrpTrackProcess),
  track_file: several(trackFile).alias('vrrp_track_file'),
  bfd_instance: several(bfdInstance).refused('BFD comes with a later version'),
  track_group: several(trackGroup),

  vrrp_instance: several(vrrpInstance),
  vrrp_sync_group: several(vrrpSyncGroup),
  static_ipaddress: keyword(
    list(staticAddressLine),
    'Addresses that the machine has for as long as the daemon runs, master or not.',
  )
    .default([])
    .mayName('track_group', 'track_group')
    .shown('static_ipaddress { 192.0.2.5/24 dev eth0 }'),
  static_routes: keyword(
    list(staticRoute),
    'Routes that the machine has for as long as the daemon runs, as ip route has them.',
  )
    .default([])
    .mayName('track_group', 'track_group')
    .shown('static_routes { 198.51.100.0/24 via 192.0.2.1 dev eth0 }'),
  static_rules: keyword(
    list(staticRule),
    'Policy rules that the machine has for as long as the daemon runs, as ip rule has them.',
  )
    .default([])
    .mayName('track_group', 'track_group')
    .shown('static_rules { from 192.0.2.0/24 table 100 preference 100 }'),
  garp_group: several(garpGroup),
  interface_up_down_delays: keyword(
    list(interfaceDelays),
    'How long an interface must be down, or up, before that counts.',
  )
    .default([])
    .shown('interface_up_down_delays { eth0 2 5 }'),
  linkbeat_interfaces: keyword(
    list(linkbeatInterface),
    'Interfaces whose link is polled rather than waited for.',
  )
    .default([])
    .shown('linkbeat_interfaces { eth0 ETHTOOL }')
    .without('the kernel tells of every link by netlink, so none is polled'),
};
