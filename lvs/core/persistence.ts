import type { IpFamily } from '@keepalived-ts/base/ip.js';
import {
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
  IP_VS_SVC_F_SCHED1,
  IP_VS_SVC_F_SCHED2,
  IP_VS_SVC_F_SCHED3,
} from '@keepalived-ts/ipvs-netlink/constants.js';
import { everyClient } from '@keepalived-ts/ipvs-netlink/types.js';
import type { VirtualServerConfig } from '#lvs/keywords/virtual-server.js';
import type { Say } from './adjustments.js';

/** The kernel's flags of a service. */
export const serviceFlags = (
  config: VirtualServerConfig,
  persistent: boolean,
  onePacket: boolean,
): number =>
  (persistent ? IP_VS_SVC_F_PERSISTENT : 0) |
  (onePacket ? IP_VS_SVC_F_ONEPACKET : 0) |
  (config['flag-1'] ? IP_VS_SVC_F_SCHED1 : 0) |
  (config['flag-2'] ? IP_VS_SVC_F_SCHED2 : 0) |
  (config['flag-3'] ? IP_VS_SVC_F_SCHED3 : 0);

/** Which clients count as one: as written for the service's own family, else each for itself. */
export function netmask(
  config: VirtualServerConfig,
  family: IpFamily,
  name: string,
  say: Say,
): number {
  const granularity = config.persistence_granularity;
  if (granularity === undefined) return everyClient(family);
  if (granularity.family !== family) {
    say(
      `Virtual server ${name}: persistence_granularity is for IPv${granularity.family} - ignoring`,
    );
    return everyClient(family);
  }
  return granularity.family === 4 ? granularity.mask : granularity.prefix;
}
