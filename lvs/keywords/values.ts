import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { ValueType } from '#src/config/schema.js';
import type { ServiceName } from './virtual-server.js';

export interface ServerAddress {
  address: IpAddress;
  /** 0: not written. */
  port: number;
}

export type TunnelChecksum = 'nocsum' | 'csum' | 'remcsum';
export type Forwarding =
  | { method: 'NAT' }
  | { method: 'DR' }
  | { method: 'TUN'; type: 'ipip' | 'gue' | 'gre'; port: number; checksum: TunnelChecksum };

export declare const serviceName: ValueType<ServiceName>;
export declare const serverAddress: ValueType<ServerAddress>;
export declare const forwarding: ValueType<Forwarding>;
export declare const protocol: ValueType<'TCP' | 'UDP' | 'SCTP'>;
export declare const scheduler: ValueType<string>;
/** `[SECONDS]`: 360 when the keyword stands alone. */
export declare const optionalTimeout: ValueType<number>;
/** An IPv4 netmask as 32 bits or an IPv6 prefix length. */
export declare const granularity: ValueType<
  { family: 4; mask: number } | { family: 6; prefix: number }
>;
