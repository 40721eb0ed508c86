import { familyOf, type IpAddress, ip, isMulticast } from '@keepalived-ts/base/ip.js';
import { type Attributes, Malformed, type Payload } from '@keepalived-ts/netlink/attributes.js';
import {
  IP_VS_STATE_BACKUP,
  IP_VS_STATE_MASTER,
  IPVS_CMD_ATTR_DAEMON,
  IPVS_DAEMON_ATTR_MCAST_GROUP,
  IPVS_DAEMON_ATTR_MCAST_GROUP6,
  IPVS_DAEMON_ATTR_MCAST_IFN,
  IPVS_DAEMON_ATTR_MCAST_PORT,
  IPVS_DAEMON_ATTR_MCAST_TTL,
  IPVS_DAEMON_ATTR_STATE,
  IPVS_DAEMON_ATTR_SYNC_ID,
  IPVS_DAEMON_ATTR_SYNC_MAXLEN,
} from './constants.js';

/** Whether a sync daemon sends the connections it knows, or takes in those of others. */
export type DaemonState = 'master' | 'backup';

/** A thread of the kernel that keeps connections in step with other directors. */
export interface SyncDaemon {
  state: DaemonState;
  interface: string;
  syncId: number;
  /** The longest payload in bytes; undefined: what the interface's MTU allows. */
  maxLength: number | undefined;
  /** undefined: 224.0.0.81. */
  group: IpAddress | undefined;
  /** undefined: 8848. */
  port: number | undefined;
  /** undefined: 1. */
  ttl: number | undefined;
}

const STATES: Record<DaemonState, number> = {
  master: IP_VS_STATE_MASTER,
  backup: IP_VS_STATE_BACKUP,
};

/** What the kernel fills in where a setting is left out (ip_vs_sync.c). */
export const DAEMON_DEFAULTS = { group: ip('224.0.0.81'), port: 8848, ttl: 1 };

/** A sync daemon to start. */
export function putDaemon(payload: Payload, daemon: SyncDaemon): void {
  const { group, maxLength, port, ttl } = daemon;
  payload.nest(IPVS_CMD_ATTR_DAEMON, (inner) => {
    inner.u32(IPVS_DAEMON_ATTR_STATE, STATES[daemon.state]);
    inner.text(IPVS_DAEMON_ATTR_MCAST_IFN, daemon.interface);
    inner.u32(IPVS_DAEMON_ATTR_SYNC_ID, daemon.syncId);
    if (maxLength !== undefined) inner.u16(IPVS_DAEMON_ATTR_SYNC_MAXLEN, maxLength);
    if (group !== undefined) {
      const is4 = familyOf(group) === 4;
      inner.ip(is4 ? IPVS_DAEMON_ATTR_MCAST_GROUP : IPVS_DAEMON_ATTR_MCAST_GROUP6, group);
    }
    // In host byte order, unlike every other port of the family.
    if (port !== undefined) inner.u16(IPVS_DAEMON_ATTR_MCAST_PORT, port);
    if (ttl !== undefined) inner.u8(IPVS_DAEMON_ATTR_MCAST_TTL, ttl);
  });
}

/** Which daemon to stop. */
export function putDaemonState(payload: Payload, state: DaemonState): void {
  payload.nest(IPVS_CMD_ATTR_DAEMON, (inner) => inner.u32(IPVS_DAEMON_ATTR_STATE, STATES[state]));
}

/** Reads the sync daemon inside the attributes of a message. */
export function readDaemon(message: Attributes): SyncDaemon | Malformed {
  const attributes = message.nested(IPVS_CMD_ATTR_DAEMON);
  if (attributes === undefined) return new Malformed('no-daemon');
  const number = attributes.u32(IPVS_DAEMON_ATTR_STATE);
  const state = number === STATES.master ? 'master' : number === STATES.backup ? 'backup' : '';
  const name = attributes.text(IPVS_DAEMON_ATTR_MCAST_IFN);
  const syncId = attributes.u32(IPVS_DAEMON_ATTR_SYNC_ID);
  if (state === '' || name === undefined || syncId === undefined) {
    return new Malformed('daemon-incomplete');
  }
  const group =
    attributes.ip(IPVS_DAEMON_ATTR_MCAST_GROUP) ?? attributes.ip(IPVS_DAEMON_ATTR_MCAST_GROUP6);
  return {
    state,
    interface: name,
    syncId,
    maxLength: attributes.u16(IPVS_DAEMON_ATTR_SYNC_MAXLEN),
    group: group && isMulticast(group) ? group : undefined,
    port: attributes.u16(IPVS_DAEMON_ATTR_MCAST_PORT),
    ttl: attributes.u8(IPVS_DAEMON_ATTR_MCAST_TTL),
  };
}
