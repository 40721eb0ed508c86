import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { internetChecksum } from '@keepalived-ts/base/bytes.js';
import type { KernelError } from '@keepalived-ts/base/errors.js';
import { ip, ipBytes } from '@keepalived-ts/base/ip.js';
import {
  parseSockaddr,
  sockaddrIn,
  sockaddrIn6,
  sockaddrLl,
  sockaddrNl,
} from '@keepalived-ts/raw-socket/address.js';
import * as k from '@keepalived-ts/raw-socket/constants.js';
import { decodeControl, encodeControl } from '@keepalived-ts/raw-socket/control.js';
import { type Incoming, RawSocket } from '@keepalived-ts/raw-socket/index.js';
import { setns } from '@keepalived-ts/raw-socket/thread.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { until } from '../support/wait.js';

const VRRP = 112;
const opened: RawSocket[] = [];
let lan: Lan;
let a: NetNode;
let b: NetNode;

/** Opens a socket in a node's namespace; this thread is back home afterwards. */
function open(node: NetNode, domain: number, type: number, protocol: number): RawSocket {
  const home = openSync('/proc/thread-self/ns/net', 'r');
  try {
    setns(`/run/netns/${node.namespace}`, k.CLONE_NEWNET);
    const socket = RawSocket.open(domain, type, protocol);
    opened.push(socket);
    return socket;
  } finally {
    setns(home, k.CLONE_NEWNET);
    closeSync(home);
  }
}

async function ifindex(node: NetNode): Promise<number> {
  const [link] = JSON.parse(await node.ip('-j link show dev eth0')) as [{ ifindex: number }];
  return link.ifindex;
}

const sysctl = (node: NetNode, name: string, value: number): Promise<string> =>
  node.exec('sh', '-c', `echo ${value} > /proc/sys/net/${name}`);

const ints = (...values: number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer);
const bytes = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** Collects what arrives, until there are `count`. */
async function arrivals(socket: RawSocket, count: number, send: () => void): Promise<Incoming[]> {
  const seen: Incoming[] = [];
  socket.onMessages((batch) => seen.push(...batch));
  send();
  await until(`${count} datagrams`, () => seen.length >= count);
  socket.onMessages(undefined);
  return seen;
}

