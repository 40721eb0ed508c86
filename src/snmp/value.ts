import { type IpAddress, ipBytes } from '@keepalived-ts/base/ip.js';
import type { Oid } from './oid.js';

/** A value on the wire, with its type (RFC 2741 §5.4). */
export type Value =
  | { type: 'integer' | 'counter32' | 'gauge32' | 'time-ticks'; value: number }
  | { type: 'octets' | 'ip-address' | 'opaque'; value: Uint8Array }
  | { type: 'oid'; value: Oid }
  | { type: 'counter64'; value: bigint }
  | { type: 'null' };

/** A variable and what it holds; or why it holds nothing (RFC 3416 §4.2). */
export interface VarBind {
  oid: Oid;
  value: Value | { type: 'no-such-object' | 'no-such-instance' | 'end-of-mib-view' };
}

const U32 = 0xffffffff;

/*
 * How MIB tables make their values: one function for each SYNTAX that occurs in them. Numbers
 * that outgrow their type wrap around, as counters of the kernel do.
 */

export const integer = (value: number): Value => ({ type: 'integer', value: value | 0 });
export const gauge = (value: number): Value => ({
  type: 'gauge32',
  value: Math.min(Math.max(Math.round(value), 0), U32),
});
export const counter = (value: number | bigint): Value => ({
  type: 'counter32',
  value: Number(BigInt(value) & 0xffffffffn),
});
export const counter64 = (value: number | bigint): Value => ({
  type: 'counter64',
  value: BigInt.asUintN(64, BigInt(value)),
});
export const ticks = (value: number): Value => ({ type: 'time-ticks', value: value >>> 0 });
export const text = (value: string): Value => ({ type: 'octets', value: Buffer.from(value) });
export const octets = (value: Uint8Array): Value => ({ type: 'octets', value });
/** InetAddress: the bytes; its type stands in a column of its own (RFC 4001). */
export const inetAddress = (value: IpAddress): Value => octets(ipBytes(value));
/** IpAddress of SMIv2, of the older MIBs: IPv4 only. */
export const ipAddress = (value: IpAddress): Value => ({
  type: 'ip-address',
  value: ipBytes(value),
});
export const objectId = (value: Oid): Value => ({ type: 'oid', value });

/** TruthValue and every other enumeration whose first value is yes and second no. */
export const truth = (value: boolean): Value => integer(value ? 1 : 2);
