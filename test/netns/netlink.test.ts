import { execFileSync } from 'node:child_process';
import { ip } from '@keepalived-ts/base/ip.js';
import {
  delAddress,
  dumpAddresses,
  newAddress,
  parseAddress,
} from '@keepalived-ts/netlink/route/address.js';
import {
  delLink,
  dumpLinks,
  isUp,
  newLink,
  parseLink,
  setLink,
} from '@keepalived-ts/netlink/route/link.js';
import {
  delNeighbour,
  dumpNeighbours,
  NTF_PROXY,
  NUD_PERMANENT,
  newNeighbour,
  parseNeighbour,
} from '@keepalived-ts/netlink/route/neighbour.js';
import {
  delRoute,
  dumpRoutes,
  newRoute,
  parseRoute,
  printRoute,
  type Route,
} from '@keepalived-ts/netlink/route/route.js';
import {
  delRule,
  dumpRules,
  newRule,
  parseRule,
  type Rule,
} from '@keepalived-ts/netlink/route/rule.js';
import { describe, expect, it } from 'vitest';
import {
  address,
  addressesOf,
  client,
  heard,
  link,
  listen,
  refusals,
  v0,
  v1,
} from '#test/support/kernel-netlink.js';
import { noNamespaces } from '#test/support/netns.js';

