import { familyOf, type IpAddress } from '@keepalived-ts/base/ip.js';
import type { Malformed } from '../attributes.js';

/** Address families as netlink counts them (<linux/socket.h>). */
export const AF_UNSPEC = 0;
export const AF_INET = 2;
export const AF_INET6 = 10;

/**
 * What a parser of this folder returns: the value, or garbage, or undefined for a message that is
 * none of its business (another type, another address family).
 */
export type Parsed<T> = T | Malformed | undefined;

/** A network: `prefix` leading bits of `ip`. */
export interface Prefix {
  readonly ip: IpAddress;
  readonly length: number;
}

export const printPrefix = ({ ip, length }: Prefix): string => `${ip}/${length}`;

export const familyNumber = (ip: IpAddress): number => (familyOf(ip) === 4 ? AF_INET : AF_INET6);

/** Copies the fields that are not undefined: a value has the same shape however it was made. */
export function present<T extends object>(value: T): T {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries) as T;
}
