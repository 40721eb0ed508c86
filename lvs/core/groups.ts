import type { Report } from '@keepalived-ts/base/diagnostics.js';
import type { IpFamily } from '@keepalived-ts/base/ip.js';
import { type Protocol, type ServiceId, serviceKey } from '@keepalived-ts/ipvs-netlink/types.js';
import type { VirtualServerConfig } from '#lvs/keywords/virtual-server.js';
import { addressesOf, type GroupEntry, sizeOf } from '#lvs/keywords/virtual-server-group.js';
import type { NamedList } from '#src/config/value-type.js';
import { advice, type Say, speaker } from './adjustments.js';

export type Group = NamedList<GroupEntry>;

/** Who a virtual server is: what messages and a reload call it, and the services it is in IPVS. */
export interface Who {
  key: string;
  name: string;
  /** None for marks alone: they are of every protocol. */
  protocol: Protocol | undefined;
  ids: readonly ServiceId[];
  /** The group's name, where there is one. */
  group: string | undefined;
}

/** Each address of a group is an IPVS service of its own; more of them are left out. */
const MOST_SERVICES = 65536;

export const protocolOf = (id: ServiceId): Protocol | undefined =>
  id.kind === 'fwmark' ? undefined : id.protocol;

/** The virtual_server_groups by name, and how often each is used. */
export class Groups {
  private readonly groups = new Map<string, Group>();
  private readonly uses = new Map<string, number>();

  /**
   * Compat: of several groups with one name the first counts, and one without entries is none.
   */
  constructor(groups: readonly Group[], report: Report) {
    for (const group of groups) {
      const say = speaker(report, group.at);
      const { name, items } = group;
      if (items.length === 0) {
        say(`virtual server group ${name} has no entries - removing`);
      } else if (this.groups.has(name)) {
        const message = `virtual server group ${name} is declared twice - the first one counts`;
        say(message, group.at, advice('group-twice'));
      } else {
        this.groups.set(name, group);
      }
    }
  }

  /** A virtual server that is a group; `undefined`, once told, where there is no such group. */
  use(name: string, config: VirtualServerConfig, family: IpFamily, say: Say): Who | undefined {
    const group = this.groups.get(name);
    if (group === undefined) {
      const message = `Virtual server group ${name} not found - ignoring the virtual server`;
      say(message, config.at, advice('group-unknown'));
      return undefined;
    }
    const index = this.uses.get(name) ?? 0;
    this.uses.set(name, index + 1);
    const called = `[${name}]:${index}`;
    const protocol = groupProtocol(group, config, called, say);
    const ids = idsOf(group, protocol ?? 'UDP', family, called, say);
    if (ids.length === 0) return undefined;
    return { key: `group ${name} ${index}`, name: called, protocol, ids, group: name };
  }
}

function groupProtocol(
  { items }: Group,
  { protocol }: VirtualServerConfig,
  name: string,
  say: Say,
): Protocol | undefined {
  if (items.every(({ kind }) => kind === 'fwmark')) {
    if (protocol !== undefined) {
      const message = 'protocol specified for fwmark - protocol will be ignored';
      say(`Warning: Virtual server ${name}: ${message}`);
    }
    return undefined;
  }
  if (protocol === undefined) {
    say(`Virtual server ${name}: no protocol set - defaulting to UDP`);
  }
  return protocol ?? 'UDP';
}

/** The services of the entries, each once. */
function idsOf(
  { items }: Group,
  protocol: Protocol,
  family: IpFamily,
  name: string,
  say: Say,
): ServiceId[] {
  const ids = new Map<string, ServiceId>();
  for (const entry of items) {
    if (entry.kind === 'fwmark') {
      const id: ServiceId = { kind: 'fwmark', mark: entry.mark, family: entry.family ?? family };
      if (entry.mark === 0) {
        say(`${name}: mark 0 is no mark - ignoring`, entry.at, advice('mark-zero'));
      } else ids.set(serviceKey(id), id);
      continue;
    }
    if (sizeOf(entry) + BigInt(ids.size) > MOST_SERVICES) {
      const message = `${name}: more than ${MOST_SERVICES} addresses - ignoring the range`;
      say(message, entry.at, advice('range-too-large'));
      continue;
    }
    for (const address of addressesOf(entry)) {
      const id: ServiceId = { kind: 'address', protocol, address, port: entry.port };
      ids.set(serviceKey(id), id);
    }
  }
  return [...ids.values()];
}