describe.skipIf(noNamespaces)('netlink and the kernel', () => {
  it('addresses come and go, and the monitor hears it', async () => {
    const events = listen();
    const four = address('10.0.0.1', {
      prefixLength: 24,
      broadcast: ip('10.0.0.255'),
      label: 'v0:vip',
      flags: 0x200,
      metric: 55,
    });
    const six = address('fd00::1', { prefixLength: 64, flags: 2 });
    for (const value of [four, six]) await client.request(newAddress(value));
    await heard(events, {
      kind: 'address',
      gone: false,
      address: { ip: '10.0.0.1', label: 'v0:vip' },
    });
    await heard(events, { kind: 'address', gone: false, address: { ip: 'fd00::1' } });
    const list = await client.list(dumpAddresses({ index: v0.index }), parseAddress);
    expect(list.find((a) => a.ip === four.ip)).toMatchObject({ ...four, flags: 0x280 });
    expect(list.find((a) => a.ip === six.ip)).toMatchObject({ ...six, flags: 0x82 });
    expect(execFileSync('ip', ['-o', 'address', 'show', 'v0'], { encoding: 'utf8' })).toContain(
      'inet 10.0.0.1/24 metric 55 brd 10.0.0.255 scope global noprefixroute v0:vip',
    );
    for (const value of list) await client.request(delAddress(value));
    await heard(events, { kind: 'address', gone: true, address: { ip: '10.0.0.1' } });
    await heard(events, { kind: 'address', gone: true, address: { ip: 'fd00::1' } });
    expect(await addressesOf(v0.index)).toEqual([]);
  });

  it('routes come and go', async () => {
    const events = listen();
    await client.request(newAddress(address('10.0.0.1', { prefixLength: 24 })));
    await client.request(newAddress(address('fd00::1', { prefixLength: 64, flags: 2 })));
    const base = { protocol: 18, scope: 0, type: 1 } as const;
    const routes: Route[] = [
      {
        ...base,
        family: 4,
        table: 1000,
        destination: { ip: ip('192.168.0.0'), length: 16 },
        tos: 8,
        gateway: ip('10.0.0.9'),
        output: v0.index,
        preferredSource: ip('10.0.0.1'),
        metric: 7,
        metrics: { lock: 4, mtu: 1300, congestion: 'reno' },
      },
      { ...base, family: 4, table: 254, gateway: ip('fe80::5'), output: v0.index },
      {
        ...base,
        family: 4,
        table: 254,
        destination: { ip: ip('172.16.0.0'), length: 12 },
        nexthops: [
          { weight: 3, output: v0.index, gateway: ip('10.0.0.9') },
          { weight: 1, output: v1.index },
        ],
      },
      {
        ...base,
        family: 4,
        table: 254,
        type: 6,
        destination: { ip: ip('198.51.100.0'), length: 24 },
      },
      {
        ...base,
        family: 6,
        table: 254,
        destination: { ip: ip('fd05::'), length: 48 },
        gateway: ip('fd00::9'),
        output: v0.index,
        metric: 1024,
        preference: 0,
      },
    ];
    expect(refusals(await client.batch(routes.map((route) => newRoute(route))))).toEqual([]);
    const list = await client.list(dumpRoutes({ protocol: 18 }), parseRoute);
    const byName = (a: Route, b: Route) => printRoute(a).localeCompare(printRoute(b));
    expect(list.sort(byName)).toEqual(routes.toSorted(byName));
    expect(await client.list(dumpRoutes({ table: 1000 }), parseRoute)).toEqual([routes[0]]);
    await heard(events, { kind: 'route', gone: false, route: { table: 1000 } });
    expect(refusals(await client.batch(routes.map(delRoute)))).toEqual([]);
    await heard(events, { kind: 'route', gone: true, route: { table: 1000 } });
    expect(await client.list(dumpRoutes({ protocol: 18 }), parseRoute)).toEqual([]);
    await client.request(delAddress(address('10.0.0.1', { prefixLength: 24 })));
    await client.request(delAddress(address('fd00::1', { prefixLength: 64 })));
  });

  it('rules come and go', async () => {
    const events = listen();
    const rules: Rule[] = [
      {
        family: 4,
        action: 1,
        table: 1000,
        priority: 99,
        source: { ip: ip('10.0.0.0'), length: 8 },
        tos: 8,
        inputName: 'v0',
        mark: 5,
        markMask: 255,
        suppressPrefixLength: 3,
        uids: { from: 0, to: 9 },
        protocol: 18,
        ipProtocol: 6,
        destinationPorts: { from: 80, to: 90 },
      },
      { family: 6, action: 1, table: 0, l3mdev: true, priority: 98, protocol: 18 },
      {
        family: 6,
        action: 7,
        table: 0,
        flags: 2,
        priority: 97,
        mark: 1,
        markMask: 1,
        protocol: 18,
      },
    ];
    expect(refusals(await client.batch(rules.map(newRule)))).toEqual([]);
    const list = async (): Promise<Rule[]> =>
      (await client.list(dumpRules(), parseRule)).filter((rule) => rule.protocol === 18);
    expect((await list()).sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0))).toEqual(rules);
    await heard(events, { kind: 'rule', gone: false, rule: { priority: 99, mark: 5 } });
    expect(refusals(await client.batch(rules.map(delRule)))).toEqual([]);
    await heard(events, { kind: 'rule', gone: true, rule: { priority: 98 } });
    expect(await list()).toEqual([]);
  });

  it('neighbours and proxies come and go', async () => {
    const events = listen();
    const mac = Uint8Array.of(0, 0, 0x5e, 0, 1, 51);
    const known = { index: v0.index, ip: ip('10.0.0.7'), state: NUD_PERMANENT, mac };
    const proxy = { index: v0.index, ip: ip('fd00::77'), state: 0, flags: NTF_PROXY };
    await client.request(newNeighbour(known));
    await client.request(newNeighbour(proxy));
    await heard(events, { kind: 'neighbour', gone: false, neighbour: { ip: '10.0.0.7' } });
    const entries = await client.list(dumpNeighbours({ index: v0.index }), parseNeighbour);
    expect(entries.find((entry) => entry.ip === known.ip)).toMatchObject(known);
    const proxies = await client.list(dumpNeighbours({ proxies: true }), parseNeighbour);
    expect(proxies).toMatchObject([proxy]);
    await client.request(delNeighbour(known));
    await client.request(delNeighbour(proxy));
    expect(await client.list(dumpNeighbours({ proxies: true }), parseNeighbour)).toEqual([]);
  });

  it('links go up and down, and the monitor hears it', async () => {
    expect(isUp(await link('v0'))).toBe(true);
    const events = listen();
    await client.request(setLink(v1.index, { up: false }));
    await heard(events, { kind: 'link', link: { name: 'v1', flags: 0x1002 } });
    const lost = { name: 'v0', carrier: false, operState: 'lower-layer-down' };
    await heard(events, { kind: 'link', gone: false, link: lost });
    expect(isUp(await link('v0'))).toBe(false);
    await client.request(setLink(v1.index, { up: true }));
    const found = { name: 'v0', carrier: true, operState: 'up' };
    await heard(events, { kind: 'link', gone: false, link: found });
    expect(isUp(await link('v0'))).toBe(true);
  });

  it('virtual MAC interfaces are made, told and deleted', async () => {
    const events = listen();
    const mac = Uint8Array.of(0, 0, 0x5e, 0, 1, 51);
    const kind = { name: 'macvlan', macvlanMode: 1 };
    await client.request(newLink({ name: 'vrrp.51', base: v0.index, mac, kind }));
    const made = await link('vrrp.51');
    await client.request(setLink(made.index, { addrGenMode: 1, mtu: 1400 }));
    await client.request(setLink(made.index, { up: true, alias: 'router 51' }));
    expect(await link(made.index)).toMatchObject({
      name: 'vrrp.51',
      mac,
      mtu: 1400,
      kind,
      base: v0.index,
      alias: 'router 51',
      inet6: { addrGenMode: 1 },
    });
    expect(await addressesOf(made.index)).toEqual([]);
    expect((await client.list(dumpLinks(), parseLink)).map((l) => l.name)).toContain('vrrp.51');
    await client.request(delLink(made.index));
    await heard(events, { kind: 'link', gone: true, link: { index: made.index } });
    await expect(link('vrrp.51')).rejects.toMatchObject({ code: 'ENODEV' });
  });
});
