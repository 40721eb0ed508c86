import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ack, datagram, done } from '#test/support/fake-netlink.js';
import {
  failure,
  numberOf,
  request,
  requests,
  row,
  setUp,
  told,
} from '#test/support/netlink-requests.js';

describe('when the kernel is silent', () => {
  it('a request times out, the others do not, and a late answer is ignored', async () => {
    const { socket, client } = setUp(1000, 60);
    socket.reply = (r) => (numberOf(r) === 1 ? [] : [ack()]);
    expect(told(await client.batch(requests(3)))).toEqual(['ok', 'request 1: ETIMEDOUT', 'ok']);
    expect(client.counters.timeouts).toBe(1);
    const late = socket.requests[1];
    if (late)
      socket.queue.push(datagram([{ ...ack(), flags: 0, port: 9, sequence: late.sequence }]));
    socket.deliver();
    expect(await client.request(request(4))).toEqual([]);
  });

  it('a dump lives as long as parts arrive', async () => {
    const { socket, client } = setUp(1000, 100);
    socket.reply = () => [];
    const dump = client.dump(request(0));
    for (let i = 0; i < 6; i++) {
      await sleep(40);
      const sequence = socket.requests[0]?.sequence ?? 0;
      const part = i < 5 ? row(i) : done();
      socket.queue.push(datagram([{ ...part, flags: part.flags ?? 0, sequence, port: 9 }]));
      socket.deliver();
    }
    expect((await dump).map(numberOf)).toEqual([0, 1, 2, 3, 4]);
  });

  it('a dump that stalls after some parts times out, too', async () => {
    const { socket, client } = setUp(1000, 60);
    socket.reply = () => [row(1)];
    const dump = failure(client.dump(request(0)));
    await sleep(40);
    const sequence = socket.requests[0]?.sequence ?? 0;
    socket.queue.push(datagram([{ ...row(2), flags: 2, sequence, port: 9 }]));
    socket.deliver();
    expect(await dump).toMatchObject({ operation: 'request 0', code: 'ETIMEDOUT' });
  });
});

describe('when the receive buffer overran (ENOBUFS)', () => {
  it('what is queued still counts, what is lost is reported, and the client goes on', async () => {
    const { socket, client } = setUp();
    socket.prompt = false;
    socket.reply = (r) => (numberOf(r) < 2 ? [ack()] : []);
    const outcomes = client.batch(requests(4));
    await sleep(0);
    socket.fail('ENOBUFS');
    expect(told(await outcomes)).toEqual(['ok', 'ok', 'request 2: ENOBUFS', 'request 3: ENOBUFS']);
    expect(client.counters.overruns).toBe(1);
    socket.prompt = true;
    socket.reply = () => [ack()];
    expect(await client.request(request(5))).toEqual([]);
  });

  it('a dump continues: its parts are never dropped', async () => {
    const { socket, client } = setUp();
    socket.prompt = false;
    socket.reply = () => [row(1)];
    const dump = client.dump(request(0));
    await sleep(0);
    socket.fail('ENOBUFS');
    const sequence = socket.requests[0]?.sequence ?? 0;
    socket.queue.push(datagram([{ ...done(), flags: 2, sequence, port: 9 }]));
    socket.deliver();
    expect((await dump).map(numberOf)).toEqual([1]);
  });
});

describe('when the kernel does not take requests', () => {
  it('they are sent again a little later if it had no memory', async () => {
    const { socket, client } = setUp();
    socket.refusals.push('ENOBUFS', 'ENOMEM', 'EAGAIN');
    expect(told(await client.batch(requests(3)))).toEqual(['ok', 'ok', 'ok']);
  });

  it('but not forever', async () => {
    const { socket, client } = setUp(1000, 60);
    socket.refusals.push(...Array<'ENOBUFS'>(1000).fill('ENOBUFS'));
    expect(told(await client.batch(requests(2)))).toEqual([
      'request 0: ENOBUFS',
      'request 1: ENOBUFS',
    ]);
  });

  it('any other error is theirs alone', async () => {
    const { socket, client } = setUp();
    socket.refusals.push('ECONNREFUSED');
    const first = failure(client.request(request(0)));
    expect(await first).toMatchObject({ operation: 'request 0', code: 'ECONNREFUSED' });
    expect(await client.request(request(1))).toEqual([]);
  });
});
