import { commandOf } from './machine.js';
import type { Stage } from './stage.js';

/** The IPVS table without its counters of connections. */
export const TABLE = 'ipvsadm -Ln | cut -c 1-48';

/** What TABLE shows when it has these lines of virtual and real servers. */
export const table = (...lines: readonly string[]): string =>
  [
    'IP Virtual Server version 1.2.1 (size=4096)',
    'Prot LocalAddress:Port Scheduler Flags',
    '  -> RemoteAddress:Port           Forward Weight',
    ...lines,
  ].join('\n');

/** Who answers four requests through the virtual address. */
export const fetch = (scheme: 'http' | 'https'): string =>
  `curl -sk -m 20 ${scheme}://192.168.1.100/[1-4] | sort | paste -s -d " "`;

/** `genhash` on the machine is that of the program that plays keepalived there. */
export function provideGenhash(stage: Stage, name: string): void {
  const machine = stage.machine(name);
  const ours = [...commandOf.ours, 'genhash'].join(' ');
  const command = machine.program === 'ours' ? ours : '/usr/bin/genhash';
  machine.provide('genhash', `#!/bin/sh\nexec ${command} "$@"\n`);
}
