import { readdirSync } from 'node:fs';
import { parseSockaddr } from '@keepalived-ts/raw-socket/address.js';
import {
  EAGAIN,
  IP_RECVTTL,
  IP_TTL,
  IPPROTO_IP,
  SCM_RIGHTS,
  SOL_SOCKET,
} from '@keepalived-ts/raw-socket/constants.js';
import { decodeControl, encodeControl } from '@keepalived-ts/raw-socket/control.js';
import type { Incoming } from '@keepalived-ts/raw-socket/index.js';
import { describe, expect, it } from 'vitest';
import { int, nextTurn, text, udpSocket, unixSocket } from '#test/support/raw-sockets.js';
import { until } from '#test/support/wait.js';

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
