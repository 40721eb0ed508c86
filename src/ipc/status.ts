import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Instant } from '@keepalived-ts/base/time.js';

/**
 * How the parts stand, as a worker answers when it is asked (`ask-status` of messages.ts).
 *
 * Dumps, SNMP and metrics read these and keep no copy of their own; what is configured they read
 * from the configuration. Lists stand in the order of the worker's plan.
 */
export type Status = VrrpStatus | CheckStatus;

/** One status of its portions. */
export function joined(portions: readonly Status[]): Status | undefined {
  return portions.reduce<Status | undefined>((whole, next) => {
    if (whole?.part === 'vrrp' && next.part === 'vrrp') {
      return {
        part: 'vrrp',
        instances: [...whole.instances, ...next.instances],
        groups: [...whole.groups, ...next.groups],
        scripts: [...whole.scripts, ...next.scripts],
        files: [...whole.files, ...next.files],
        processes: [...whole.processes, ...next.processes],
        links: [...whole.links, ...next.links],
      };
    }
    if (whole?.part === 'check' && next.part === 'check') {
      return { part: 'check', services: [...whole.services, ...next.services] };
    }
    return next;
  }, undefined);
}

export interface VrrpStatus {
  part: 'vrrp';
  instances: readonly InstanceStatus[];
  groups: readonly GroupStatus[];
  scripts: readonly ScriptStatus[];
  files: readonly FileStatus[];
  processes: readonly ProcessStatus[];
  /** Interfaces that matter to some instance, those that exist. */
  links: readonly LinkStatus[];
}

export interface GroupStatus {
  name: string;
  /** INIT, BACKUP, MASTER or FAULT. */
  state: string;
  /** Names of the instances that are its members. */
  members: readonly string[];
}

export interface FileStatus {
  name: string;
  /** The number in the file; 0 without one. */
  value: number;
}

export interface ProcessStatus {
  name: string;
  /** Whether so many copies run as are wanted. */
  up: boolean;
  /** How many run. */
  count: number;
}

export interface LinkStatus {
  name: string;
  index: number;
  /** Hardware address as hex; empty where there is none. */
  mac: string;
  up: boolean;
  mtu: number;
}

export interface InstanceStatus {
  name: string;
  /** INIT, BACKUP, MASTER or FAULT. */
  state: string;
  wanted: string;
  /** The configured priority, and what trackers make of it. */
  basePriority: number;
  priority: number;
  nopreempt: boolean;
  /** The source of our adverts. */
  source: IpAddress | undefined;
  /** The master last heard, and its priority. */
  master: { address: IpAddress; priority: number } | undefined;
  /** How it last became MASTER; undefined: never. */
  becameMaster: 'priority-zero' | 'preempted' | 'no-response' | undefined;
  /** When the state was entered; null: not started. */
  since: Instant | null;
  /** Its addresses are ours: it is MASTER. */
  addressesSet: boolean;
  /** Why it can't take part, as `interface eth0`, `script chk_http`, `no address`. */
  faults: readonly string[];
}

export interface ScriptStatus {
  name: string;
  /** undefined: it has not run yet. */
  up: boolean | undefined;
  /** Exit status of its last run. */
  lastStatus: number;
  running: boolean;
}

export interface CheckStatus {
  part: 'check';
  services: readonly ServiceStatus[];
}

export interface ServiceStatus {
  /** As logs name it: `[10.0.0.1]:tcp:80`, `FWM 5`, `[GROUP]:0`. */
  name: string;
  quorumUp: boolean;
  /** Kernel weight of all live servers. */
  weight: number;
  servers: readonly ServerStatus[];
  /** Of all its services in IPVS together; undefined where that was not asked, or is not there. */
  traffic: TrafficCounts | undefined;
}

/** What IPVS has counted. Rates are per second, estimated by the kernel every 2 s. */
export interface TrafficCounts {
  connections: bigint;
  inPackets: bigint;
  outPackets: bigint;
  inBytes: bigint;
  outBytes: bigint;
  connectionRate: bigint;
  inPacketRate: bigint;
  outPacketRate: bigint;
  inByteRate: bigint;
  outByteRate: bigint;
}

/** What IPVS has counted of a server, and the connections it knows of now. */
export interface ServerTraffic extends TrafficCounts {
  active: number;
  inactive: number;
  persistent: number;
}

export interface ServerStatus {
  name: string;
  alive: boolean;
  /** The effective weight. */
  weight: number;
  /** Checkers that say it is down, and those that have no result yet. */
  failed: number;
  notRun: number;
  traffic: ServerTraffic | undefined;
}
