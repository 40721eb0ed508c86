import {
  IP_TTL,
  IPPROTO_IP,
  SO_RCVBUF,
  SO_TYPE,
  SOCK_DGRAM,
  SOL_SOCKET,
} from '@keepalived-ts/raw-socket/constants.js';
import { describe, expect, it } from 'vitest';
import { int, nextTurn, text, udpSocket, unixSocket } from '#test/support/raw-sockets.js';
import { until } from '#test/support/wait.js';

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

  it('others in the same turn ends theirs, too', async () => {
    const sockets = Array.from({ length: 40 }, () => unixSocket());
    const heard: number[] = [];
    for (const [i, { socket, to }] of sockets.entries()) {
      socket.send([{ data: Buffer.from('x'), to }]);
      socket.onMessages(() => {
        heard.push(i);
        for (const other of sockets) other.socket.close();
      });
    }
    await until('one was heard', () => heard.length > 0);
    await nextTurn();
    expect(heard).toHaveLength(1);
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
