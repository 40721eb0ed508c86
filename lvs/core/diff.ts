import { destinationKey, serviceKey } from '@keepalived-ts/ipvs-netlink/types.js';
import { all, type Meanings, meaningsOf } from '#src/config/diff/meaning.js';
import type { RealServerConfig, realServer } from '../keywords/real-server.js';
import type { VirtualServerConfig, virtualServer } from '../keywords/virtual-server.js';
import { identity } from './plan.js';

const pool = { added: 'none', removed: 'connections lost' } as const;

/**
 * What changes in the blocks of LVS mean when they are reloaded (checker reference §7).
 *
 * Services and servers that stay are changed in place, which keeps their connections; another
 * scheduler, weight or quorum decides about new ones only.
 */
export const lvsMeanings: Meanings = {
  virtual_server: meaningsOf<typeof virtualServer>({
    ...pool,
    keywords: {
      ...all('connections lost', 'protocol', 'ip_family', 'sorry_server'),
      ...all('checks restart', 'virtualhost'),
    },
    additions: { sorry_server: 'none' },
  }),
  real_server: meaningsOf<typeof realServer>({
    ...pool,
    keywords: all('checks restart', 'virtualhost'),
  }),
};

/** What a reload knows a virtual server by; a group goes by its name. */
export function serviceIdentity(config: VirtualServerConfig): string | undefined {
  const { service } = config;
  if (service.kind === 'group') return undefined;
  return serviceKey(identity(config, service, () => undefined));
}

/** What a reload knows a real server by: a port that is not written is that of the service. */
export function serverIdentity(
  { server: { address, port } }: RealServerConfig,
  { service }: VirtualServerConfig,
): string {
  return destinationKey({ address, port: port || (service.kind === 'address' ? service.port : 0) });
}
