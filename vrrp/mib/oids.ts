import { oid } from '#src/snmp/oid.js';

/** enterprises.debian.project.keepalived of KEEPALIVED-MIB. */
export const KEEPALIVED = oid('1.3.6.1.4.1.9586.100.5');
/** Its vrrp branch. */
export const VRRP = [...KEEPALIVED, 2];
/** VRRP-MIB (RFC 2787). */
export const VRRP_MIB = oid('1.3.6.1.2.1.68');
/** VRRPV3-MIB (RFC 6527). */
export const VRRPV3_MIB = oid('1.3.6.1.2.1.207');

/** The entry of a table of KEEPALIVED-MIB's vrrp branch. */
export const entryOf = (number: number): readonly number[] => [...VRRP, number, 1];

/** VrrpState of KEEPALIVED-MIB; 4 is unknown. */
const STATES: Readonly<Record<string, number>> = { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3 };
export const stateNumber = (state: string | undefined): number => STATES[state ?? 'INIT'] ?? 4;
