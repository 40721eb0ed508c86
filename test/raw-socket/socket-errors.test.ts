import { KernelError } from '@keepalived-ts/base/errors.js';
import {
  AF_INET,
  AF_UNIX,
  IP_RECVERR,
  IPPROTO_IP,
  SOCK_DGRAM,
} from '@keepalived-ts/raw-socket/constants.js';
import { RawSocket } from '@keepalived-ts/raw-socket/index.js';
import { describe, expect, it } from 'vitest';
import { open, text, udpSocket, unixSocket } from '#test/support/raw-sockets.js';
import { until } from '#test/support/wait.js';

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
