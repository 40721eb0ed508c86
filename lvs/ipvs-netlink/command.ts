import { unreachable } from '@keepalived-ts/base/invariant.js';
import type { Payload } from '@keepalived-ts/netlink/attributes.js';
import { type Family, genericRequest } from '@keepalived-ts/netlink/generic.js';
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

function encoded(command: IpvsCommand): [number: number, fill: (payload: Payload) => void] {
  switch (command.do) {
    case 'new-service':
      return [IPVS_CMD_NEW_SERVICE, (payload) => putService(payload, command.service)];
    case 'set-service':
      return [IPVS_CMD_SET_SERVICE, (payload) => putService(payload, command.service)];
    case 'delete-service':
      return [IPVS_CMD_DEL_SERVICE, (payload) => putServiceId(payload, command.service)];
    case 'new-destination':
    case 'set-destination':
      return [
        command.do === 'new-destination' ? IPVS_CMD_NEW_DEST : IPVS_CMD_SET_DEST,
        (payload) => {
          putServiceId(payload, command.service);
          putDestination(payload, command.destination);
        },
      ];
    case 'delete-destination':
      return [
        IPVS_CMD_DEL_DEST,
        (payload) => {
          putServiceId(payload, command.service);
          putDestinationId(payload, command.destination);
        },
      ];
    case 'start-daemon':
      return [IPVS_CMD_NEW_DAEMON, (payload) => putDaemon(payload, command.daemon)];
    case 'stop-daemon':
      return [IPVS_CMD_DEL_DAEMON, (payload) => putDaemonState(payload, command.state)];
    case 'set-timeouts':
      return [IPVS_CMD_SET_CONFIG, (payload) => putTimeouts(payload, command.timeouts)];
    case 'zero':
      return [
        IPVS_CMD_ZERO,
        (payload) => {
          if (command.service) putServiceId(payload, command.service);
        },
      ];
    case 'flush':
      return [IPVS_CMD_FLUSH, () => {}];
    default:
      return unreachable(command);
  }
}

/** The command as the kernel reads it. */
export function commandRequest(family: Family, command: IpvsCommand): Request {
  const [number, fill] = encoded(command);
  return genericRequest({ family, command: number, operation: describe(command), fill });
}
