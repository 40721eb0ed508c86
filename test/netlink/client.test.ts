import { setTimeout as sleep } from 'node:timers/promises';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { Malformed } from '@keepalived-ts/netlink/attributes.js';
import { NLM_F_ACK, NLM_F_DUMP_INTR } from '@keepalived-ts/netlink/constants.js';
import type { Message } from '@keepalived-ts/netlink/message.js';
import { describe, expect, it } from 'vitest';
import { ack, datagram, done } from '#test/support/fake-netlink.js';
import {
  EEXIST,
  failure,
  numberOf,
  request,
  requests,
  row,
  setUp,
  told,
} from '#test/support/netlink-requests.js';

describe('a batch', () => {
  it('goes out in few datagrams, as requests that ask for an acknowledgement', async () => {
    const { socket, client } = setUp();
    expect(told(await client.batch(requests(64)))).toEqual(Array(64).fill('ok'));
    expect(socket.datagrams.length).toBe(1);
    expect(socket.requests.map((r) => r.flags)).toEqual(Array(64).fill(5));
    expect(new Set(socket.requests.map((r) => r.sequence)).size).toBe(64);
  });

  it('has its outcomes in the order of its requests, whatever the order of the answers', async () => {
    const { socket, client } = setUp();
    socket.prompt = false;
    socket.reply = (r) => [row(numberOf(r) * 10, 0), ack()];
    const outcomes = client.batch(requests(5));
    await sleep(0);
    socket.queue.reverse().sort((a, b) => (b.data[4] ?? 0) - (a.data[4] ?? 0));
    socket.deliver();
    const replies = (await outcomes).map((o) => o.ok && o.replies.map(numberOf));
    expect(replies).toEqual([[0], [10], [20], [30], [40]]);
  });

  it('goes on after a refused request, which names itself', async () => {
    const { socket, client } = setUp();
    socket.reply = (r) => [ack(numberOf(r) === 1 ? EEXIST : 0)];
    expect(told(await client.batch(requests(3)))).toEqual(['ok', 'request 1: EEXIST', 'ok']);
  });

  it('never has more answers outstanding than the window', async () => {
    const { socket, client } = setUp(10);
    expect((await client.batch(requests(95))).every((o) => o.ok)).toBe(true);
    expect(socket.peak).toBe(10);
  });

  it('of no requests is done at once', async () => {
    expect(await setUp().client.batch([])).toEqual([]);
  });

  it('is split where a datagram would get longer than 64 KiB', async () => {
    const { socket, client } = setUp();
    const large = Array.from({ length: 5 }, (_, i) => request(i, 30_000));
    expect((await client.batch(large)).every((o) => o.ok)).toBe(true);
    expect(socket.datagrams.map((d) => d.length)).toEqual([2, 2, 1]);
  });

  it('is split smaller when the send buffer is smaller', async () => {
    const { socket, client } = setUp();
    socket.longest = 200;
    expect((await client.batch(requests(64))).every((o) => o.ok)).toBe(true);
    expect(socket.requests.map(numberOf)).toEqual(Array.from({ length: 64 }, (_, i) => i));
  });
});

describe('a client that asks for few acknowledgements', () => {
  /** As the kernel: tells every refusal, and success where it is asked for. */
  const setUpSparse = (refused: readonly number[]) => {
    const made = setUp(1000, 5000, true);
    made.socket.reply = (r) => {
      if (refused.includes(numberOf(r))) return [ack(EEXIST)];
      return (r.flags & NLM_F_ACK) === 0 ? [] : [ack()];
    };
    return made;
  };

  it('asks for that of the last request of each datagram', async () => {
    const { socket, client } = setUpSparse([]);
    expect(told(await client.batch(requests(100)))).toEqual(Array(100).fill('ok'));
    const asking = socket.requests.filter((r) => (r.flags & NLM_F_ACK) !== 0).map(numberOf);
    expect(asking).toEqual(socket.datagrams.map((d) => d.map(numberOf).at(-1)));
    expect(asking.length).toBeLessThan(5);
  });

  it.each([[[0]], [[1, 2]], [[4]], [[0, 1, 2, 3, 4]]])(
    'hears which ones of five are refused: %j',
    async (refused) => {
      const { client } = setUpSparse(refused);
      expect(told(await client.batch(requests(5)))).toEqual(
        [0, 1, 2, 3, 4].map((n) => (refused.includes(n) ? `request ${n}: EEXIST` : 'ok')),
      );
    },
  );

  it('keeps the replies of requests before the acknowledged one', async () => {
    const { socket, client } = setUp(1000, 5000, true);
    socket.reply = (r) => [row(numberOf(r) * 10), ...((r.flags & NLM_F_ACK) === 0 ? [] : [ack()])];
    const replies = (await client.batch(requests(3))).map((o) => o.ok && o.replies.map(numberOf));
    expect(replies).toEqual([[0], [10], [20]]);
  });

  it('takes nothing for done after an overrun, which may have swallowed a refusal', async () => {
    const { socket, client } = setUpSparse([]);
    socket.prompt = false;
    const outcomes = client.batch(requests(3));
    await sleep(0);
    socket.fail('ENOBUFS');
    expect(told(await outcomes)).toEqual(['request 0: ENOBUFS', 'request 1: ENOBUFS', 'ok']);
  });
});

