import type { IpFamily } from '@keepalived-ts/base/ip.js';
import { familyOf } from '@keepalived-ts/base/ip.js';
import { type Attributes, Malformed, type Payload } from '@keepalived-ts/netlink/attributes.js';
import {
  IP_VS_CONN_F_BYPASS,
  IP_VS_CONN_F_DROUTE,
  IP_VS_CONN_F_FWD_MASK,
  IP_VS_CONN_F_LOCALNODE,
  IP_VS_CONN_F_MASQ,
  IP_VS_CONN_F_TUNNEL,
  IP_VS_CONN_F_TUNNEL_TYPE_GRE,
  IP_VS_CONN_F_TUNNEL_TYPE_GUE,
  IP_VS_CONN_F_TUNNEL_TYPE_IPIP,
  IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
  IPVS_CMD_ATTR_DEST,
  IPVS_DEST_ATTR_ACTIVE_CONNS,
  IPVS_DEST_ATTR_ADDR,
  IPVS_DEST_ATTR_ADDR_FAMILY,
  IPVS_DEST_ATTR_FWD_METHOD,
  IPVS_DEST_ATTR_INACT_CONNS,
  IPVS_DEST_ATTR_L_THRESH,
  IPVS_DEST_ATTR_PERSIST_CONNS,
  IPVS_DEST_ATTR_PORT,
  IPVS_DEST_ATTR_STATS,
  IPVS_DEST_ATTR_STATS64,
  IPVS_DEST_ATTR_TUN_FLAGS,
  IPVS_DEST_ATTR_TUN_PORT,
  IPVS_DEST_ATTR_TUN_TYPE,
  IPVS_DEST_ATTR_U_THRESH,
  IPVS_DEST_ATTR_WEIGHT,
} from './constants.js';
import { familyNumber, putAddress, readAddress, readFamily } from './service.js';
import { putStats, readStats, type Stats } from './stats.js';
import type { Destination, Forwarding, TunnelChecksum, TunnelType } from './types.js';

/** A destination as the kernel reports it. */
export interface DestinationEntry {
  destination: Destination;
  activeConnections: number;
  inactiveConnections: number;
  persistentConnections: number;
  stats: Stats;
}

const METHODS: Record<Forwarding['method'], number> = {
  NAT: IP_VS_CONN_F_MASQ,
  LOCAL: IP_VS_CONN_F_LOCALNODE,
  TUN: IP_VS_CONN_F_TUNNEL,
  DR: IP_VS_CONN_F_DROUTE,
  BYPASS: IP_VS_CONN_F_BYPASS,
};
const TUNNELS: Record<TunnelType, number> = {
  ipip: IP_VS_CONN_F_TUNNEL_TYPE_IPIP,
  gue: IP_VS_CONN_F_TUNNEL_TYPE_GUE,
  gre: IP_VS_CONN_F_TUNNEL_TYPE_GRE,
};
const CHECKSUMS: Record<TunnelChecksum, number> = {
  nocsum: IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM,
  csum: IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  remcsum: IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
};
const nameIn = <N extends string>(table: Record<N, number>, number: number): N | undefined =>
  (Object.keys(table) as N[]).find((name) => table[name] === number);

function putIdentity(payload: Payload, id: Pick<Destination, 'address' | 'port'>): void {
  payload.u16(IPVS_DEST_ATTR_ADDR_FAMILY, familyNumber(familyOf(id.address)));
  putAddress(payload, IPVS_DEST_ATTR_ADDR, id.address);
  payload.be16(IPVS_DEST_ATTR_PORT, id.port);
}

/** Which destination a command is about. */
export function putDestinationId(
  payload: Payload,
  id: Pick<Destination, 'address' | 'port'>,
): void {
  payload.nest(IPVS_CMD_ATTR_DEST, (inner) => putIdentity(inner, id));
}

