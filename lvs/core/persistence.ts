import type { IpFamily } from '@keepalived-ts/base/ip.js';
import {
  IP_VS_SVC_F_SCHED1,
  IP_VS_SVC_F_SCHED2,
  IP_VS_SVC_F_SCHED3,
} from '@keepalived-ts/ipvs-netlink/constants.js';
import { everyClient } from '@keepalived-ts/ipvs-netlink/types.js';
import type { VirtualServerConfig } from '#lvs/keywords/virtual-server.js';
import { advice, type Say } from './adjustments.js';

/** Keywords that set a flag for one scheduler only, and the flag. */
const SCHEDULER_FLAGS = [
  ['sh-fallback', 'sh', IP_VS_SVC_F_SCHED1],
  ['sh-port', 'sh', IP_VS_SVC_F_SCHED2],
  ['mh-fallback', 'mh', IP_VS_SVC_F_SCHED1],
  ['mh-port', 'mh', IP_VS_SVC_F_SCHED2],
] as const;

/** The flags of its scheduler. */
export function schedulerFlags(config: VirtualServerConfig, scheduler: string, say: Say): number {
  let flags =
    (config['flag-1'] ? IP_VS_SVC_F_SCHED1 : 0) |
    (config['flag-2'] ? IP_VS_SVC_F_SCHED2 : 0) |
    (config['flag-3'] ? IP_VS_SVC_F_SCHED3 : 0);
  for (const [keyword, needs, flag] of SCHEDULER_FLAGS) {
    if (!config[keyword]) continue;
    if (scheduler === needs) flags |= flag;
    else {
      const message = `${keyword} only applies to ${needs} scheduler - ignoring`;
      say(message, config.at, advice('flag-of-another-scheduler'));
    }
  }
  return flags;
}

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
    const message = `persistence_granularity is for IPv${granularity.family} - ignoring`;
    say(`Virtual server ${name}: ${message}`, config.at, advice('granularity-of-other-family'));
    return everyClient(family);
  }
  return granularity.family === 4 ? granularity.mask : granularity.prefix;
}
