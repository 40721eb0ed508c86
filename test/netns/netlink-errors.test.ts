import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ip } from '@keepalived-ts/base/ip.js';
import { NetlinkClient } from '@keepalived-ts/netlink/client.js';
import { resolveFamily } from '@keepalived-ts/netlink/generic.js';
import type { Request } from '@keepalived-ts/netlink/message.js';
import { newAddress } from '@keepalived-ts/netlink/route/address.js';
import { newLink } from '@keepalived-ts/netlink/route/link.js';
import { newRoute } from '@keepalived-ts/netlink/route/route.js';
import { NETLINK_GENERIC } from '@keepalived-ts/raw-socket/constants.js';
import { describe, expect, it } from 'vitest';
import { address, client } from '#test/support/kernel-netlink.js';
import { noNamespaces } from '#test/support/netns.js';

describe.skipIf(noNamespaces)('what the kernel refuses', () => {
  it('errors carry the words of the kernel', async () => {
    const refused = (request: Request) => client.request(request).catch((error: unknown) => error);
    expect(await refused(newAddress(address('10.0.0.1', { index: 4711 })))).toMatchObject({
      operation: 'add address 10.0.0.1/32 on interface 4711',
      code: 'ENODEV',
      detail: expect.stringContaining('Device not found'),
    });
    const gateway = newRoute({
      family: 4,
      table: 254,
      protocol: 18,
      scope: 0,
      type: 1,
      gateway: ip('203.0.113.9'),
    });
    expect(await refused(gateway)).toMatchObject({
      operation: 'add route default via 203.0.113.9 table 254',
      code: 'ENETUNREACH',
      detail: expect.stringContaining('Nexthop has invalid gateway'),
    });
    expect(await refused(newLink({ name: 'x', kind: { name: 'no-such-kind' } }))).toMatchObject({
      code: 'EOPNOTSUPP',
      detail: expect.stringContaining('Unknown device type'),
    });
  });

  it('the attribute that the kernel points at is named', async () => {
    const label = 'longer-than-a-name-may-be';
    const request = newAddress(address('10.0.0.1', { label }));
    // After the header of the message, that of the request and two addresses (RFC 3549 §2).
    await expect(client.request(request)).rejects.toMatchObject({
      detail: expect.stringMatching(/policy.*; attribute 3 at byte 40$/),
    });
  });

  it('generic families are found, and missing ones explained', async () => {
    const generic = NetlinkClient.open(NETLINK_GENERIC);
    expect(await resolveFamily(generic, 'nlctrl')).toMatchObject({ id: 16 });
    await expect(resolveFamily(generic, 'NO_SUCH_FAMILY')).rejects.toMatchObject({
      code: 'ENOENT',
      detail: expect.stringContaining('load'),
    });
    generic.close();
  });

  it('the example of the README does what it says', () => {
    const readme = readFileSync(new URL('../../src/netlink/README.md', import.meta.url), 'utf8');
    const code = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const output = execFileSync('node', ['--input-type=module', '-e', code], { encoding: 'utf8' });
    expect(
      output
        .split('\n')
        .filter((line) => !line.includes('127.0.0.1'))
        .sort(),
    ).toEqual(
      [
        '',
        'add address 192.0.2.1/32 on interface 1: EEXIST (ipv4: Address already assigned)',
        'done',
        'gone 192.0.2.1',
        'there 192.0.2.1',
        'true',
      ].sort(),
    );
  });
});