/** A destination in full. Without tunnel attributes the kernel takes plain IP in IP. */
export function putDestination(
  payload: Payload,
  destination: Destination,
  reported?: Omit<DestinationEntry, 'destination'>,
): void {
  const { forwarding, weight, upperThreshold, lowerThreshold } = destination;
  payload.nest(IPVS_CMD_ATTR_DEST, (inner) => {
    putIdentity(inner, destination);
    inner.u32(IPVS_DEST_ATTR_FWD_METHOD, METHODS[forwarding.method]);
    inner.u32(IPVS_DEST_ATTR_WEIGHT, weight);
    inner.u32(IPVS_DEST_ATTR_U_THRESH, upperThreshold);
    inner.u32(IPVS_DEST_ATTR_L_THRESH, lowerThreshold);
    if (forwarding.method === 'TUN') {
      inner.u8(IPVS_DEST_ATTR_TUN_TYPE, TUNNELS[forwarding.type]);
      inner.be16(IPVS_DEST_ATTR_TUN_PORT, forwarding.port);
      inner.u16(IPVS_DEST_ATTR_TUN_FLAGS, CHECKSUMS[forwarding.checksum]);
    }
    if (reported === undefined) return;
    inner.u32(IPVS_DEST_ATTR_ACTIVE_CONNS, reported.activeConnections);
    inner.u32(IPVS_DEST_ATTR_INACT_CONNS, reported.inactiveConnections);
    inner.u32(IPVS_DEST_ATTR_PERSIST_CONNS, reported.persistentConnections);
    putStats(inner, IPVS_DEST_ATTR_STATS64, reported.stats);
  });
}

function readForwarding(attributes: Attributes): Forwarding | undefined {
  const flags = attributes.u32(IPVS_DEST_ATTR_FWD_METHOD);
  if (flags === undefined) return undefined;
  const method = nameIn(METHODS, flags & IP_VS_CONN_F_FWD_MASK);
  if (method !== 'TUN') return method && { method };
  const type = nameIn(TUNNELS, attributes.u8(IPVS_DEST_ATTR_TUN_TYPE) ?? 0);
  const checksum = nameIn(CHECKSUMS, attributes.u16(IPVS_DEST_ATTR_TUN_FLAGS) ?? 0);
  if (type === undefined || checksum === undefined) return undefined;
  return { method, type, port: attributes.be16(IPVS_DEST_ATTR_TUN_PORT) ?? 0, checksum };
}

/**
 * Reads the destination inside the attributes of a message. Kernels before 3.18 do not tell its
 * family, which then is that of its service.
 */
export function readDestination(
  message: Attributes,
  serviceFamily: IpFamily,
): DestinationEntry | Malformed {
  const attributes = message.nested(IPVS_CMD_ATTR_DEST);
  if (attributes === undefined) return new Malformed('no-destination');
  const family = readFamily(attributes, IPVS_DEST_ATTR_ADDR_FAMILY) ?? serviceFamily;
  const address = readAddress(attributes, IPVS_DEST_ATTR_ADDR, family);
  const port = attributes.be16(IPVS_DEST_ATTR_PORT);
  if (address === undefined || port === undefined) return new Malformed('destination-identity');
  const forwarding = readForwarding(attributes);
  const weight = attributes.u32(IPVS_DEST_ATTR_WEIGHT);
  if (forwarding === undefined || weight === undefined) {
    return new Malformed('destination-incomplete');
  }
  return {
    destination: {
      address,
      port,
      forwarding,
      weight,
      upperThreshold: attributes.u32(IPVS_DEST_ATTR_U_THRESH) ?? 0,
      lowerThreshold: attributes.u32(IPVS_DEST_ATTR_L_THRESH) ?? 0,
    },
    activeConnections: attributes.u32(IPVS_DEST_ATTR_ACTIVE_CONNS) ?? 0,
    inactiveConnections: attributes.u32(IPVS_DEST_ATTR_INACT_CONNS) ?? 0,
    persistentConnections: attributes.u32(IPVS_DEST_ATTR_PERSIST_CONNS) ?? 0,
    stats: readStats(attributes, IPVS_DEST_ATTR_STATS64, IPVS_DEST_ATTR_STATS),
  };
}
