import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { familyOf, type IpAddress, type IpFamily } from '@keepalived-ts/base/ip.js';
import {
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
} from '@keepalived-ts/ipvs-netlink/constants.js';
import {
  type Destination,
  type Service,
  type ServiceId,
  serviceFamily,
  serviceKey,
} from '@keepalived-ts/ipvs-netlink/types.js';
import type { RealServerConfig } from '#lvs/keywords/real-server.js';
import { DEFAULT_PERSISTENCE } from '#lvs/keywords/values.js';
import type { VirtualServerConfig } from '#lvs/keywords/virtual-server.js';
import { endOf } from '#src/config/places.js';
import { type Say, speaker } from './adjustments.js';
import { type Group, Groups, protocolOf, type Who } from './groups.js';
import { serviceName } from './names.js';
import { netmask, schedulerFlags } from './persistence.js';
import { forwardingOf, settleServers, settleSorryServer } from './plan-servers.js';

/** What a service tells of its changes to. */
export type ServiceNotifiers = Pick<
  VirtualServerConfig,
  'quorum_up' | 'quorum_down' | 'smtp_alert'
>;
/** What a real server tells of its changes to. */
export type ServerNotifiers = Pick<RealServerConfig, 'notify_up' | 'notify_down' | 'smtp_alert'>;

/** A real server with nothing left to be decided but its health. */
export interface RealServerPlan<Block = RealServerConfig> {
  /** Its destination key within the service. */
  key: string;
  /** As log lines, fifos and scripts call it: `[192.168.1.2]:tcp:80`. */
  name: string;
  /** As it stands in IPVS at its configured weight; its port depends on the service in a group. */
  destination: Destination;
  weight: number;
  /** Stays in the table at weight 0 when it is down. */
  inhibit: boolean;
  /** Counts as down until a check has succeeded. */
  alpha: boolean;
  /** The block it comes from, for its checkers and notifiers. */
  config: Block;
}

export interface SorryServerPlan {
  key: string;
  name: string;
  /** As it stands in IPVS while it serves, at weight 1. */
  destination: Destination;
  /** Stays in the table at weight 0 while it does not serve. */
  inhibit: boolean;
}

/** A virtual server with all defaults, inheritance and adjustments settled. */
export interface ServicePlan<Block = VirtualServerConfig, ServerBlock = RealServerConfig> {
  /** Unlike that of any other; of a service alone, its service key. */
  key: string;
  /** As log lines, fifos and scripts call it: `[10.0.0.1]:tcp:80`, `FWM 5`, `[group]:0`. */
  name: string;
  /** What it is in IPVS: one service, or those of its group. */
  services: readonly Service[];
  quorum: number;
  hysteresis: number;
  /** Run the down notifiers at stop. */
  omega: boolean;
  /** ha_suspend: it is checked only while one of these is on this machine; none: always. */
  awaits: readonly IpAddress[];
  realServers: readonly RealServerPlan<ServerBlock>[];
  sorryServer: SorryServerPlan | undefined;
  /** The block it comes from. */
  config: Block;
}

/** A service whose blocks have done their work: only notifiers stay. */
export type SettledService = ServicePlan<ServiceNotifiers, ServerNotifiers>;

const DEFAULT_SCHEDULER = 'wlc';

/** The slice of the configuration that services are made of. */
export interface ServicesConfig {
  virtual_server: readonly VirtualServerConfig[];
  virtual_server_group?: readonly Group[];
}

/** Settles all virtual servers. */
export const planServices = (config: ServicesConfig, report: Report): ServicePlan[] => [
  ...eachService(config, report),
];

/**
 * Settles the virtual servers one by one, as there may be ten thousand.
 *
 * Compat: several blocks for one service keep their own quorum and sorry server, and IPVS has the
 * real servers of all of them under the attributes of the first.
 */
export function* eachService(config: ServicesConfig, report: Report): Generator<ServicePlan> {
  const groups = new Groups(config.virtual_server_group ?? [], report);
  const seen = new Map<string, number>();
  for (const block of config.virtual_server) {
    const plan = planService(block, groups, report);
    if (plan === undefined) continue;
    const times = (seen.get(plan.key) ?? 0) + 1;
    seen.set(plan.key, times);
    if (times === 1) {
      yield plan;
      continue;
    }
    const message = `Virtual server ${plan.name} is declared twice - IPVS has the servers of both`;
    report({ severity: 'warning', class: 'advice', code: 'service-twice', message, at: block.at });
    yield { ...plan, key: `${plan.key} (${times})` };
  }
}

/**
 * Settles one virtual server: defaults, what real servers inherit, and the adjustments that
 * keepalived makes to a contradictory one, each with a remark. `undefined` drops the block.
 */
function planService(
  config: VirtualServerConfig,
  groups: Groups,
  report: Report,
): ServicePlan | undefined {
  const say = speaker(report, config.at);
  const who = whoIs(config, groups, say);
  if (who === undefined) return undefined;
  const { name } = who;
  const services = settleServices(config, who, say);
  if (config.lvs_method === undefined && lacksForwarding(config)) {
    say(`Virtual server ${name}: no forwarding method set, setting default NAT`);
  }
  const awaits = config.ha_suspend ? addressesOf(who, say) : [];
  const realServers = settleServers(config, who, say);
  if (realServers.length === 0) {
    const message = `Virtual server ${name} has no real servers - ignoring`;
    say(message, endOf(config), { ofBlock: false });
    return undefined;
  }
  return {
    key: who.key,
    name,
    services,
    ...settleQuorum(config, realServers, name, say),
    omega: config.omega,
    awaits,
    realServers,
    sorryServer: settleSorryServer(config, who, realServers, say),
    config,
  };
}

