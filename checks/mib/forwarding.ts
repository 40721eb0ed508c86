import type { Forwarding } from '@keepalived-ts/ipvs-netlink/types.js';
import type { ScriptCommand } from '#src/config/script-value.js';
import { type Column, column } from '#src/snmp/tree.js';
import { gauge, integer } from '#src/snmp/value.js';

/** virtualServerLoadBalancingKind; what only the kernel sets is shown as nat. */
export const METHODS: Readonly<Record<Forwarding['method'], number>> = {
  NAT: 1,
  DR: 2,
  TUN: 3,
  LOCAL: 1,
  BYPASS: 1,
};
const TUNNELS = { ipip: 1, gue: 2, gre: 3 } as const;
const CHECKSUMS = { nocsum: 1, csum: 2, remcsum: 3 } as const;

/** Type, port and checksum of a tunnel, where each has a meaning. */
export function forwardingColumns<R>(
  prefix: string,
  first: number,
  of: (row: R) => Forwarding | undefined,
): Column<R>[] {
  const tunnel = (row: R): Extract<Forwarding, { method: 'TUN' }> | undefined => {
    const forwarding = of(row);
    return forwarding?.method === 'TUN' ? forwarding : undefined;
  };
  return [
    column(first, `${prefix}TunnelType`, integer, (row) => {
      const found = tunnel(row);
      return found && TUNNELS[found.type];
    }),
    column(first + 1, `${prefix}TunnelPort`, gauge, (row) => {
      const found = tunnel(row);
      return found?.type === 'gue' ? found.port : undefined;
    }),
    column(first + 2, `${prefix}TunnelCsum`, integer, (row) => {
      const found = tunnel(row);
      return found && found.type !== 'ipip' ? CHECKSUMS[found.checksum] : undefined;
    }),
  ];
}

/** Compat: keepalived shows commands with each word in quotes. */
export const shownCommand = (command: ScriptCommand | undefined): string | undefined =>
  command?.argv.map((word) => `'${word}'`).join(' ');
