import { unreachable } from '@keepalived-ts/base/invariant.js';
import type { Payload } from '@keepalived-ts/netlink/attributes.js';
import { type Family, genericPayload } from '@keepalived-ts/netlink/generic.js';
import type { Request } from '@keepalived-ts/netlink/message.js';
import {
  IPVS_CMD_DEL_DAEMON,
  IPVS_CMD_DEL_DEST,
  IPVS_CMD_DEL_SERVICE,
  IPVS_CMD_FLUSH,
  IPVS_CMD_NEW_DAEMON,
  IPVS_CMD_NEW_DEST,
  IPVS_CMD_NEW_SERVICE,
  IPVS_CMD_SET_CONFIG,
  IPVS_CMD_SET_DEST,
  IPVS_CMD_SET_SERVICE,
  IPVS_CMD_ZERO,
} from './constants.js';
import { type DaemonState, putDaemon, putDaemonState, type SyncDaemon } from './daemon.js';
import { putDestination, putDestinationId } from './destination.js';
import { putService, putServiceId } from './service.js';
import { putTimeouts, type Timeouts } from './settings.js';
import {
  type Destination,
  destinationKey,
  type Service,
  type ServiceId,
  serviceKey,
} from './types.js';

/** Anything that changes the kernel's IPVS, as data. */
export type IpvsCommand =
  | { do: 'new-service'; service: Service }
  /** All but the identity can be changed in place; connections and counters stay. */
  | { do: 'set-service'; service: Service }
  /** Its destinations go with it. */
  | { do: 'delete-service'; service: ServiceId }
  | { do: 'new-destination'; service: ServiceId; destination: Destination }
  | { do: 'set-destination'; service: ServiceId; destination: Destination }
  | {
      do: 'delete-destination';
      service: ServiceId;
      destination: Pick<Destination, 'address' | 'port'>;
    }
  | { do: 'start-daemon'; daemon: SyncDaemon }
  | { do: 'stop-daemon'; state: DaemonState }
  | { do: 'set-timeouts'; timeouts: Partial<Timeouts> }
  /** Sets the statistics of a service, or of everything, to zero. */
  | { do: 'zero'; service?: ServiceId }
  /** Removes every service, whoever made it. */
  | { do: 'flush' };

/** Part of a command's name that says what it is about: `TCP 10.0.0.1:80 -> 192.168.1.2:80`. */
function subject(command: IpvsCommand): string | undefined {
  switch (command.do) {
    case 'new-service':
    case 'set-service':
      return serviceKey(command.service.id);
    case 'delete-service':
      return serviceKey(command.service);
    case 'new-destination':
    case 'set-destination':
    case 'delete-destination':
      return `${serviceKey(command.service)} -> ${destinationKey(command.destination)}`;
    case 'start-daemon':
      return `${command.daemon.state} ${command.daemon.interface}`;
    case 'stop-daemon':
      return command.state;
    case 'zero':
      return command.service && serviceKey(command.service);
    case 'set-timeouts':
    case 'flush':
      return undefined;
    default:
      return unreachable(command);
  }
}

/** The command in words, for errors and logs. */
export function describe(command: IpvsCommand): string {
  const about = subject(command);
  return about === undefined ? command.do : `${command.do} ${about}`;
}

const NUMBERS: Readonly<Record<IpvsCommand['do'], number>> = {
  'new-service': IPVS_CMD_NEW_SERVICE,
  'set-service': IPVS_CMD_SET_SERVICE,
  'delete-service': IPVS_CMD_DEL_SERVICE,
  'new-destination': IPVS_CMD_NEW_DEST,
  'set-destination': IPVS_CMD_SET_DEST,
  'delete-destination': IPVS_CMD_DEL_DEST,
  'start-daemon': IPVS_CMD_NEW_DAEMON,
  'stop-daemon': IPVS_CMD_DEL_DAEMON,
  'set-timeouts': IPVS_CMD_SET_CONFIG,
  zero: IPVS_CMD_ZERO,
  flush: IPVS_CMD_FLUSH,
};

function put(payload: Payload, command: IpvsCommand): void {
  switch (command.do) {
    case 'new-service':
    case 'set-service':
      putService(payload, command.service);
      break;
    case 'delete-service':
      putServiceId(payload, command.service);
      break;
    case 'new-destination':
    case 'set-destination':
      putServiceId(payload, command.service);
      putDestination(payload, command.destination);
      break;
    case 'delete-destination':
      putServiceId(payload, command.service);
      putDestinationId(payload, command.destination);
      break;
    case 'start-daemon':
      putDaemon(payload, command.daemon);
      break;
    case 'stop-daemon':
      putDaemonState(payload, command.state);
      break;
    case 'set-timeouts':
      putTimeouts(payload, command.timeouts);
      break;
    case 'zero':
      if (command.service) putServiceId(payload, command.service);
      break;
    case 'flush':
      break;
    default:
      unreachable(command);
  }
}

/** The command as the kernel reads it. Of thousands few are refused and need words. */
export class CommandRequest implements Request {
  readonly type: number;
  readonly flags = 0;
  readonly payload: Uint8Array;
  readonly #command: IpvsCommand;

  constructor(family: Family, command: IpvsCommand) {
    const payload = genericPayload(family, NUMBERS[command.do]);
    put(payload, command);
    this.type = family.id;
    this.payload = payload.finish();
    this.#command = command;
  }

  get operation(): string {
    return describe(this.#command);
  }
}
