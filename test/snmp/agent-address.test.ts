import { describe, expect, it } from 'vitest';
import { agentAddress } from '#src/snmp/agent-address.js';

describe("addresses of a master agent, in net-snmp's spelling", () => {
  it.each([
    ['unix:/var/agentx/master', { path: '/var/agentx/master' }],
    ['/run/agentx.sock', { path: '/run/agentx.sock' }],
    ['tcp:127.0.0.1:705', { host: '127.0.0.1', port: 705 }],
    ['tcp:localhost', { host: 'localhost', port: 705 }],
    ['tcp6:[::1]:1705', { host: '::1', port: 1705 }],
    ['[::1]:1705', { host: '::1', port: 1705 }],
    ['localhost:1705', { host: 'localhost', port: 1705 }],
    ['192.0.2.1:1705', { host: '192.0.2.1', port: 1705 }],
    ['1705', { host: 'localhost', port: 1705 }],
  ])('%s', (spelling, address) => {
    expect(agentAddress(spelling)).toEqual(address);
  });

  it.each(['udp:localhost:705', 'udp6:[::1]:705', ''])('none: %s', (spelling) => {
    expect(agentAddress(spelling)).toBeUndefined();
  });
});
