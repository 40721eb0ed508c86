import { familyOf, type IpAddress, type IpFamily } from '@keepalived-ts/base/ip.js';
import { Malformed } from '../attributes.js';

/** Address families as netlink counts them (<linux/socket.h>). */
export const AF_UNSPEC = 0;
export const AF_INET = 2;
export const AF_INET6 = 10;

/**
 * What a parser of this folder returns: the value, or garbage, or undefined for a message that is
 * none of its business (another type, another address family).
 */
export type Parsed<T> = T | Malformed | undefined;

/** For `filter`: values only. */
export const isValue = <T>(parsed: Parsed<T>): parsed is T =>
  parsed !== undefined && !(parsed instanceof Malformed);

/** A network: `prefix` leading bits of `ip`. */
export interface Prefix {
  readonly ip: IpAddress;
  readonly length: number;
}

export const printPrefix = ({ ip, length }: Prefix): string => `${ip}/${length}`;

export const numberOf = (family: IpFamily): number => (family === 4 ? AF_INET : AF_INET6);
export const familyNumber = (ip: IpAddress): number => numberOf(familyOf(ip));

/** Copies the fields that are not undefined: a value has the same shape however it was made. */
export function present<T extends object>(value: T): T {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries) as T;
}
