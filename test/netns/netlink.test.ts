import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { type IpAddress, ip, ipFromBytes } from '@keepalived-ts/base/ip.js';
import { NetlinkClient } from '@keepalived-ts/netlink/client.js';
import * as nl from '@keepalived-ts/netlink/constants.js';
import { resolveFamily } from '@keepalived-ts/netlink/generic.js';
import type { Outcome, Request } from '@keepalived-ts/netlink/message.js';
import { type Monitor, openMonitor } from '@keepalived-ts/netlink/monitor.js';
import {
  type Address,
  delAddress,
  dumpAddresses,
  newAddress,
  parseAddress,
} from '@keepalived-ts/netlink/route/address.js';
import { parseEvent, type RouteEvent } from '@keepalived-ts/netlink/route/event.js';
import {
  delLink,
  dumpLinks,
  getLink,
  isUp,
  type Link,
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
import { isValue } from '@keepalived-ts/netlink/route/prefix.js';
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
import {
  CLONE_NEWNET,
  NETLINK_GENERIC,
  NETLINK_ROUTE,
} from '@keepalived-ts/raw-socket/constants.js';
import { setns } from '@keepalived-ts/raw-socket/thread.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { noNamespaces } from '../support/netns.js';
import { until } from '../support/wait.js';

const namespace = `kt-${process.pid}-0-netlink`;
const groups = [
  nl.RTNLGRP_LINK,
  nl.RTNLGRP_NEIGH,
  nl.RTNLGRP_IPV4_IFADDR,
  nl.RTNLGRP_IPV4_ROUTE,
  nl.RTNLGRP_IPV4_RULE,
  nl.RTNLGRP_IPV6_IFADDR,
  nl.RTNLGRP_IPV6_ROUTE,
  nl.RTNLGRP_IPV6_RULE,
];

/** The test's thread lives in a namespace of its own until the end; so do programs it runs. */
describe.skipIf(noNamespaces)('netlink and the kernel', () => {
  let home: number;
  let client: NetlinkClient;
  let v0: Link;
  let v1: Link;
  const monitors: Monitor[] = [];

  beforeAll(async () => {
    execFileSync('ip', ['netns', 'add', namespace]);
    home = openSync('/proc/thread-self/ns/net', 'r');
    setns(`/run/netns/${namespace}`, CLONE_NEWNET);
    client = NetlinkClient.open(NETLINK_ROUTE);
    await client.request(newLink({ name: 'v0', kind: { name: 'veth', peerName: 'v1' } }));
    [v0, v1] = [await link('v0'), await link('v1')];
    await client.request(setLink(1, { up: true }));
    for (const { index } of [v0, v1]) await client.request(setLink(index, { addrGenMode: 1 }));
    for (const { index } of [v0, v1]) await client.request(setLink(index, { up: true }));
  });

  afterEach(() => {
    for (const monitor of monitors.splice(0)) monitor.close();
  });

  afterAll(() => {
    client?.close();
    if (home !== undefined) {
      setns(home, CLONE_NEWNET);
      closeSync(home);
    }
    execFileSync('ip', ['netns', 'delete', namespace]);
  });

  const link = async (which: string | number): Promise<Link> => {
    const [found] = (await client.request(getLink(which))).map(parseLink).filter(isValue);
    if (!found) throw new Error(`no link ${which}`);
    return found;
  };

  /** What the kernel announces from now on. */
  const listen = (): RouteEvent[] => {
    const events: RouteEvent[] = [];
    monitors.push(
      openMonitor({
        protocol: NETLINK_ROUTE,
        groups,
        onMessage: (message) => events.push(...[parseEvent(message)].filter(isValue)),
        onOverrun: () => {
          throw new Error('the monitor overran');
        },
      }),
    );
    return events;
  };
  const heard = (events: RouteEvent[], wanted: object): Promise<true> =>
    until(
      `the monitor hears ${JSON.stringify(wanted)}`,
      () => events.some((event) => contains(event, wanted)),
      { within: 3000 },
    );

  const address = (text: string, more: Partial<Address> = {}): Address => ({
    index: v0.index,
    ip: ip(text),
    prefixLength: 32,
    scope: 0,
    flags: 0,
    ...more,
  });
  const thousand = Array.from({ length: 1000 }, (_, i) =>
    ipFromBytes(Uint8Array.of(10, 9, i >> 8, i)),
  );
  const addressesOf = async (index: number): Promise<IpAddress[]> =>
    (await client.list(dumpAddresses({ index }), parseAddress)).map((a) => a.ip);

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

  it('1,000 addresses are added and removed in a batch each; tens of milliseconds are usual', async () => {
    const all = thousand.map((text) => address(text));
    const begin = performance.now();
    expect(refusals(await client.batch(all.map((value) => newAddress(value))))).toEqual([]);
    const added = performance.now();
    expect((await addressesOf(v0.index)).length).toBeGreaterThanOrEqual(1000);
    const read = performance.now();
    expect(refusals(await client.batch(all.map(delAddress)))).toEqual([]);
    const removed = performance.now();
    expect((await addressesOf(v0.index)).some((text) => text.startsWith('10.9.'))).toBe(false);
    const [add, list, remove] = [added - begin, read - added, removed - read].map(Math.round);
    console.log(
      `1,000 addresses: added in ${add} ms, listed in ${list} ms, removed in ${remove} ms`,
    );
    expect(added - begin).toBeLessThan(2000);
    expect(removed - read).toBeLessThan(2000);
  });

  it('one refused request of a batch names itself and stops none of the others', async () => {
    const requests = [1, 2, 2, 3].map((n) => newAddress(address(`10.8.0.${n}`)));
    expect(refusals(await client.batch(requests))).toEqual([
      `add address 10.8.0.2/32 on interface ${v0.index}: EEXIST`,
    ]);
    const gone = [1, 2, 2, 3].map((n) => delAddress(address(`10.8.0.${n}`)));
    expect(refusals(await client.batch(gone))).toEqual([
      `remove address 10.8.0.2/32 on interface ${v0.index}: EADDRNOTAVAIL`,
    ]);
  });

  it('a monitor that overran says so when it hears again: dump and news give the whole truth', async () => {
    const known = new Set<string>();
    let overruns = 0;
    let resync: Promise<void> = Promise.resolve();
    const monitor = openMonitor({
      protocol: NETLINK_ROUTE,
      groups: [nl.RTNLGRP_IPV4_IFADDR],
      receiveBuffer: 2304,
      onMessage(message) {
        const event = parseEvent(message);
        if (!isValue(event) || event.kind !== 'address') return;
        if (event.gone) known.delete(event.address.ip);
        else known.add(event.address.ip);
      },
      onOverrun() {
        overruns++;
        known.clear();
        resync = client.list(dumpAddresses({ index: v0.index }), parseAddress).then((list) => {
          for (const each of list) known.add(each.ip);
        });
      },
    });
    monitors.push(monitor);
    await client.batch(thousand.slice(0, 200).map((text) => newAddress(address(text))));
    await until('the overrun was noticed', () => overruns > 0, { within: 3000 });
    await resync;
    expect(known).toEqual(new Set(await addressesOf(v0.index)));
    expect(monitor.counters.overruns).toBe(overruns);
    await client.request(newAddress(address('10.7.0.1')));
    await until('it hears again', () => known.has('10.7.0.1'), { within: 3000 });
    const gone = [...thousand.slice(0, 200), ip('10.7.0.1')].map((text) =>
      delAddress(address(text)),
    );
    for (const request of gone) await client.request(request);
    await until('it hears removals', () => !known.has('10.7.0.1'), { within: 3000 });
  });

  it('a client whose answers overran reports the lost ones and goes on', async () => {
    const small = NetlinkClient.open(NETLINK_ROUTE, { receiveBuffer: 2304, window: 1000 });
    const some = thousand.slice(0, 300);
    const outcomes = await small.batch(some.map((text) => newAddress(address(text))));
    const lost = outcomes.filter((o) => !o.ok && o.error.code === 'ENOBUFS').length;
    expect(lost).toBeGreaterThan(0);
    expect(outcomes.filter((o) => o.ok).length).toBe(300 - lost);
    expect(small.counters.overruns).toBeGreaterThan(0);
    // They have been carried out all the same, and the client still works.
    expect((await small.list(dumpAddresses({ index: v0.index }), parseAddress)).length).toBe(
      (await addressesOf(v0.index)).length,
    );
    expect(refusals(await client.batch(some.map((text) => delAddress(address(text)))))).toEqual([]);
    small.close();
  });

  it('a dump that was interrupted is read again', async () => {
    await client.batch(thousand.map((text) => newAddress(address(text))));
    const reader = NetlinkClient.open(NETLINK_ROUTE);
    // The dump begins with the request, in this turn; the rest of it is read in later ones. (Linux
    // does not mark dumps of the addresses of a single interface.)
    const list = reader.list(dumpAddresses({ family: 4 }), parseAddress);
    await Promise.resolve();
    const change = client.request(newAddress(address('10.7.0.1')));
    await Promise.resolve();
    const found = (await list).map((a) => a.ip);
    await change;
    expect(reader.counters.interrupted).toBeGreaterThan(0);
    expect(found).toContain('10.7.0.1');
    expect(found.filter((text) => text.startsWith('10.9.')).sort()).toEqual(thousand.toSorted());
    reader.close();
    const gone = [...thousand, ip('10.7.0.1')].map((text) => delAddress(address(text)));
    expect(refusals(await client.batch(gone))).toEqual([]);
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

const refusals = (outcomes: readonly Outcome[]): string[] =>
  outcomes.flatMap((o) => (o.ok ? [] : [`${o.error.operation}: ${o.error.code}`]));

function contains(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return value === wanted;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(wanted).every(([key, field]) => contains(Reflect.get(value, key), field));
}
