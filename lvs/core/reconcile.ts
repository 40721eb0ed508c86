import type { IpvsCommand } from '@keepalived-ts/ipvs-netlink/command.js';
import { IP_VS_SVC_F_HASHED } from '@keepalived-ts/ipvs-netlink/constants.js';
import {
  type Destination,
  destinationKey,
  type Forwarding,
  type Service,
  serviceKey,
} from '@keepalived-ts/ipvs-netlink/types.js';
import type { Table, TableEntry } from './table.js';

/** The flags that users decide on; the kernel keeps one for itself. */
const ours = (flags: number): number => flags & ~IP_VS_SVC_F_HASHED;

const sameService = (a: Service, b: Service): boolean =>
  a === b ||
  (a.scheduler === b.scheduler &&
    ours(a.flags) === ours(b.flags) &&
    a.timeout === b.timeout &&
    a.netmask === b.netmask &&
    a.engine === b.engine);

const sameForwarding = (a: Forwarding, b: Forwarding): boolean =>
  a.method === b.method &&
  (a.method !== 'TUN' ||
    (b.method === 'TUN' && a.type === b.type && a.port === b.port && a.checksum === b.checksum));

const sameDestination = (a: Destination, b: Destination): boolean =>
  a === b ||
  (a.weight === b.weight &&
    a.upperThreshold === b.upperThreshold &&
    a.lowerThreshold === b.lowerThreshold &&
    sameForwarding(a.forwarding, b.forwarding));

const NOTHING: TableEntry['destinations'] = new Map();

/**
 * The commands that turn what is there into what is wanted; none where nothing differs.
 *
 * `actual` holds services of ours only: all of it that is not wanted goes, and what it leaves out
 * is not touched. A service is always changed in place (IPVS_CMD_SET_SERVICE takes everything
 * but the identity), which keeps its connections and counters. Within a service additions and
 * weights precede removals, so that a pool which has servers before and after is never empty
 * in between. The work is linear in the size of both tables.
 */
export function reconcile(wanted: Table, actual: Table): IpvsCommand[] {
  const commands: IpvsCommand[] = [];
  for (const [key, entry] of wanted) {
    const present = actual.get(key);
    if (present === entry) continue;
    if (present === undefined) {
      commands.push({ do: 'new-service', service: entry.service });
    } else if (!sameService(entry.service, present.service)) {
      commands.push({ do: 'set-service', service: entry.service });
    }
    reconcilePool(entry, present?.destinations ?? NOTHING, commands);
  }
  for (const [key, { service }] of actual) {
    if (!wanted.has(key)) commands.push({ do: 'delete-service', service: service.id });
  }
  return commands;
}

function reconcilePool(
  { service, destinations }: TableEntry,
  actual: TableEntry['destinations'],
  commands: IpvsCommand[],
): void {
  destinations.forEach((destination, key) => {
    const present = actual.get(key);
    if (present === undefined) {
      commands.push({ do: 'new-destination', service: service.id, destination });
    } else if (!sameDestination(destination, present)) {
      commands.push({ do: 'set-destination', service: service.id, destination });
    }
  });
  for (const [key, { address, port }] of actual) {
    if (destinations.has(key)) continue;
    const gone = { address, port };
    commands.push({ do: 'delete-destination', service: service.id, destination: gone });
  }
}

/** The key of the service that a reconciling command is about. */
export function serviceOf(command: IpvsCommand): string | undefined {
  switch (command.do) {
    case 'new-service':
    case 'set-service':
      return serviceKey(command.service.id);
    case 'delete-service':
    case 'new-destination':
    case 'set-destination':
    case 'delete-destination':
      return serviceKey(command.service);
    default:
      return undefined;
  }
}

interface Draft {
  service: Service;
  destinations: Map<string, Destination>;
}

/** Takes commands that were carried out into a table. Entries are replaced, never changed. */
export function perform(table: Map<string, TableEntry>, commands: readonly IpvsCommand[]): void {
  const drafts = new Map<string, Draft>();
  for (const command of commands) {
    const key = serviceOf(command);
    if (key === undefined) continue;
    if (command.do === 'delete-service') {
      drafts.delete(key);
      table.delete(key);
      continue;
    }
    const draft = drafts.get(key) ?? draftOf(table.get(key), command);
    if (draft === undefined) continue;
    drafts.set(key, draft);
    if (command.do === 'new-service' || command.do === 'set-service') {
      draft.service = command.service;
    } else if (command.do === 'delete-destination') {
      draft.destinations.delete(destinationKey(command.destination));
    } else if (command.do === 'new-destination' || command.do === 'set-destination') {
      draft.destinations.set(destinationKey(command.destination), command.destination);
    }
  }
  for (const [key, entry] of drafts) table.set(key, entry);
}

/** A copy to write to; a service that is not there yet begins empty. */
function draftOf(former: TableEntry | undefined, command: IpvsCommand): Draft | undefined {
  if (former) return { service: former.service, destinations: new Map(former.destinations) };
  return command.do === 'new-service'
    ? { service: command.service, destinations: new Map() }
    : undefined;
}
