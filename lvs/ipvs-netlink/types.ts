import { familyOf, type IpAddress, type IpFamily } from '@keepalived-ts/base/ip.js';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** What makes a virtual service itself: an address with a port, or a mark set by the firewall. */
export type ServiceId =
  | { kind: 'address'; protocol: Protocol; address: IpAddress; port: number }
  | { kind: 'fwmark'; mark: number; family: IpFamily };

/** A virtual service and all that can be changed of it. */
export interface Service {
  id: ServiceId;
  scheduler: string;
  /** IP_VS_SVC_F_* bits; `IP_VS_SVC_F_HASHED` is the kernel's own and ignored when set. */
  flags: number;
  /** Seconds a client stays with its server; heeded with `IP_VS_SVC_F_PERSISTENT` only. */
  timeout: number;
  /** Which clients count as one: an IPv4 netmask as 32 bits, or an IPv6 prefix length. */
  netmask: number;
  /** Persistence engine, such as `sip`. */
  engine: string | undefined;
}

export type TunnelType = 'ipip' | 'gue' | 'gre';
export type TunnelChecksum = 'nocsum' | 'csum' | 'remcsum';

/** How packets reach a real server. `LOCAL` and `BYPASS` are only ever set by the kernel. */
export type Forwarding =
  | { method: 'NAT' }
  | { method: 'DR' }
  | { method: 'TUN'; type: TunnelType; port: number; checksum: TunnelChecksum }
  | { method: 'LOCAL' }
  | { method: 'BYPASS' };

/** A real server of a virtual service. */
export interface Destination {
  address: IpAddress;
  port: number;
  forwarding: Forwarding;
  weight: number;
  /** Connections at which no more are given; 0 for no bound. */
  upperThreshold: number;
  /** Connections at which they are given again; 0 lets the kernel choose. */
  lowerThreshold: number;
}

/** The netmask with which every client counts for itself. */
export const everyClient = (family: IpFamily): number => (family === 4 ? 0xffffffff : 128);

export const serviceFamily = (id: ServiceId): IpFamily =>
  id.kind === 'fwmark' ? id.family : familyOf(id.address);

const endpoint = (address: IpAddress, port: number): string =>
  familyOf(address) === 4 ? `${address}:${port}` : `[${address}]:${port}`;

/** The service as a word: equal exactly for equal identities. `TCP 10.0.0.1:80`, `FWM 5 inet6`. */
export const serviceKey = (id: ServiceId): string =>
  id.kind === 'fwmark'
    ? `FWM ${id.mark} ${id.family === 4 ? 'inet' : 'inet6'}`
    : `${id.protocol} ${endpoint(id.address, id.port)}`;

/** The destination as a word, unique within its service: `192.168.1.2:80`. */
export const destinationKey = (destination: { address: IpAddress; port: number }): string =>
  endpoint(destination.address, destination.port);