describe.skipIf(noNamespaces)(`two nodes on a LAN (${noNamespaces ?? 'as root'})`, () => {
  beforeAll(async () => {
    lan = await Lan.create({ nodes: ['a', 'b'], subnet: '10.71.0' });
    a = lan.node('a');
    b = lan.node('b');
    for (const node of [a, b]) {
      await sysctl(node, 'ipv6/conf/eth0/accept_dad', 0);
      await node.ip(`address add fe80::${node.name} dev eth0 scope link nodad`);
    }
  });
  afterEach(() => {
    for (const socket of opened.splice(0)) socket.close();
  });
  afterAll(() => lan?.remove());

  it('IPv4 raw: a packet with its own header reaches a multicast group as it was written', async () => {
    const group = ip('224.0.0.18');
    const receiver = open(b, k.AF_INET, k.SOCK_RAW, VRRP);
    receiver.setOption(k.IPPROTO_IP, k.IP_PKTINFO, 1);
    // struct ip_mreqn: group, address, interface
    const membership = bytes(ipBytes(group), new Uint8Array(4), ints(await ifindex(b)));
    receiver.setOption(k.IPPROTO_IP, k.IP_ADD_MEMBERSHIP, membership);

    const sender = open(a, k.AF_INET, k.SOCK_RAW, VRRP);
    sender.setOption(k.IPPROTO_IP, k.IP_HDRINCL, 1);
    sender.setOption(k.SOL_SOCKET, k.SO_BINDTODEVICE, Buffer.from('eth0\0'));
    const header = Uint8Array.from([
      ...[0x45, 0xc0, 0, 28, 0x12, 0x34, 0, 0, 255, VRRP, 0, 0],
      ...ipBytes(ip('192.0.2.77')),
      ...ipBytes(group),
    ]);
    const payload = Uint8Array.from([0x21, 1, 2, 3, 4, 5, 6, 7]);
    await sysctl(b, 'ipv4/conf/all/rp_filter', 0); // the source is not of this LAN
    await sysctl(b, 'ipv4/conf/eth0/rp_filter', 0);

    const [message] = await arrivals(receiver, 1, () => {
      const packet = { data: bytes(header, payload), to: sockaddrIn(group) };
      expect(sender.send([packet])).toEqual({ sent: 1, error: undefined });
    });
    const data = message?.data ?? new Uint8Array(0);
    expect(data.subarray(0, 10)).toEqual(header.subarray(0, 10));
    expect(data.subarray(12)).toEqual(bytes(header.subarray(12), payload));
    expect(internetChecksum(data.subarray(0, 20))).toBe(0);
    expect(parseSockaddr(message?.from ?? data)).toMatchObject({ ip: '192.0.2.77' });
    const [info] = decodeControl(message?.control ?? data);
    expect(info).toMatchObject({ level: k.IPPROTO_IP, type: k.IP_PKTINFO });
    expect(info?.data.subarray(0, 4)).toEqual(ints(await ifindex(b)));
    expect(info?.data.subarray(8, 12)).toEqual(ipBytes(group));
  });

  it('IPv6 raw: source, interface and hop limit go and come as control data', async () => {
    const group = ip('ff02::12');
    const receiver = open(b, k.AF_INET6, k.SOCK_RAW, VRRP);
    receiver.setOption(k.IPPROTO_IPV6, k.IPV6_RECVPKTINFO, 1);
    receiver.setOption(k.IPPROTO_IPV6, k.IPV6_RECVHOPLIMIT, 1);
    const membership = bytes(ipBytes(group), ints(await ifindex(b)));
    receiver.setOption(k.IPPROTO_IPV6, k.IPV6_JOIN_GROUP, membership);

    const sender = open(a, k.AF_INET6, k.SOCK_RAW, VRRP);
    const control = encodeControl([
      {
        level: k.IPPROTO_IPV6,
        type: k.IPV6_PKTINFO,
        data: bytes(ipBytes(ip('fe80::a')), ints(await ifindex(a))),
      },
      { level: k.IPPROTO_IPV6, type: k.IPV6_HOPLIMIT, data: ints(255) },
    ]);
    const data = Uint8Array.from([0x31, 9, 9, 9]);
    const [message] = await arrivals(receiver, 1, () => {
      const packet = { data, to: sockaddrIn6(group), control };
      expect(sender.send([packet])).toEqual({ sent: 1, error: undefined });
    });
    expect(message).toMatchObject({ data, truncated: false, controlTruncated: false });
    const index = await ifindex(b);
    expect(parseSockaddr(message?.from ?? data)).toEqual({
      kind: 'inet6',
      ip: 'fe80::a',
      port: 0,
      scopeId: index,
    });
    expect(decodeControl(message?.control ?? data)).toEqual([
      {
        level: k.IPPROTO_IPV6,
        type: k.IPV6_PKTINFO,
        data: bytes(ipBytes(group), ints(index)),
      },
      { level: k.IPPROTO_IPV6, type: k.IPV6_HOPLIMIT, data: ints(255) },
    ]);
  });

  it('AF_PACKET: a batch of frames, and how each was addressed', async () => {
    const receiver = open(b, k.AF_PACKET, k.SOCK_RAW, 0);
    receiver.bind(sockaddrLl({ ifindex: await ifindex(b), protocol: k.ETH_P_RARP }));
    const sender = open(a, k.AF_PACKET, k.SOCK_RAW, 0);
    const to = sockaddrLl({ ifindex: await ifindex(a) });
    const broadcast = new Uint8Array(6).fill(0xff);
    const source = Uint8Array.from([0, 0, 0x5e, 0, 1, 51]);
    const frames = Array.from({ length: 50 }, (_, i) => ({
      data: bytes(broadcast, source, Uint8Array.of(0x80, 0x35, i), new Uint8Array(45)),
      to,
    }));
    const seen = await arrivals(receiver, 50, () => {
      expect(sender.send(frames)).toEqual({ sent: 50, error: undefined });
    });
    expect(seen.map(({ data }) => data)).toEqual(frames.map(({ data }) => data));
    for (const { from } of seen) {
      expect(parseSockaddr(from)).toMatchObject({
        kind: 'packet',
        protocol: k.ETH_P_RARP,
        packetType: k.PACKET_BROADCAST,
        address: source,
      });
    }
  });

  it('an interface that goes down is told once, and after its return reading goes on', async () => {
    const receiver = open(b, k.AF_PACKET, k.SOCK_RAW, 0);
    receiver.bind(sockaddrLl({ ifindex: await ifindex(b), protocol: k.ETH_P_RARP }));
    const errors: KernelError[] = [];
    let frames = 0;
    receiver.onMessages(
      (batch) => {
        frames += batch.length;
      },
      (error) => errors.push(error),
    );
    await b.link('down');
    await until('an error', () => errors.length > 0);
    const busy = process.cpuUsage();
    await sleep(300);
    const { user, system } = process.cpuUsage(busy);
    expect((user + system) / 1000, 'milliseconds of 300').toBeLessThan(150);
    expect(errors.map(({ code }) => code)).toEqual(['ENETDOWN']);

    await b.link('up');
    const sender = open(a, k.AF_PACKET, k.SOCK_RAW, 0);
    const to = sockaddrLl({ ifindex: await ifindex(a) });
    const source = Uint8Array.from([0, 0, 0x5e, 0, 1, 52]); // a bridge drops frames from nobody
    const frame = bytes(new Uint8Array(6).fill(0xff), source, Uint8Array.of(0x80, 0x35));
    await until('a frame', () => {
      sender.send([{ data: bytes(frame, new Uint8Array(46)), to }]);
      return frames > 0;
    });
  });

  it('a netlink overrun is told as ENOBUFS, and later messages arrive', async () => {
    const monitor = open(a, k.AF_NETLINK, k.SOCK_RAW, k.NETLINK_ROUTE);
    monitor.setOption(k.SOL_SOCKET, k.SO_RCVBUF, 4096);
    monitor.bind(sockaddrNl({ groups: 0x10 })); // RTMGRP_IPV4_IFADDR
    const lines = Array.from({ length: 100 }, (_, i) => `address add 10.72.1.${i + 1}/32 dev eth0`);
    await lan.batch(a.namespace, lines); // nobody reads meanwhile
    const errors: string[] = [];
    let messages = 0;
    monitor.onMessages(
      (batch) => {
        messages += batch.length;
      },
      ({ code }) => errors.push(code),
    );
    await until('the overrun is told', () => errors.length > 0);
    await until('what was queued is read', () => messages > 0);
    const before = messages;
    await a.ip('address add 10.72.3.1/32 dev eth0');
    await until('a new message', () => messages > before);
    expect(new Set(errors)).toEqual(new Set(['ENOBUFS']));
  });

  it('an overrun that somebody else fetched first costs no message', async () => {
    const monitors = [0, 1].map(() => {
      const monitor = open(a, k.AF_NETLINK, k.SOCK_RAW, k.NETLINK_ROUTE);
      monitor.setOption(k.SOL_SOCKET, k.SO_RCVBUF, 4096);
      monitor.bind(sockaddrNl({ groups: 0x10 }));
      return monitor;
    });
    const [watched, control] = monitors as [RawSocket, RawSocket];
    let messages = 0;
    watched.onMessages(
      (batch) => {
        messages += batch.length;
      },
      () => expect.unreachable('the error was fetched already'),
    );
    // Ready in the same turn of the loop, and first: its callback takes the monitor's error away.
    const early = open(a, k.AF_INET, k.SOCK_DGRAM, 0);
    early.bind(sockaddrIn(ip('127.0.0.1')));
    const fetched: number[] = [];
    early.onMessages(() => {
      fetched.push(watched.getOption(k.SOL_SOCKET, k.SO_ERROR, 4)[0] ?? -1);
    });
    await sleep(20); // both are being watched
    early.send([{ data: Uint8Array.of(1), to: early.localAddress() }]);
    const lines = Array.from({ length: 100 }, (_, i) => `address add 10.72.4.${i + 1}/32 dev eth0`);
    const input = `${lines.join('\n')}\n`;
    spawnSync('ip', ['-n', a.namespace, '-batch', '-'], { input }); // the loop stands still

    await until('the error was fetched', () => fetched.length > 0);
    expect(fetched).toEqual([k.ENOBUFS]);
    expect(() => control.receive()).toThrow('ENOBUFS');
    const queued = control.receive(256).length;
    expect(queued).toBeGreaterThan(0);
    await until('what was queued is read', () => messages >= queued);
    expect(messages).toBe(queued);
  });

  it('setns moves one thread and no other', () => {
    const script = fileURLToPath(new URL('../raw-socket/fixtures/threads.mjs', import.meta.url));
    const argv = [script, `/run/netns/${b.namespace}`];
    const { stdout } = spawnSync(process.execPath, argv, { encoding: 'utf8', timeout: 60_000 });
    const { attempts, worker, main, before } = JSON.parse(stdout);
    expect(attempts.setns).toBe('done');
    expect(worker.network).not.toBe(before.network);
    expect(main).toEqual(before);
  });
});
