import { familyOf } from '@keepalived-ts/base/ip.js';
import {
  type Destination,
  destinationKey,
  type Forwarding,
  type ServiceId,
  serviceFamily,
} from '@keepalived-ts/ipvs-netlink/types.js';
import type { ServerAddress } from '#lvs/keywords/values.js';
import type { VirtualServerConfig } from '#lvs/keywords/virtual-server.js';
import { advice, type Say } from './adjustments.js';
import { serverName } from './names.js';
import type { RealServerPlan, SorryServerPlan } from './plan.js';

/** The weight of the sorry server, which has nobody to share with. */
const SORRY_WEIGHT = 1;
const DEFAULT_FORWARDING: Forwarding = { method: 'NAT' };

/** The forwarding method of a server: its own, else its service's, else NAT. */
export const forwardingOf = (
  own: Forwarding | undefined,
  config: VirtualServerConfig,
): Forwarding => own ?? config.lvs_method ?? DEFAULT_FORWARDING;

/** The real servers of a service, each once; `name` is the service's. */
export function settleServers(
  config: VirtualServerConfig,
  id: ServiceId,
  name: string,
  say: Say,
): RealServerPlan[] {
  const servers = new Map<string, RealServerPlan>();
  for (const server of config.real_server) {
    const forwarding = forwardingOf(server.lvs_method, config);
    const { address } = server.server;
    if (!familiesAgree(id, server.server, forwarding)) {
      say(
        `Address family of virtual server and real server ${address} don't match` +
          ' - skipping real server.',
        server.at,
      );
      continue;
    }
    const written = serverName(id, address, server.server.port || portOf(id));
    const settled = settlePort(id, server.server.port, forwarding);
    if (settled.changed) {
      say(
        id.kind === 'fwmark'
          ? `WARNING - fwmark virtual server ${name}, real server ${written} has port specified - clearing`
          : `WARNING - virtual server ${name} and real server ${written} ports don't match - resetting`,
        server.at,
        { code: 'port-of-direct-server' },
      );
    }
    const { port } = settled;
    const weight = server.weight ?? config.weight;
    const destination: Destination = {
      address,
      port,
      forwarding,
      weight,
      upperThreshold: server.uthreshold ?? 0,
      lowerThreshold: server.lthreshold ?? 0,
    };
    const key = destinationKey(destination);
    const twin = servers.get(key);
    if (twin !== undefined) {
      // Compat: keepalived compares the ports as they are written.
      const isAlike = twin.config.server.port === server.server.port;
      say(
        `VS ${name}: real server ${written} is duplicated - removing second rs`,
        server.at,
        isAlike ? { code: 'real-server-twice' } : advice('real-server-twice'),
      );
      continue;
    }
    servers.set(key, {
      key,
      name: serverName(id, address, port),
      destination,
      weight,
      inhibit: server.inhibit_on_failure ?? config.inhibit_on_failure,
      alpha: server.alpha ?? config.alpha,
      config: server,
    });
  }
  return [...servers.values()];
}

const portOf = (id: ServiceId): number => (id.kind === 'fwmark' ? 0 : id.port);

/** A tunnel may lead to a server of the other family (the kernel's ip_vs_genl_set_cmd). */
const familiesAgree = (id: ServiceId, server: ServerAddress, forwarding: Forwarding): boolean =>
  forwarding.method === 'TUN' || familyOf(server.address) === serviceFamily(id);

/**
 * The port of a server: that of the service where none is written, and where the packets are
 * passed on unchanged, as DR and TUN do. With a mark there is none to compare with.
 */
function settlePort(
  id: ServiceId,
  written: number,
  forwarding: Forwarding,
): { port: number; changed: boolean } {
  if (forwarding.method === 'NAT') return { port: written || portOf(id), changed: false };
  const port = portOf(id);
  return { port, changed: written !== 0 && written !== port };
}

/**
 * The sorry server, which follows the rules of real servers.
 *
 * Compat: by NAT it keeps port 0 where none is written. The kernel then leaves the port of each
 * packet as it is, so only listings of the table show a difference.
 */
export function settleSorryServer(
  config: VirtualServerConfig,
  id: ServiceId,
  name: string,
  servers: readonly RealServerPlan[],
  say: Say,
): SorryServerPlan | undefined {
  const { sorry_server: server } = config;
  if (server === undefined) return undefined;
  const forwarding = forwardingOf(config.sorry_server_lvs_method, config);
  if (!familiesAgree(id, server, forwarding)) {
    say(
      `Address family of virtual server and sorry server ${server.address} don't match` +
        ' - skipping sorry server.',
    );
    return undefined;
  }
  const { port, changed } =
    forwarding.method === 'NAT'
      ? { port: server.port, changed: false }
      : settlePort(id, server.port, forwarding);
  if (changed) {
    say(
      id.kind === 'fwmark'
        ? `WARNING - virtual server ${name}, sorry server has port specified - clearing`
        : `WARNING - virtual server ${name} and sorry server ports don't match - resetting`,
    );
  }
  const key = destinationKey({ address: server.address, port });
  const twin = servers.find((candidate) => candidate.key === key);
  if (twin !== undefined && twin.inhibit !== config.sorry_server_inhibit) {
    say(
      `Virtual server ${name}: real server ${twin.name} matches sorry server, but inhibit setting` +
        ` differs, ${twin.inhibit ? 'setting' : 'clearing'} on sorry server`,
    );
  }
  return {
    key,
    name: serverName(id, server.address, port),
    destination: {
      address: server.address,
      port,
      forwarding,
      weight: SORRY_WEIGHT,
      upperThreshold: 0,
      lowerThreshold: 0,
    },
    inhibit: twin?.inhibit ?? config.sorry_server_inhibit,
  };
}
