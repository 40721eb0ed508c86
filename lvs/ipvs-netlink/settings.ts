import { type Attributes, Malformed, type Payload } from '@keepalived-ts/netlink/attributes.js';
import {
  IPVS_CMD_ATTR_TIMEOUT_TCP,
  IPVS_CMD_ATTR_TIMEOUT_TCP_FIN,
  IPVS_CMD_ATTR_TIMEOUT_UDP,
  IPVS_INFO_ATTR_CONN_TAB_SIZE,
  IPVS_INFO_ATTR_VERSION,
} from './constants.js';

/** How long idle connections are remembered, in seconds. */
export interface Timeouts {
  tcp: number;
  tcpFin: number;
  udp: number;
}

/** Writes timeouts; what is left out stays as it is. */
export function putTimeouts(payload: Payload, timeouts: Partial<Timeouts>): void {
  const { tcp, tcpFin, udp } = timeouts;
  if (tcp !== undefined) payload.u32(IPVS_CMD_ATTR_TIMEOUT_TCP, tcp);
  if (tcpFin !== undefined) payload.u32(IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, tcpFin);
  if (udp !== undefined) payload.u32(IPVS_CMD_ATTR_TIMEOUT_UDP, udp);
}

/** A kernel without TCP or UDP balancing leaves the timeout of that protocol out: 0. */
export const readTimeouts = (message: Attributes): Timeouts => ({
  tcp: message.u32(IPVS_CMD_ATTR_TIMEOUT_TCP) ?? 0,
  tcpFin: message.u32(IPVS_CMD_ATTR_TIMEOUT_TCP_FIN) ?? 0,
  udp: message.u32(IPVS_CMD_ATTR_TIMEOUT_UDP) ?? 0,
});

/** The version of the kernel's IPVS and the size of its connection table. */
export interface Info {
  /** As ipvsadm prints it: `1.2.1`. */
  version: string;
  connectionTableSize: number;
}

/** Writes what the kernel answers to IPVS_CMD_GET_INFO. */
export function putInfo(payload: Payload, info: Info): void {
  const [major = 0, minor = 0, patch = 0] = info.version.split('.').map(Number);
  payload.u32(IPVS_INFO_ATTR_VERSION, (major << 16) | (minor << 8) | patch);
  payload.u32(IPVS_INFO_ATTR_CONN_TAB_SIZE, info.connectionTableSize);
}

/** Reads it. The version has a byte for each number (NVERSION of <linux/ip_vs.h>). */
export function readInfo(message: Attributes): Info | Malformed {
  const version = message.u32(IPVS_INFO_ATTR_VERSION);
  const connectionTableSize = message.u32(IPVS_INFO_ATTR_CONN_TAB_SIZE);
  if (version === undefined || connectionTableSize === undefined) return new Malformed('no-info');
  const numbers = [(version >>> 16) & 0xff, (version >>> 8) & 0xff, version & 0xff];
  return { version: numbers.join('.'), connectionTableSize };
}
