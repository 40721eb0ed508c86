import {
  CommandRequest,
  describe as described,
  type IpvsCommand,
} from '@keepalived-ts/ipvs-netlink/command.js';
import { readDaemon } from '@keepalived-ts/ipvs-netlink/daemon.js';
import { readDestination } from '@keepalived-ts/ipvs-netlink/destination.js';
import { readService } from '@keepalived-ts/ipvs-netlink/service.js';
import { readTimeouts } from '@keepalived-ts/ipvs-netlink/settings.js';
import { Malformed } from '@keepalived-ts/netlink/attributes.js';
import { parseGeneric } from '@keepalived-ts/netlink/generic.js';
import { describe, expect, it } from 'vitest';
import { destinationAt, serviceAt } from '../../support/ipvs-values.js';

const family = { name: 'IPVS', id: 27, version: 1, groups: new Map() };
const service = serviceAt('10.0.0.1:80');
const destination = destinationAt('192.168.1.2:80');
const daemon = {
  state: 'master' as const,
  interface: 'eth0',
  syncId: 7,
  maxLength: undefined,
  group: undefined,
  port: undefined,
  ttl: undefined,
};

/** The request as the kernel would take it apart. */
function sent(command: IpvsCommand) {
  const request = new CommandRequest(family, command);
  const parsed = parseGeneric({ ...request, sequence: 0, port: 0 });
  if (parsed instanceof Malformed) throw new Error(parsed.reason);
  return { type: request.type, operation: request.operation, ...parsed };
}

describe('commands', () => {
  it.each([
    [1, { do: 'new-service', service }, 'new-service TCP 10.0.0.1:80'],
    [2, { do: 'set-service', service }, 'set-service TCP 10.0.0.1:80'],
    [3, { do: 'delete-service', service: service.id }, 'delete-service TCP 10.0.0.1:80'],
    [
      5,
      { do: 'new-destination', service: service.id, destination },
      'new-destination TCP 10.0.0.1:80 -> 192.168.1.2:80',
    ],
    [
      6,
      { do: 'set-destination', service: service.id, destination },
      'set-destination TCP 10.0.0.1:80 -> 192.168.1.2:80',
    ],
    [
      7,
      { do: 'delete-destination', service: service.id, destination },
      'delete-destination TCP 10.0.0.1:80 -> 192.168.1.2:80',
    ],
    [9, { do: 'start-daemon', daemon }, 'start-daemon master eth0'],
    [10, { do: 'stop-daemon', state: 'backup' }, 'stop-daemon backup'],
    [12, { do: 'set-timeouts', timeouts: { tcp: 1 } }, 'set-timeouts'],
    [16, { do: 'zero' }, 'zero'],
    [16, { do: 'zero', service: service.id }, 'zero TCP 10.0.0.1:80'],
    [17, { do: 'flush' }, 'flush'],
  ] as const)('number %i is %o and is called "%s"', (number, command, words) => {
    expect(sent(command)).toMatchObject({ type: 27, command: number, operation: words });
    expect(described(command)).toBe(words);
  });

  it('carry what they are about', () => {
    expect(readService(sent({ do: 'set-service', service }).attributes)).toMatchObject({ service });
    const command = { do: 'new-destination', service: service.id, destination } as const;
    expect(readDestination(sent(command).attributes, 4)).toMatchObject({ destination });
    expect(readDaemon(sent({ do: 'start-daemon', daemon }).attributes)).toEqual(daemon);
    expect(readTimeouts(sent({ do: 'set-timeouts', timeouts: { udp: 9 } }).attributes)).toEqual({
      tcp: 0,
      tcpFin: 0,
      udp: 9,
    });
  });

  it('a removal names the destination and no more', () => {
    const command = { do: 'delete-destination', service: service.id, destination } as const;
    const nested = sent(command).attributes.nested(2);
    expect([...(nested?.entries() ?? [])].map(([type]) => type)).toEqual([11, 1, 2]);
  });

  it('zero without service is for all of them', () => {
    expect(sent({ do: 'zero' }).attributes.has(1)).toBe(false);
  });
});
