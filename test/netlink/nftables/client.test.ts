import { ip, ipBytes } from '@keepalived-ts/base/ip.js';
import { NLM_F_ACK } from '@keepalived-ts/netlink/constants.js';
import { NftablesClient } from '@keepalived-ts/netlink/nftables/client.js';
import { addElements, delTable, newTable } from '@keepalived-ts/netlink/nftables/objects.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { ack, FakeNetlink } from '#test/support/fake-netlink.js';
import { failure } from '#test/support/netlink-requests.js';

const [BEGIN, END, NEW_TABLE, DEL_TABLE] = [0x10, 0x11, 0xa00, 0xa02];
const ENOENT = 2;
const table = { family: 4, name: 'guard' } as const;
const requests = [newTable(table), delTable(table)];

describe('a transaction of nf_tables', () => {
  let socket: FakeNetlink;
  let client: NftablesClient;
  /** What the kernel says to the message at a place; as nfnetlink_rcv_batch it is silent else. */
  let refusals: Map<number, number>;
  beforeEach(() => {
    socket = new FakeNetlink();
    client = new NftablesClient(socket);
    refusals = new Map();
    socket.reply = ({ sequence, flags }) => {
      const errno = refusals.get(sequence);
      if (errno !== undefined) return [ack(errno)];
      return (flags & NLM_F_ACK) === 0 ? [] : [ack()];
    };
  });

  it('is one datagram between two marks, of which the last request asks for an answer', async () => {
    await client.transaction(requests);
    const [sent = []] = socket.datagrams;
    expect(sent.map(({ type }) => type)).toEqual([BEGIN, NEW_TABLE, DEL_TABLE, END]);
    expect(sent.map(({ flags }) => (flags & NLM_F_ACK) !== 0)).toEqual([false, false, true, false]);
    expect([...(sent[0]?.payload ?? [])]).toEqual([0, 0, 0, 10]);
  });

  it('of nothing is done without the kernel', async () => {
    await client.transaction([]);
    expect(socket.datagrams).toEqual([]);
  });

  it.each([
    ['a request in the middle', 2, 'add table ip guard'],
    ['the last request', 3, 'delete table ip guard'],
    ['the whole', 1, 'add table ip guard'],
  ])(
    'that is refused for %s says for which, and the next one is not touched',
    async (_, at, operation) => {
      refusals.set(at, ENOENT);
      const [first, second] = [client.transaction(requests), client.transaction(requests)];
      const error = await failure(first);
      expect([error.operation, error.code]).toEqual([operation, 'ENOENT']);
      await second;
    },
  );

  it('that the socket does not take fails', async () => {
    socket.refusals.push('ENOBUFS');
    expect((await failure(client.transaction(requests))).code).toBe('ENOBUFS');
  });

  it('whose answer is lost fails, as one does that is under way at the end', async () => {
    socket.prompt = false;
    const lost = failure(client.transaction(requests));
    socket.fail('ENOBUFS');
    expect((await lost).code).toBe('ENOBUFS');
    const late = failure(client.transaction(requests));
    client.close();
    client.close();
    expect([(await late).code, socket.closed]).toEqual(['ECANCELED', true]);
  });

  it('adds elements in requests of a hundred each', () => {
    const keys = Array.from({ length: 2500 }, () => ({ key: ipBytes(ip('10.0.0.1')) }));
    const lengths = addElements(table, 'vips', keys).map(({ payload }) => payload.length);
    expect(lengths.length).toBe(25);
    expect(Math.max(...lengths)).toBeLessThan(4_096);
  });
});
