import { oid } from '#src/snmp/oid.js';

/** The checker branch of KEEPALIVED-MIB. */
export const CHECKER = oid('1.3.6.1.4.1.9586.100.5.3');

/** The entry of a table of that branch. */
export const entryOf = (number: number): readonly number[] => [...CHECKER, number, 1];

/** InetAddressType of RFC 4001. */
export const addressType = (family: 4 | 6): number => (family === 4 ? 1 : 2);
