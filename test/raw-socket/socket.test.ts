import { readdirSync } from 'node:fs';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { parseSockaddr, sockaddrIn, sockaddrUn } from '@keepalived-ts/raw-socket/address.js';
import {
  AF_INET,
  AF_UNIX,
  EAGAIN,
  IP_RECVERR,
  IP_RECVTTL,
  IP_TTL,
  IPPROTO_IP,
  SCM_RIGHTS,
  SO_RCVBUF,
  SO_TYPE,
  SOCK_DGRAM,
  SOL_SOCKET,
} from '@keepalived-ts/raw-socket/constants.js';
import { decodeControl, encodeControl } from '@keepalived-ts/raw-socket/control.js';
import { type Incoming, RawSocket } from '@keepalived-ts/raw-socket/index.js';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../support/wait.js';

const opened: RawSocket[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

function open(domain: number): RawSocket {
  const socket = RawSocket.open(domain, SOCK_DGRAM, 0);
  opened.push(socket);
  return socket;
}

let made = 0;
function unixSocket(): { socket: RawSocket; to: Uint8Array; name: string } {
  const name = `@raw-socket-test-${process.pid}-${++made}`;
  const socket = open(AF_UNIX);
  socket.bind(sockaddrUn(name));
  return { socket, to: sockaddrUn(name), name };
}

function udpSocket(): RawSocket {
  const socket = open(AF_INET);
  socket.bind(sockaddrIn(ip('127.0.0.1')));
  return socket;
}

const text = (message: Incoming | undefined): string => Buffer.from(message?.data ?? []).toString();
const int = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('datagrams', () => {
  it('arrive in order, with their sender, each in memory of its own', () => {
    const a = unixSocket();
    const b = unixSocket();
    const data = ['one', 'two', 'three'].map((word) => ({ data: Buffer.from(word), to: b.to }));
    expect(a.socket.send(data)).toEqual({ sent: 3, error: undefined });
    const batch = b.socket.receive();
    expect(batch.map(text)).toEqual(['one', 'two', 'three']);
    expect(batch.map(({ from }) => parseSockaddr(from))).toEqual(
      Array(3).fill({ kind: 'unix', path: a.name }),
    );
    expect(new Set(batch.map((message) => message.data.buffer)).size).toBe(3);
    expect(b.socket.receive()).toEqual([]);
  });

  it('may be empty', () => {
    const { socket, to } = unixSocket();
    socket.send([{ data: new Uint8Array(0), to }]);
    expect(socket.receive()).toMatchObject([{ data: new Uint8Array(0), truncated: false }]);
  });

  it('stay where they are when only some are asked for', () => {
    const socket = udpSocket();
    const to = socket.localAddress();
    socket.send(['1', '2', '3', '4'].map((word) => ({ data: Buffer.from(word), to })));
    expect(socket.receive(1).map(text)).toEqual(['1']);
    expect(socket.receive(2).map(text)).toEqual(['2', '3']);
    expect(socket.receive().map(text)).toEqual(['4']);
  });

  it('more than one call of the kernel takes are sent all the same', () => {
    const receivers = [udpSocket(), udpSocket(), udpSocket()];
    const messages = receivers.flatMap((receiver, r) =>
      Array.from({ length: 200 }, (_, i) => ({
        data: Uint8Array.of(r, i),
        to: receiver.localAddress(),
      })),
    );
    expect(udpSocket().send(messages)).toEqual({ sent: 600, error: undefined });
    for (const [r, receiver] of receivers.entries()) {
      expect(receiver.receive(256).map(({ data }) => [...data])).toEqual(
        Array.from({ length: 200 }, (_, i) => [r, i]),
      );
    }
  });

  it('longer than the buffer arrive marked as truncated', async () => {
    const { socket, to } = unixSocket();
    const seen: Incoming[] = [];
    socket.onMessages((batch) => seen.push(...batch), undefined, { buffer: 4 });
    socket.send([
      { data: Buffer.from('12345'), to },
      { data: Buffer.from('1234'), to },
    ]);
    await until('both arrived', () => seen.length === 2);
    expect(seen.map((message) => [text(message), message.truncated])).toEqual([
      ['1234', true],
      ['1234', false],
    ]);
  });

  it('carry control data both ways', () => {
    const receiver = udpSocket();
    receiver.setOption(IPPROTO_IP, IP_RECVTTL, 1);
    const sender = udpSocket();
    const control = encodeControl([{ level: IPPROTO_IP, type: IP_TTL, data: int(77) }]);
    sender.send([{ data: Buffer.from('x'), to: receiver.localAddress(), control }]);
    const [message] = receiver.receive();
    expect(decodeControl(message?.control ?? new Uint8Array(0))).toEqual([
      { level: IPPROTO_IP, type: IP_TTL, data: int(77) },
    ]);
    expect(message?.controlTruncated).toBe(false);
  });

  it('that pass open files on (SCM_RIGHTS) leave none of them with us', () => {
    const { socket, to } = unixSocket();
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    const control = encodeControl([{ level: SOL_SOCKET, type: SCM_RIGHTS, data: int(0) }]);
    expect(socket.send([{ data: Buffer.from('x'), to, control }]).sent).toBe(1);
    expect(socket.receive()).toMatchObject([{ controlTruncated: true }]);
    expect(descriptors()).toBe(before);
  });

  it('that do not fit the queue are handed back with EAGAIN, and onWritable tells when', async () => {
    const { socket: receiver, to } = unixSocket();
    const { socket: sender } = unixSocket();
    sender.connect(to);
    const messages = Array.from({ length: 100 }, (_, i) => ({ data: Uint8Array.of(i) }));
    let { sent, error } = sender.send(messages);
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(100);
    expect(error).toMatchObject({ operation: 'sendmsg', code: 'EAGAIN', errno: EAGAIN });

    let writable = 0;
    const more = (): void => {
      writable++;
      const rest = sender.send(messages.slice(sent));
      sent += rest.sent;
      if (rest.error) sender.onWritable(more);
    };
    sender.onWritable(more);
    await nextTurn();
    expect(writable, 'while the queue is full').toBe(0);
    const arrived: number[] = [];
    receiver.onMessages((batch) => arrived.push(...batch.map(({ data }) => data[0] ?? -1)));
    await until('everything arrived', () => arrived.length === 100);
    expect(arrived).toEqual(messages.map((_, i) => i));
    expect(writable).toBeGreaterThan(0);
    const times = writable;
    await nextTurn();
    await nextTurn();
    expect(writable, 'one shot').toBe(times);
  });
});

describe('errors', () => {
  it('name the operation, the errno and the words', () => {
    expect(() => RawSocket.open(9999, SOCK_DGRAM, 0)).toThrow(
      new KernelError('socket', 97, 'EAFNOSUPPORT', 'Address family not supported by protocol'),
    );
    const { to } = unixSocket();
    const other = open(AF_UNIX);
    expect(() => other.bind(to)).toThrow('bind: EADDRINUSE (Address already in use)');
  });

  it('of a peer that is not there come to onError once, and reading goes on', async () => {
    const receiver = udpSocket();
    const address = receiver.localAddress();
    receiver.close();
    const sender = udpSocket();
    sender.connect(address);
    const errors: string[] = [];
    const seen: string[] = [];
    sender.onMessages(
      (batch) => seen.push(...batch.map(text)),
      (error) => errors.push(error.code),
    );
    sender.send([{ data: Buffer.from('x') }]);
    await until('the error is told', () => errors.length > 0);
    const peer = open(AF_INET);
    peer.bind(address);
    peer.send([{ data: Buffer.from('here'), to: sender.localAddress() }]);
    await until('the datagram arrived', () => seen.length > 0);
    expect({ errors, seen }).toEqual({ errors: ['ECONNREFUSED'], seen: ['here'] });
  });

  it('in the error queue of IP_RECVERR are told and do not keep the thread busy', async () => {
    const gone = udpSocket();
    const to = gone.localAddress();
    gone.close();
    const socket = udpSocket();
    socket.setOption(IPPROTO_IP, IP_RECVERR, 1);
    const errors: string[] = [];
    socket.onMessages(
      () => {},
      (error) => errors.push(error.code),
    );
    socket.send([{ data: Buffer.from('x'), to }]);
    await until('the error is told', () => errors.length > 0);
    const busy = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { user, system } = process.cpuUsage(busy);
    expect(new Set(errors)).toEqual(new Set(['ECONNREFUSED']));
    expect(errors.length, 'SO_ERROR and the queue').toBeLessThanOrEqual(2);
    expect((user + system) / 1000, 'milliseconds of 300').toBeLessThan(150);
  });

  it('are thrown by receive', () => {
    const gone = udpSocket();
    const address = gone.localAddress();
    gone.close();
    const socket = udpSocket();
    socket.connect(address);
    socket.send([{ data: Buffer.from('x') }]);
    expect(() => socket.receive()).toThrow('recvmsg: ECONNREFUSED (Connection refused)');
    expect(socket.receive()).toEqual([]);
  });

  it('wait for the next send when nobody reads', async () => {
    const gone = udpSocket();
    const address = gone.localAddress();
    gone.close();
    const socket = udpSocket();
    socket.connect(address);
    socket.send([{ data: Buffer.from('x') }]);
    const answer = new Promise((resolve) => {
      socket.onWritable(() => resolve(socket.send([{ data: Buffer.from('y') }])));
    });
    expect(await answer).toMatchObject({ sent: 0, error: { code: 'ECONNREFUSED' } });
  });
});

describe('options', () => {
  it('are read and written as integers and bytes', () => {
    const socket = udpSocket();
    expect(socket.getOption(SOL_SOCKET, SO_TYPE, 4)).toEqual(int(SOCK_DGRAM));
    socket.setOption(IPPROTO_IP, IP_TTL, 33);
    expect(socket.getOption(IPPROTO_IP, IP_TTL, 4)).toEqual(int(33));
    socket.setOption(IPPROTO_IP, IP_TTL, int(34));
    expect(socket.getOption(IPPROTO_IP, IP_TTL, 64)).toEqual(int(34));
    expect(() => socket.setOption(SOL_SOCKET, 9999, 1)).toThrow('setsockopt: ENOPROTOOPT');
  });

  it('include a filter: this one lets only datagrams of three bytes through', () => {
    const socket = udpSocket();
    // BPF_LD|W|LEN; JEQ 8 (UDP header) + 3 ? 0 : 1; RET all; RET 0
    const program = new Uint8Array(32);
    const view = new DataView(program.buffer);
    const little = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
    const steps = [
      [0x80, 0, 0, 0],
      [0x15, 0, 1, 11],
      [0x06, 0, 0, 0xffff],
      [0x06, 0, 0, 0],
    ] as const;
    for (const [i, [code, yes, no, k]] of steps.entries()) {
      view.setUint16(8 * i, code, little);
      program.set([yes, no], 8 * i + 2);
      view.setUint32(8 * i + 4, k, little);
    }
    socket.attachFilter(program);
    const to = socket.localAddress();
    socket.send(['1', '333', '55555'].map((word) => ({ data: Buffer.from(word), to })));
    expect(socket.receive().map(text)).toEqual(['333']);
    expect(() => socket.attachFilter(new Uint8Array(7))).toThrow('setsockopt: EINVAL');
  });
});

describe('closing', () => {
  it('inside the callback ends the callbacks', async () => {
    const { socket, to } = unixSocket();
    let batches = 0;
    socket.onMessages(
      () => {
        batches++;
        socket.close();
      },
      undefined,
      { most: 1 },
    );
    socket.onWritable(() => expect.unreachable('writable after close'));
    const { socket: sender } = unixSocket();
    sender.send([
      { data: Buffer.from('1'), to },
      { data: Buffer.from('2'), to },
    ]);
    await until('a batch came', () => batches > 0);
    await nextTurn();
    expect({ batches, fd: socket.fd }).toEqual({ batches: 1, fd: -1 });
  });

  it('twice is harmless, and every later use says EBADF', () => {
    const { socket, to } = unixSocket();
    socket.close();
    socket.close();
    const uses = [
      () => socket.bind(to),
      () => socket.connect(to),
      () => socket.localAddress(),
      () => socket.setOption(SOL_SOCKET, SO_RCVBUF, 1),
      () => socket.getOption(SOL_SOCKET, SO_RCVBUF, 4),
      () => socket.receive(),
      () => socket.onMessages(() => {}),
      () => socket.onWritable(() => {}),
    ];
    for (const use of uses) expect(use).toThrow('EBADF (Bad file descriptor)');
    expect(socket.send([{ data: to }])).toMatchObject({ sent: 0, error: { code: 'EBADF' } });
    socket.onMessages(undefined);
    socket.onWritable(undefined);
    socket.ref();
    socket.unref();
  });

  it('and stopping differ: a stopped socket keeps what arrives', async () => {
    const { socket, to } = unixSocket();
    socket.onMessages(() => expect.unreachable('stopped'));
    socket.onMessages(undefined);
    socket.send([{ data: Buffer.from('kept'), to }]);
    await nextTurn();
    expect(socket.receive().map(text)).toEqual(['kept']);
  });
});
