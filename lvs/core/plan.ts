import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { familyOf, type IpFamily } from '@keepalived-ts/base/ip.js';
import {
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
} from '@keepalived-ts/ipvs-netlink/constants.js';
import {
  type Destination,
  type Protocol,
  type Service,
  type ServiceId,
  serviceFamily,
  serviceKey,
} from '@keepalived-ts/ipvs-netlink/types.js';
import { DEFAULT_PERSISTENCE } from '#lvs/keywords/values.js';
import type { RealServerConfig, VirtualServerConfig } from '#lvs/keywords/virtual-server.js';
import { type Say, speaker } from './adjustments.js';
import { serviceName } from './names.js';
import { netmask, schedulerFlags } from './persistence.js';
import { forwardingOf, settleServers, settleSorryServer } from './plan-servers.js';

/** What a service tells of its changes to. */
export type ServiceNotifiers = Pick<VirtualServerConfig, 'quorum_up' | 'quorum_down'>;
/** What a real server tells of its changes to. */
export type ServerNotifiers = Pick<RealServerConfig, 'notify_up' | 'notify_down'>;

/** A real server with nothing left to be decided but its health. */
export interface RealServerPlan<Block = RealServerConfig> {
  /** Its destination key within the service. */
  key: string;
  /** As log lines, fifos and scripts call it: `[192.168.1.2]:tcp:80`. */
  name: string;
  /** As it stands in IPVS at its configured weight. */
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
  /** Its service key. */
  key: string;
  /** As log lines, fifos and scripts call it: `[10.0.0.1]:tcp:80`, `FWM 5`. */
  name: string;
  service: Service;
  quorum: number;
  hysteresis: number;
  /** Run the down notifiers at stop. */
  omega: boolean;
  realServers: readonly RealServerPlan<ServerBlock>[];
  sorryServer: SorryServerPlan | undefined;
  /** The block it comes from. */
  config: Block;
}

/** A service whose blocks have done their work: only notifiers stay. */
export type SettledService = ServicePlan<ServiceNotifiers, ServerNotifiers>;

const DEFAULT_SCHEDULER = 'wlc';

/**
 * Settles all virtual servers. Of several blocks for one service the last one stands.
 *
 * Differs: keepalived merges their real servers under the attributes of the first, which no user
 * has asked for and none of its manuals promises.
 */
export function planServices(
  configs: readonly VirtualServerConfig[],
  report: Report,
): ServicePlan[] {
  const plans = new Map<string, ServicePlan>();
  for (const config of configs) {
    const plan = planService(config, report);
    if (plan === undefined) continue;
    if (plans.delete(plan.key)) {
      report({
        severity: 'warning',
        class: 'advice',
        message: `Virtual server ${plan.name} is declared twice - the last one is used`,
        at: config.at,
      });
    }
    plans.set(plan.key, plan);
  }
  return [...plans.values()];
}

/**
 * Settles one virtual server: defaults, what real servers inherit, and the adjustments that
 * keepalived makes to a contradictory one, each with a remark. `undefined` drops the block.
 */
export function planService(config: VirtualServerConfig, report: Report): ServicePlan | undefined {
  const say = speaker(report, config.at);
  if (config.service.kind === 'group') {
    report({
      severity: 'error',
      class: 'general',
      message: `virtual_server group ${config.service.group}: groups are not supported yet`,
      at: config.at,
    });
    return undefined;
  }
  const id = identity(config, say);
  const name = serviceName(id);
  const service = settleService(config, id, name, say);
  if (config.lvs_method === undefined && lacksForwarding(config)) {
    say(`Virtual server ${name}: no forwarding method set, setting default NAT`);
  }
  const realServers = settleServers(config, id, name, say);
  if (realServers.length === 0) {
    say(`Virtual server ${name} has no real servers - ignoring`);
    return undefined;
  }
  return {
    key: serviceKey(id),
    name,
    service,
    ...settleQuorum(config, realServers, name, say),
    omega: config.omega,
    realServers,
    sorryServer: settleSorryServer(config, id, name, realServers, say),
    config,
  };
}

const lacksForwarding = (config: VirtualServerConfig): boolean =>
  config.real_server.some((server) => server.lvs_method === undefined);

/** What the kernel, and a reload, know a service by. */
export function identity(config: VirtualServerConfig, say: Say): ServiceId {
  const { service } = config;
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
  if (service.kind === 'group') throw new TypeError('a group has no single identity');
  const { address, port } = service;
  if (config.protocol === undefined) {
    say(`Virtual server [${address}]:none:${port}: no protocol set - defaulting to UDP`);
  }
  const protocol: Protocol = config.protocol ?? 'UDP';
  return { kind: 'address', protocol, address, port };
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

function settleService(
  config: VirtualServerConfig,
  id: ServiceId,
  name: string,
  say: Say,
): Service {
  if (config.lvs_sched === undefined) {
    say(`Virtual server ${name}: no scheduler set, setting default '${DEFAULT_SCHEDULER}'`);
  }
  const onePacket = config.ops && (id.kind === 'fwmark' || id.protocol === 'UDP');
  if (config.ops && !onePacket) {
    say(`Virtual server ${name}: one packet scheduling requires UDP - resetting`);
  }
  let timeout = config.persistence_timeout;
  if (timeout === undefined && config.persistence_granularity !== undefined)
    timeout = DEFAULT_PERSISTENCE;
  if (timeout === undefined && id.kind === 'address' && id.port === 0) {
    say(`Virtual server ${name}: zero port only valid for persistent services - setting`);
    timeout = DEFAULT_PERSISTENCE;
  }
  const scheduler = config.lvs_sched ?? DEFAULT_SCHEDULER;
  return {
    id,
    scheduler,
    flags:
      (timeout === undefined ? 0 : IP_VS_SVC_F_PERSISTENT) |
      (onePacket ? IP_VS_SVC_F_ONEPACKET : 0) |
      schedulerFlags(config, scheduler, say),
    timeout: timeout ?? 0,
    netmask: netmask(config, serviceFamily(id), name, say),
    engine: config.persistence_engine,
  };
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
    );
    quorum = total;
  }
  const most = Math.max(quorum - 1, 0);
  if (hysteresis > most) {
    say(
      `Virtual server ${name}: hysteresis ${hysteresis} >= quorum ${quorum}` +
        `; setting hysteresis to ${most}`,
    );
    hysteresis = most;
  }
  return { quorum, hysteresis };
}