/** Its addresses; none where it has marks, which are on no machine. */
function addressesOf({ name, ids }: Who, say: Say): IpAddress[] {
  const addresses = ids.flatMap((id) => (id.kind === 'address' ? [id.address] : []));
  if (addresses.length === ids.length) return [...new Set(addresses)];
  say(`Virtual server ${name}: cannot use ha_suspend with fwmarks - clearing ha_suspend`);
  return [];
}

const lacksForwarding = (config: VirtualServerConfig): boolean =>
  config.real_server.some((server) => server.lvs_method === undefined);

/** Who a block is: alone, or by its group. */
function whoIs(config: VirtualServerConfig, groups: Groups, say: Say): Who | undefined {
  const { service } = config;
  if (service.kind === 'group') return groups.use(service.group, config, markFamily(config), say);
  const id = identity(config, service, say);
  const name = serviceName(id);
  if (id.kind === 'address' && config.ip_family && markFamily(config) !== serviceFamily(id)) {
    const message = `specified family ${config.ip_family} conflicts with server family`;
    say(`Virtual server ${name} ${message}`);
  }
  return { key: serviceKey(id), name, protocol: protocolOf(id), ids: [id], group: undefined };
}

/** What the kernel, and a reload, know a service by that is no group. */
export function identity(
  config: VirtualServerConfig,
  service: Exclude<VirtualServerConfig['service'], { kind: 'group' }>,
  say: Say,
): ServiceId {
  if (service.kind === 'fwmark') {
    const id: ServiceId = { kind: 'fwmark', mark: service.mark, family: markFamily(config) };
    if (config.protocol !== undefined) {
      say(
        `Warning: Virtual server ${serviceName(id)}: protocol specified for fwmark` +
          ' - protocol will be ignored',
      );
    }
    return id;
  }
  const { address, port } = service;
  if (config.protocol === undefined) {
    say(`Virtual server [${address}]:none:${port}: no protocol set - defaulting to UDP`);
  }
  return { kind: 'address', protocol: config.protocol ?? 'UDP', address, port };
}

/**
 * The family of a firewall-mark service: as written, else that of its granularity, else that of
 * the first server which is not behind a tunnel (tunnels may carry the other family), else IPv4.
 */
function markFamily(config: VirtualServerConfig): IpFamily {
  if (config.ip_family !== undefined) return config.ip_family === 'inet6' ? 6 : 4;
  if (config.persistence_granularity !== undefined) return config.persistence_granularity.family;
  const direct = config.real_server.find(
    (server) => forwardingOf(server.lvs_method, config).method !== 'TUN',
  );
  return direct === undefined ? 4 : familyOf(direct.server.address);
}

/** The IPVS services of a block, which differ in who they are and, by family, in the netmask. */
function settleServices(config: VirtualServerConfig, who: Who, say: Say): Service[] {
  const { name, protocol, ids } = who;
  if (config.lvs_sched === undefined) {
    say(`Virtual server ${name}: no scheduler set, setting default '${DEFAULT_SCHEDULER}'`);
  }
  const onePacket = config.ops && (protocol === undefined || protocol === 'UDP');
  if (config.ops && !onePacket) {
    say(`Virtual server ${name}: one packet scheduling requires UDP - resetting`, config.at, {
      code: 'ops-without-udp',
    });
  }
  let timeout = config.persistence_timeout;
  if (timeout === undefined && config.persistence_granularity !== undefined)
    timeout = DEFAULT_PERSISTENCE;
  if (timeout === undefined && ids.some((id) => id.kind === 'address' && id.port === 0)) {
    say(
      `Virtual server ${name}: zero port only valid for persistent services - setting`,
      config.at,
      {
        code: 'port-zero',
      },
    );
    timeout = DEFAULT_PERSISTENCE;
  }
  const scheduler = config.lvs_sched ?? DEFAULT_SCHEDULER;
  const common = {
    scheduler,
    flags:
      (timeout === undefined ? 0 : IP_VS_SVC_F_PERSISTENT) |
      (onePacket ? IP_VS_SVC_F_ONEPACKET : 0) |
      schedulerFlags(config, scheduler, say),
    timeout: timeout ?? 0,
    engine: config.persistence_engine,
  };
  const masks = new Map<IpFamily, number>();
  return ids.map((id) => {
    const family = serviceFamily(id);
    const mask = masks.get(family) ?? netmask(config, family, name, say);
    masks.set(family, mask);
    return { id, ...common, netmask: mask };
  });
}

function settleQuorum(
  config: VirtualServerConfig,
  servers: readonly RealServerPlan[],
  name: string,
  say: Say,
): { quorum: number; hysteresis: number } {
  const total = servers.reduce((sum, server) => sum + server.weight, 0);
  let { quorum, hysteresis } = config;
  if (quorum > total) {
    say(
      `Warning - quorum ${quorum} for ${name} exceeds total weight of real servers ${total}` +
        `, reducing quorum to ${total}`,
      config.at,
      { code: 'quorum-above-weights' },
    );
    quorum = total;
  }
  const most = Math.max(quorum - 1, 0);
  if (hysteresis > most) {
    say(
      `Virtual server ${name}: hysteresis ${hysteresis} >= quorum ${quorum}` +
        `; setting hysteresis to ${most}`,
      config.at,
      { code: 'hysteresis-above-quorum' },
    );
    hysteresis = most;
  }
  return { quorum, hysteresis };
}
