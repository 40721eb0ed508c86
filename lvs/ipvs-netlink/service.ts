import { type IpAddress, type IpFamily, ipFromBytes } from '@keepalived-ts/base/ip.js';
import {
  type Attributes,
  HOST_LITTLE_ENDIAN,
  Malformed,
  type Payload,
} from '@keepalived-ts/netlink/attributes.js';
import {
  AF_INET,
  AF_INET6,
  IPVS_CMD_ATTR_SERVICE,
  IPVS_SVC_ATTR_ADDR,
  IPVS_SVC_ATTR_AF,
  IPVS_SVC_ATTR_FLAGS,
  IPVS_SVC_ATTR_FWMARK,
  IPVS_SVC_ATTR_NETMASK,
  IPVS_SVC_ATTR_PE_NAME,
  IPVS_SVC_ATTR_PORT,
  IPVS_SVC_ATTR_PROTOCOL,
  IPVS_SVC_ATTR_SCHED_NAME,
  IPVS_SVC_ATTR_STATS,
  IPVS_SVC_ATTR_STATS64,
  IPVS_SVC_ATTR_TIMEOUT,
} from './constants.js';
import { putStats, readStats, type Stats } from './stats.js';
import { type Protocol, type Service, type ServiceId, serviceFamily } from './types.js';

/** A service as the kernel reports it. */
export interface ServiceEntry {
  service: Service;
  stats: Stats;
}

/** Of <linux/in.h>. */
const PROTOCOL_NUMBERS: Record<Protocol, number> = { TCP: 6, UDP: 17, SCTP: 132 };
const PROTOCOLS = new Map(
  Object.entries(PROTOCOL_NUMBERS).map(([name, number]) => [number, name as Protocol]),
);

export const familyNumber = (family: IpFamily): number => (family === 4 ? AF_INET : AF_INET6);

/** An address in the kernel's union nf_inet_addr: 16 bytes, IPv4 in the first four. */
export function putAddress(payload: Payload, type: number, address: IpAddress): void {
  payload.ip(type, address, 16);
}

/** The reverse; the union does not say which of its members is meant. */
export function readAddress(
  attributes: Attributes,
  type: number,
  family: IpFamily,
): IpAddress | undefined {
  const length = family === 4 ? 4 : 16;
  const bytes = attributes.bytes(type, length);
  return bytes && ipFromBytes(bytes.subarray(0, length));
}

function putIdentity(payload: Payload, id: ServiceId): void {
  payload.u16(IPVS_SVC_ATTR_AF, familyNumber(serviceFamily(id)));
  if (id.kind === 'fwmark') {
    payload.u32(IPVS_SVC_ATTR_FWMARK, id.mark);
    return;
  }
  payload.u16(IPVS_SVC_ATTR_PROTOCOL, PROTOCOL_NUMBERS[id.protocol]);
  putAddress(payload, IPVS_SVC_ATTR_ADDR, id.address);
  payload.be16(IPVS_SVC_ATTR_PORT, id.port);
}

/** Which service a command is about. */
export function putServiceId(payload: Payload, id: ServiceId): void {
  payload.nest(IPVS_CMD_ATTR_SERVICE, (inner) => putIdentity(inner, id));
}

/**
 * A service in full.
 *
 * Its flags are struct ip_vs_flags: the bits and the mask of bits that are to change, here all.
 * The netmask is big-endian for IPv4 and a number in host order for IPv6, as
 * ip_vs_genl_parse_service() takes it.
 */
export function putService(payload: Payload, service: Service, stats?: Stats): void {
  payload.nest(IPVS_CMD_ATTR_SERVICE, (inner) => {
    putIdentity(inner, service.id);
    inner.text(IPVS_SVC_ATTR_SCHED_NAME, service.scheduler);
    if (service.engine !== undefined) inner.text(IPVS_SVC_ATTR_PE_NAME, service.engine);
    const flags = new Uint8Array(8);
    const view = new DataView(flags.buffer);
    view.setUint32(0, service.flags, HOST_LITTLE_ENDIAN);
    view.setUint32(4, 0xffffffff, HOST_LITTLE_ENDIAN);
    inner.bytes(IPVS_SVC_ATTR_FLAGS, flags);
    inner.u32(IPVS_SVC_ATTR_TIMEOUT, service.timeout);
    if (serviceFamily(service.id) === 4) inner.be32(IPVS_SVC_ATTR_NETMASK, service.netmask);
    else inner.u32(IPVS_SVC_ATTR_NETMASK, service.netmask);
    if (stats) putStats(inner, IPVS_SVC_ATTR_STATS64, stats);
  });
}

function readIdentity(attributes: Attributes, family: IpFamily): ServiceId | undefined {
  const mark = attributes.u32(IPVS_SVC_ATTR_FWMARK);
  if (mark !== undefined) return { kind: 'fwmark', mark, family };
  const protocol = PROTOCOLS.get(attributes.u16(IPVS_SVC_ATTR_PROTOCOL) ?? 0);
  const address = readAddress(attributes, IPVS_SVC_ATTR_ADDR, family);
  const port = attributes.be16(IPVS_SVC_ATTR_PORT);
  if (protocol === undefined || address === undefined || port === undefined) return undefined;
  return { kind: 'address', protocol, address, port };
}

/** Reads the service inside the attributes of a message. */
export function readService(message: Attributes): ServiceEntry | Malformed {
  const attributes = message.nested(IPVS_CMD_ATTR_SERVICE);
  if (attributes === undefined) return new Malformed('no-service');
  const family = readFamily(attributes, IPVS_SVC_ATTR_AF);
  if (family === undefined) return new Malformed('service-family');
  const id = readIdentity(attributes, family);
  if (id === undefined) return new Malformed('service-identity');
  const scheduler = attributes.text(IPVS_SVC_ATTR_SCHED_NAME);
  const flags = attributes.bytes(IPVS_SVC_ATTR_FLAGS, 4);
  const netmask =
    family === 4 ? attributes.be32(IPVS_SVC_ATTR_NETMASK) : attributes.u32(IPVS_SVC_ATTR_NETMASK);
  if (scheduler === undefined || flags === undefined || netmask === undefined) {
    return new Malformed('service-incomplete');
  }
  const view = new DataView(flags.buffer, flags.byteOffset, flags.byteLength);
  return {
    service: {
      id,
      scheduler,
      flags: view.getUint32(0, HOST_LITTLE_ENDIAN),
      timeout: attributes.u32(IPVS_SVC_ATTR_TIMEOUT) ?? 0,
      netmask,
      engine: attributes.text(IPVS_SVC_ATTR_PE_NAME),
    },
    stats: readStats(attributes, IPVS_SVC_ATTR_STATS64, IPVS_SVC_ATTR_STATS),
  };
}

/** An address family by its number, where it is one of ours. */
export function readFamily(attributes: Attributes, type: number): IpFamily | undefined {
  const number = attributes.u16(type);
  return number === AF_INET ? 4 : number === AF_INET6 ? 6 : undefined;
}
