import { familyOf } from '@keepalived-ts/base/ip.js';
import type { Notice } from '#src/ipc/messages.js';
import type { Oid } from '#src/snmp/oid.js';
import {
  gauge,
  inetAddress,
  integer,
  text,
  truth,
  type Value,
  type VarBind,
} from '#src/snmp/value.js';
import { addressType, CHECKER, entryOf } from './oids.js';
import { type CheckView, type ServerView, type ServiceView, serversUp } from './view.js';

type Told = Extract<Notice, { of: 'virtual-server' | 'real-server' }>;

export interface CheckTrap {
  trap: Oid;
  varBinds: readonly VarBind[];
}

const ofService = (column: number, value: Value): VarBind => ({
  oid: [...entryOf(3), column],
  value,
});
const ofServer = (column: number, value: Value): VarBind => ({
  oid: [...entryOf(4), column],
  value,
});

/** What a service is, as each of its notifications says. */
function identity({ plan }: ServiceView): VarBind[] {
  const { service } = plan.config;
  switch (service.kind) {
    case 'fwmark':
      return [ofService(2, integer(1)), ofService(4, gauge(service.mark))];
    case 'address':
      return [
        ofService(2, integer(2)),
        ofService(5, integer(addressType(familyOf(service.address)))),
        ofService(6, inetAddress(service.address)),
        ofService(7, gauge(service.port)),
      ];
    case 'group':
      return [ofService(2, integer(3)), ofService(3, text(service.group))];
  }
}

/** Compat: 1 for TCP and 2 for all else (reference §2). */
const protocol = ({ plan }: ServiceView): VarBind => {
  const isTcp = plan.services.some(({ id }) => id.kind === 'address' && id.protocol === 'TCP');
  return ofService(8, truth(isTcp));
};

const serverCounts = (service: ServiceView): VarBind[] => [
  ofService(21, gauge(serversUp(service))),
  ofService(20, gauge(service.plan.realServers.length)),
];

/** Of virtualServerStatus and realServerStatus, and what a service is told of at the end. */
const STATUS = { UP: 1, DOWN: 2, shutdown: 3 } as const;

const routerBind = (routerId: string): VarBind => ({
  oid: [...CHECKER.slice(0, -1), 1, 2, 0],
  value: text(routerId),
});

function quorumTrap(
  service: ServiceView,
  status: keyof typeof STATUS,
  routerId: string,
): CheckTrap {
  const varBinds = [
    ...identity(service),
    protocol(service),
    ofService(23, integer(STATUS[status])),
    ofService(22, gauge(service.plan.quorum)),
    ...serverCounts(service),
    routerBind(routerId),
  ];
  return { trap: [...CHECKER, 5, 0, 2], varBinds };
}

function serverTrap(
  service: ServiceView,
  { plan }: ServerView,
  status: 'UP' | 'DOWN',
  routerId: string,
): CheckTrap {
  const { address, port } = plan.destination;
  const varBinds = [
    ofServer(3, integer(addressType(familyOf(address)))),
    ofServer(4, inetAddress(address)),
    ofServer(5, gauge(port)),
    ofServer(6, integer(STATUS[status])),
    ...identity(service),
    protocol(service),
    ...serverCounts(service),
    routerBind(routerId),
  ];
  return { trap: [...CHECKER, 5, 0, 1], varBinds };
}

/** The notification that a change of a server or a service is worth (reference §2). */
export function checkTraps(notice: Told, view: CheckView, routerId: string): CheckTrap[] {
  const service = view.services.find(({ plan }) => plan.name === notice.service);
  if (!service) return [];
  if (notice.of === 'virtual-server') return [quorumTrap(service, notice.state, routerId)];
  const server = service.servers.find(({ plan }) => plan.name === notice.server);
  return server ? [serverTrap(service, server, notice.state, routerId)] : [];
}

/** The end of the check part: servers that are up go one by one, then their service. */
export const lastTraps = ({ services }: CheckView, routerId: string): CheckTrap[] =>
  services.flatMap((service) => {
    const traps: CheckTrap[] = [];
    let rest = service;
    for (const server of service.servers) {
      if (server.kind !== 'regular' || !server.isUp) continue;
      const servers = rest.servers.map((s) => (s === server ? { ...s, isUp: false } : s));
      rest = { ...rest, servers };
      traps.push(serverTrap(rest, server, 'DOWN', routerId));
    }
    return [...traps, quorumTrap(rest, 'shutdown', routerId)];
  });
