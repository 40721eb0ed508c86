import type { IpFamily } from '@keepalived-ts/base/ip.js';
import {
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
  IP_VS_SVC_F_SCHED1,
  IP_VS_SVC_F_SCHED2,
  IP_VS_SVC_F_SCHED3,
} from '@keepalived-ts/ipvs-netlink/constants.js';
import { type Service, serviceFamily } from '@keepalived-ts/ipvs-netlink/types.js';

/** Flags of a service as users know them; the last three mean what the scheduler makes of them. */
const FLAGS = {
  persistent: IP_VS_SVC_F_PERSISTENT,
  'one-packet': IP_VS_SVC_F_ONEPACKET,
  'scheduler-1': IP_VS_SVC_F_SCHED1,
  'scheduler-2': IP_VS_SVC_F_SCHED2,
  'scheduler-3': IP_VS_SVC_F_SCHED3,
} as const;
export type Flag = keyof typeof FLAGS;

export const isFlagged = (service: Service, flag: Flag): boolean =>
  (service.flags & FLAGS[flag]) !== 0;

export const familyOf = (service: Service): IpFamily => serviceFamily(service.id);
