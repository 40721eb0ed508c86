import { ip } from '@keepalived-ts/base/ip.js';
import { NetlinkClient } from '@keepalived-ts/netlink/client.js';
import * as nl from '@keepalived-ts/netlink/constants.js';
import { openMonitor } from '@keepalived-ts/netlink/monitor.js';
import {
  delAddress,
  dumpAddresses,
  newAddress,
  parseAddress,
} from '@keepalived-ts/netlink/route/address.js';
import { parseEvent } from '@keepalived-ts/netlink/route/event.js';
import { isValue } from '@keepalived-ts/netlink/route/prefix.js';
import { NETLINK_ROUTE } from '@keepalived-ts/raw-socket/constants.js';
import { describe, expect, it } from 'vitest';
import {
  address,
  addressesOf,
  client,
  monitors,
  refusals,
  thousand,
  v0,
} from '#test/support/kernel-netlink.js';
import { noNamespaces } from '#test/support/netns.js';
import { until } from '#test/support/wait.js';

describe.skipIf(noNamespaces)('much at once, between netlink and the kernel', () => {
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
    // A request a packet would take minutes beside other work.
    expect(added - begin).toBeLessThan(5_000);
    expect(removed - read).toBeLessThan(5_000);
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
    await until('the overrun was noticed', () => overruns > 0);
    await resync;
    expect(known).toEqual(new Set(await addressesOf(v0.index)));
    expect(monitor.counters.overruns).toBe(overruns);
    await client.request(newAddress(address('10.7.0.1')));
    await until('it hears again', () => known.has('10.7.0.1'));
    const gone = [...thousand.slice(0, 200), ip('10.7.0.1')].map((text) =>
      delAddress(address(text)),
    );
    for (const request of gone) await client.request(request);
    await until('it hears removals', () => !known.has('10.7.0.1'));
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
});