describe('a dump', () => {
  it('collects its parts until the end and has the socket for itself', async () => {
    const { socket, client } = setUp();
    socket.reply = (r) => (r.type === 7 ? [row(1), row(2), row(3), done()] : [ack()]);
    const order: string[] = [];
    const note = (text: string) => () => order.push(text);
    const first = client.request(request(0)).then(note('before'));
    const dump = client.dump({ ...request(0), type: 7 });
    const last = client.request(request(0)).then(note('after'));
    expect((await dump.finally(note('dump'))).map(numberOf)).toEqual([1, 2, 3]);
    await Promise.all([first, last]);
    expect(order).toEqual(['before', 'dump', 'after']);
    expect(socket.datagrams.map((d) => d.map((r) => r.flags))).toEqual([[5], [0x301], [5]]);
  });

  it.each([
    ['in a part', [row(1, NLM_F_DUMP_INTR), done()]],
    ['at its end', [row(1), done(NLM_F_DUMP_INTR)]],
  ])('that was interrupted, as told %s, is read again', async (_, torn) => {
    const { socket, client } = setUp();
    socket.reply = () => (socket.datagrams.length < 3 ? torn : [row(2), done()]);
    expect((await client.dump(request(0))).map(numberOf)).toEqual([2]);
    expect(client.counters.interrupted).toBe(2);
  });

  it('that is interrupted every time fails after ten readings, and the client goes on', async () => {
    const { socket, client } = setUp();
    socket.reply = (r) => (numberOf(r) === 0 ? [row(1), done(NLM_F_DUMP_INTR)] : [ack()]);
    const dump = failure(client.dump(request(0)));
    const next = client.request(request(1));
    expect(await dump).toMatchObject({ operation: 'request 0', code: 'EINTR' });
    await next;
    expect(socket.datagrams.length).toBe(11);
  });

  it('may be refused', async () => {
    const { socket, client } = setUp();
    socket.reply = () => [ack(95)];
    expect(await failure(client.dump(request(0)))).toMatchObject({ code: 'EOPNOTSUPP' });
  });

  it('becomes values: what the parser skips is left out, garbage is an error', async () => {
    const { socket, client } = setUp();
    socket.reply = () => [row(1), row(2), row(3), done()];
    const odd = (m: Message) => (numberOf(m) % 2 === 1 ? numberOf(m) : undefined);
    expect(await client.list(request(0), odd)).toEqual([1, 3]);
    const broken = client.list(request(0), () => new Malformed('short-header'));
    expect(await failure(broken)).toMatchObject({ code: 'EBADMSG', detail: 'short-header' });
  });
});

describe('answers', () => {
  it('of other processes are not believed', async () => {
    const { socket, client } = setUp();
    socket.prompt = false;
    const answer = client.request(request(0));
    await sleep(0);
    const [genuine] = socket.queue.splice(0);
    const sequence = socket.requests[0]?.sequence ?? 0;
    socket.queue.push(datagram([{ ...ack(EEXIST), flags: 0, sequence, port: 9 }], 4711));
    if (genuine) socket.queue.push(genuine);
    socket.deliver();
    expect(await answer).toEqual([]);
  });

  it('that are truncated or garbled fail their request only', async () => {
    const { socket, client } = setUp();
    socket.prompt = false;
    const outcomes = client.batch(requests(4));
    await sleep(0);
    const [first, second, third] = socket.queue;
    if (!first || !second || !third) throw new Error('too few answers');
    first.truncated = true;
    second.data[0] = 200;
    third.data = third.data.subarray(0, 8);
    socket.queue.splice(2, 1);
    socket.deliver();
    await sleep(0);
    client.close();
    expect(told(await outcomes)).toEqual([
      'request 0: EMSGSIZE',
      'request 1: EBADMSG',
      'request 2: ECANCELED',
      'ok',
    ]);
  });
});

describe('a client', () => {
  it('that is closed rejects what is outstanding, waiting or new', async () => {
    const { socket, client } = setUp(2);
    socket.reply = () => [];
    const outcomes = client.batch(requests(4));
    await sleep(0);
    client.close();
    client.close();
    expect(told(await outcomes)).toEqual([0, 1, 2, 3].map((n) => `request ${n}: ECANCELED`));
    expect(await failure(client.request(request(9)))).toBeInstanceOf(KernelError);
    expect(socket.closed).toBe(true);
  });

  it('keeps the event loop alive only while it waits', async () => {
    const { socket, client } = setUp();
    expect(socket.background).toBe(true);
    const answer = client.request(request(0));
    await Promise.resolve();
    expect(socket.background).toBe(false);
    await answer;
    await sleep(0);
    expect(socket.background).toBe(true);
  });
});
