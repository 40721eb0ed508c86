import { familyOf, type IpAddress } from '@keepalived-ts/base/ip.js';
import {
  type Destination,
  destinationKey,
  type Forwarding,
  type ServiceId,
  serviceFamily,
  serviceKey,
} from '@keepalived-ts/ipvs-netlink/types.js';
import type { RealServerConfig } from '#lvs/keywords/real-server.js';
import type { ServerAddress } from '#lvs/keywords/values.js';
import type { VirtualServerConfig } from '#lvs/keywords/virtual-server.js';
import { advice, type Say } from './adjustments.js';
import type { Who } from './groups.js';
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

/** The real servers of a service, each once. */
export function settleServers(config: VirtualServerConfig, who: Who, say: Say): RealServerPlan[] {
  const servers = new Map<string, RealServerPlan>();
  for (const server of config.real_server) {
    const forwarding = forwardingOf(server.lvs_method, config);
    const { address } = server.server;
    const fit = fitness(who, server.server, forwarding);
    if (fit === 'none') {
      say(
        `Address family of virtual server and real server ${address} don't match` +
          ' - skipping real server.',
        server.at,
      );
      continue;
    }
    if (fit === 'some') {
      const message = `real server ${address} serves only the entries of its own family`;
      say(`Virtual server ${who.name}: ${message}`, server.at, advice('entries-of-other-family'));
    }
    const port = settlePort(who, server, forwarding, say);
    const weight = server.weight ?? config.weight;
    const destination: Destination = {
      address,
      port,
      forwarding,
      weight,
      upperThreshold: server.uthreshold ?? 0,
      lowerThreshold: server.lthreshold ?? 0,
    };
    const name = serverName(who.protocol, address, port);
    // In a group without NAT the port is the entry's, so the address alone tells servers apart.
    const isAlone = who.group !== undefined && forwarding.method !== 'NAT';
    const key = destinationKey(destination);
    const identity = isAlone ? address : key;
    const twin = servers.get(identity);
    if (twin !== undefined) {
      // Compat: keepalived compares the ports as they are written.
      const isAlike = twin.config.server.port === server.server.port;
      const written = serverName(who.protocol, address, server.server.port || portOf(who));
      say(
        `VS ${who.name}: real server ${written} is duplicated - removing second rs`,
        server.at,
        isAlike ? { code: 'real-server-twice' } : advice('real-server-twice'),
      );
      continue;
    }
    servers.set(identity, {
      key,
      name,
      destination,
      weight,
      inhibit: server.inhibit_on_failure ?? config.inhibit_on_failure,
      alpha: server.alpha ?? config.alpha,
      config: server,
    });
  }
  return [...servers.values()];
}

const portIn = (id: ServiceId): number => (id.kind === 'fwmark' ? 0 : id.port);

/** The port of the service; those of a group may differ, so that it has none. */
const portOf = ({ group, ids: [id] }: Who): number =>
  id === undefined || group !== undefined ? 0 : portIn(id);

/** A tunnel may lead to a server of the other family (the kernel's ip_vs_genl_set_cmd). */
const mayServe = (id: ServiceId, address: IpAddress, forwarding: Forwarding): boolean =>
  forwarding.method === 'TUN' || familyOf(address) === serviceFamily(id);

/** How many of the services a server can serve. */
function fitness(
  { ids }: Who,
  { address }: ServerAddress,
  forwarding: Forwarding,
): 'all' | 'some' | 'none' {
  const can = (id: ServiceId): boolean => mayServe(id, address, forwarding);
  if (ids.every(can)) return 'all';
  return ids.some(can) ? 'some' : 'none';
}

/**
 * A server as it stands in one of the services; `undefined` where it can't be.
 *
 * Packets that DR and TUN pass on unchanged keep the port that the client asked.
 */
export function destinationIn(id: ServiceId, destination: Destination): Destination | undefined {
  const { address, forwarding } = destination;
  if (!mayServe(id, address, forwarding)) return undefined;
  const port = forwarding.method === 'NAT' ? destination.port : portIn(id);
  return port === destination.port ? destination : { ...destination, port };
}

const DIRECT_PORT = { code: 'port-of-direct-server' };

/**
 * The port of a server: that of the service where none is written, and where the packets are
 * passed on unchanged, as DR and TUN do. With a mark there is none to compare with. In a group the
 * written port is kept for the checkers.
 */
function settlePort(
  who: Who,
  { server: { address, port: written }, at }: RealServerConfig,
  forwarding: Forwarding,
  say: Say,
): number {
  const port = portOf(who);
  if (forwarding.method === 'NAT') return written || port;
  const other = who.ids.find((id) => portIn(id) !== written);
  if (written === 0 || other === undefined) return written || port;
  const name = serverName(who.protocol, address, written);
  const isMark = who.protocol === undefined;
  if (who.group !== undefined) {
    say(
      isMark
        ? `WARNING - fwmark virtual server ${who.name}, real server ${name} has port specified` +
            ' - port will be ignored'
        : `virtual server ${who.name}:[${serviceKey(other)}] and real server ${name}` +
            " ports don't match",
      at,
      DIRECT_PORT,
    );
    return written;
  }
  say(
    isMark
      ? `WARNING - fwmark virtual server ${who.name}, real server ${name} has port specified - clearing`
      : `WARNING - virtual server ${who.name} and real server ${name} ports don't match - resetting`,
    at,
    DIRECT_PORT,
  );
  return port;
}

/**
 * The sorry server, which follows the rules of real servers.
 *
 * Compat: by NAT it keeps port 0 where none is written. The kernel then leaves the port of each
 * packet as it is, so only listings of the table show a difference.
 */
export function settleSorryServer(
  config: VirtualServerConfig,
  who: Who,
  servers: readonly RealServerPlan[],
  say: Say,
): SorryServerPlan | undefined {
  const { sorry_server: server } = config;
  if (server === undefined) return undefined;
  const { name } = who;
  const forwarding = forwardingOf(config.sorry_server_lvs_method, config);
  if (fitness(who, server, forwarding) === 'none') {
    say(
      `Address family of virtual server and sorry server ${server.address} don't match` +
        ' - skipping sorry server.',
    );
    return undefined;
  }
  const isPassedOn = forwarding.method !== 'NAT' && who.group === undefined;
  const port = isPassedOn ? portOf(who) : server.port;
  if (isPassedOn && server.port !== 0 && server.port !== port) {
    say(
      who.protocol === undefined
        ? `WARNING - fwmark virtual server ${name}, sorry server has port specified - clearing`
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
    name: serverName(who.protocol, server.address, port),
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
