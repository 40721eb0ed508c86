import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { type IpAddress, ip, ipFromBytes } from '@keepalived-ts/base/ip.js';
import { NetlinkClient } from '@keepalived-ts/netlink/client.js';
import * as nl from '@keepalived-ts/netlink/constants.js';
import type { Outcome } from '@keepalived-ts/netlink/message.js';
import { type Monitor, openMonitor } from '@keepalived-ts/netlink/monitor.js';
import { type Address, dumpAddresses, parseAddress } from '@keepalived-ts/netlink/route/address.js';
import { parseEvent, type RouteEvent } from '@keepalived-ts/netlink/route/event.js';
import {
  getLink,
  type Link,
  newLink,
  parseLink,
  setLink,
} from '@keepalived-ts/netlink/route/link.js';
import { isValue } from '@keepalived-ts/netlink/route/prefix.js';
import { CLONE_NEWNET, NETLINK_ROUTE } from '@keepalived-ts/raw-socket/constants.js';
import { setns } from '@keepalived-ts/raw-socket/thread.js';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { noNamespaces } from '#test/support/netns.js';
import { until } from '#test/support/wait.js';

/*
 * A network namespace with the pair v0 and v1, for the tests of one file: whoever imports this
 * lives in it from the first test to the last, and so do programs it runs.
 */

const namespace = `kt-${process.pid}-0-netlink`;
export const groups = [
  nl.RTNLGRP_LINK,
  nl.RTNLGRP_NEIGH,
  nl.RTNLGRP_IPV4_IFADDR,
  nl.RTNLGRP_IPV4_ROUTE,
  nl.RTNLGRP_IPV4_RULE,
  nl.RTNLGRP_IPV6_IFADDR,
  nl.RTNLGRP_IPV6_ROUTE,
  nl.RTNLGRP_IPV6_RULE,
];

let home: number | undefined;
export let client: NetlinkClient;
export let v0: Link;
export let v1: Link;
export const monitors: Monitor[] = [];

if (!noNamespaces) {
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
}

export const link = async (which: string | number): Promise<Link> => {
  const [found] = (await client.request(getLink(which))).map(parseLink).filter(isValue);
  if (!found) throw new Error(`no link ${which}`);
  return found;
};

/** What the kernel announces from now on. */
export const listen = (): RouteEvent[] => {
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
export const heard = (events: RouteEvent[], wanted: object): Promise<true> =>
  until(`the monitor hears ${JSON.stringify(wanted)}`, () =>
    events.some((event) => contains(event, wanted)),
  );

export const address = (text: string, more: Partial<Address> = {}): Address => ({
  index: v0.index,
  ip: ip(text),
  prefixLength: 32,
  scope: 0,
  flags: 0,
  ...more,
});
export const thousand = Array.from({ length: 1000 }, (_, i) =>
  ipFromBytes(Uint8Array.of(10, 9, i >> 8, i)),
);
export const addressesOf = async (index: number): Promise<IpAddress[]> =>
  (await client.list(dumpAddresses({ index }), parseAddress)).map((a) => a.ip);

export const refusals = (outcomes: readonly Outcome[]): string[] =>
  outcomes.flatMap((o) => (o.ok ? [] : [`${o.error.operation}: ${o.error.code}`]));

export function contains(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return value === wanted;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(wanted).every(([key, field]) => contains(Reflect.get(value, key), field));
}
