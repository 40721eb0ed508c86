import { checkMeanings } from '#checks/core/diff.js';
import { lvsMeanings, serverIdentity, serviceIdentity } from '#lvs/core/diff.js';
import type { RealServerConfig } from '#lvs/keywords/real-server.js';
import type { VirtualServerConfig } from '#lvs/keywords/virtual-server.js';
import { diffConfigs, type ObjectChange, type Side } from '#src/config/diff/diff.js';
import { all, type Meanings, meaningsOf } from '#src/config/diff/meaning.js';
import type { globalDefs } from '#src/config/global-defs.js';
import type { Block } from '#src/config/schema.js';
import { vrrpMeanings } from '#vrrp/core/diff.js';
import { identities } from '#vrrp/core/lookup.js';
import type { VrrpPlan } from '#vrrp/core/types.js';
import { type Config, root, tablesOf } from './root.js';

/** What concerns the whole daemon. The items that need a restart are keepalived's (config §9). */
const daemonMeanings: Meanings = {
  '': meaningsOf<typeof root>({
    added: 'none',
    removed: 'none',
    keywords: {
      ...all('restart needed', 'net_namespace', 'net_namespace_ipvs', 'instance'),
      ...all('addresses move', 'static_ipaddress', 'static_routes', 'static_rules'),
      ...all('re-election', 'interface_up_down_delays', 'linkbeat_interfaces'),
      ...all('re-election', 'linkbeat_use_polling'),
      virtual_server_group: 'connections lost',
    },
  }),
  SSL: {
    added: 'checks restart',
    removed: 'checks restart',
    keywords: {},
    others: 'checks restart',
  },
  global_defs: meaningsOf<typeof globalDefs>({
    added: 'none',
    removed: 'none',
    keywords: {
      ...all('restart needed', 'nftables_ipvs', 'tmp_config_directory'),
      ...all('restart needed', 'disable_local_igmp'),
      ...all('restart needed', 'vrrp_netlink_cmd_rcv_bufs', 'vrrp_netlink_cmd_rcv_bufs_force'),
      ...all('restart needed', 'vrrp_netlink_monitor_rcv_bufs'),
      ...all('restart needed', 'vrrp_netlink_monitor_rcv_bufs_force'),
      ...all('restart needed', 'process_monitor_rcv_bufs', 'process_monitor_rcv_bufs_force'),
      ...all('restart needed', 'lvs_netlink_cmd_rcv_bufs', 'lvs_netlink_cmd_rcv_bufs_force'),
      ...all('re-election', 'vrrp_version', 'vrrp_mcast_group4', 'vrrp_mcast_group6'),
      ...all('re-election', 'vrrp_down_timer_adverts', 'vrrp_strict', 'vrrp_check_unicast_src'),
      ...all('re-election', 'vrrp_lower_prio_no_advert', 'vrrp_higher_prio_send_advert'),
      ...all('re-election', 'vrrp_owner_ignore_adverts', 'v3_checksum_as_v2'),
      default_interface: 'addresses move',
    },
  }),
};

export const meanings: Meanings = {
  ...daemonMeanings,
  ...vrrpMeanings,
  ...lvsMeanings,
  ...checkMeanings,
};

/** A configuration as it is used, and the plan that the vrrp thread has from it. */
export interface Compared {
  config: Config;
  vrrp: VrrpPlan;
  checkers: readonly Block[];
}

/** What a reload from one configuration to another changes, and what that means. */
export const configDiff = (old: Compared, next: Compared): ObjectChange[] =>
  diffConfigs(
    root as unknown as Block,
    [sideOf(old), sideOf(next)],
    meanings,
    tablesOf(next.checkers),
  );

/** Objects are known by what the threads know them by at a reload, not by their names. */
function sideOf({ config, vrrp }: Compared): Side {
  const known = identities(vrrp.instances);
  const instances = new Map(vrrp.instances.map(({ name }, i) => [name, known[i]]));
  return {
    config,
    identity(block, object, around) {
      switch (block.keyword) {
        case 'vrrp_instance':
          return instances.get(String(object.name));
        case 'virtual_server':
          return serviceIdentity(object as unknown as VirtualServerConfig);
        case 'real_server':
          return serverIdentity(
            object as unknown as RealServerConfig,
            around as unknown as VirtualServerConfig,
          );
        default:
          return undefined;
      }
    },
  };
}
