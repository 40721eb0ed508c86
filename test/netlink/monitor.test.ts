import type { Message } from '@keepalived-ts/netlink/message.js';
import { listen } from '@keepalived-ts/netlink/monitor.js';
import { describe, expect, it } from 'vitest';
import { datagram, FakeNetlink } from '#test/support/fake-netlink.js';

const news = (type: number): Message => ({
  type,
  flags: 0,
  sequence: 0,
  port: 0,
  payload: new Uint8Array(0),
});

const setUp = () => {
  const socket = new FakeNetlink();
  const heard: (number | 'overrun')[] = [];
  const monitor = listen(socket, {
    onMessage: (message) => heard.push(message.type),
    onOverrun: () => heard.push('overrun'),
  });
  return { socket, heard, monitor };
};

describe('a monitor', () => {
  it('hands on every message of every datagram in order', () => {
    const { socket, heard } = setUp();
    socket.queue.push(datagram([news(16), news(17)]), datagram([news(20)]));
    socket.deliver();
    expect(heard).toEqual([16, 17, 20]);
  });

  it('reports an overrun after what was still queued: only then is the socket open again', () => {
    const { socket, heard, monitor } = setUp();
    for (let i = 0; i < 100; i++) socket.queue.push(datagram([news(16)]));
    socket.fail('ENOBUFS');
    expect(heard).toEqual([...Array(100).fill(16), 'overrun']);
    expect(socket.queue).toEqual([]);
    expect(monitor.counters.overruns).toBe(1);
  });

  it('does not believe other processes', () => {
    const { socket, heard } = setUp();
    socket.queue.push(datagram([news(16)], 4711));
    socket.deliver();
    expect(heard).toEqual([]);
  });

  it('counts garbage and goes on', () => {
    const { socket, heard, monitor } = setUp();
    const broken = datagram([news(16)]);
    broken.data[0] = 99;
    socket.queue.push(broken, { ...datagram([news(17)]), truncated: true }, datagram([news(18)]));
    socket.deliver();
    expect(heard).toEqual([18]);
    expect(monitor.counters.malformed).toBe(2);
  });

  it('is silent once closed, even inside a batch', () => {
    const socket = new FakeNetlink();
    const heard: number[] = [];
    const monitor = listen(socket, {
      onMessage(message) {
        heard.push(message.type);
        monitor.close();
      },
      onOverrun: () => heard.push(-1),
    });
    socket.queue.push(datagram([news(16), news(17)]), datagram([news(18)]));
    socket.fail('ENOBUFS');
    expect(heard).toEqual([16]);
    expect(socket.closed).toBe(true);
  });

  it('throws errors it has no name for', () => {
    const { socket } = setUp();
    expect(() => socket.fail('EBADF')).toThrow(/EBADF/);
  });
});
