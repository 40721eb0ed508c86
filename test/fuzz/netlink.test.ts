import { Attributes, Malformed } from '@keepalived-ts/netlink/attributes.js';
import { NetlinkClient } from '@keepalived-ts/netlink/client.js';
import { parseAcknowledgement, refusal } from '@keepalived-ts/netlink/errors.js';
import { parseFamily, parseGeneric } from '@keepalived-ts/netlink/generic.js';
import { decodeMessages, encodeMessages, type Message } from '@keepalived-ts/netlink/message.js';
import { newAddress } from '@keepalived-ts/netlink/route/address.js';
import { parseEvent } from '@keepalived-ts/netlink/route/event.js';
import { newLink } from '@keepalived-ts/netlink/route/link.js';
import { newNeighbour } from '@keepalived-ts/netlink/route/neighbour.js';
import { newRoute } from '@keepalived-ts/netlink/route/route.js';
import { newRule } from '@keepalived-ts/netlink/route/rule.js';
import { sockaddrNl } from '@keepalived-ts/raw-socket/address.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeNetlink } from '#test/support/fake-netlink.js';
import { runs } from '#test/support/fuzz.js';
import {
  address,
  announced,
  neighbour,
  newLinkOf,
  route,
  rule,
} from '#test/support/netlink-arbitraries.js';

const asked = { operation: 'ask', type: 0, flags: 0, payload: new Uint8Array(24) };

/** Everything that looks at a message. None may throw. */
function readAll(message: Message): void {
  const event = parseEvent(message);
  expect(event === undefined || event instanceof Malformed || 'gone' in event).toBe(true);
  const ack = parseAcknowledgement(message);
  if (!(ack instanceof Malformed)) expect(refusal(asked, ack).operation).toBe('ask');
  const generic = parseGeneric(message);
  if (!(generic instanceof Malformed)) expect(generic.command).toBeLessThan(256);
  const family = parseFamily(message);
  if (family !== undefined) expect(family.id).toBeLessThan(65_536);
}

/** The types that a parser answers to, the controller's, and some others. */
const type = fc.oneof(
  fc.constantFrom(2, 3, 16, 17, 20, 21, 24, 25, 28, 29, 32, 33),
  fc.integer({ min: 0, max: 0xffff }),
);
const flags = fc.constantFrom(0, 0x200, 0x300, 0x100);

const messages = fc
  .oneof(
    address.map((value) => newAddress(value)),
    route.map((value) => newRoute(value)),
    rule.map(newRule),
    neighbour.map((value) => newNeighbour(value)),
    newLinkOf.map(newLink),
  )
  .map(announced);

/** Overwrites some bytes, and perhaps cuts the end off. */
const damage = fc.tuple(
  fc.array(fc.tuple(fc.nat(400), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 4, 255))), {
    minLength: 1,
    maxLength: 5,
  }),
  fc.oneof(fc.constant(0), fc.nat(80)),
);

describe('decoders of netlink never throw', () => {
  it('whatever the bytes of a datagram', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const decoded = decodeMessages(bytes);
        if (!(decoded instanceof Malformed)) decoded.forEach(readAll);
      }),
      runs(8_000),
    );
  });

  it('whatever is behind a proper header', () => {
    fc.assert(
      fc.property(type, flags, fc.uint8Array({ maxLength: 120 }), (type, flags, payload) => {
        readAll({ type, flags, sequence: 0, port: 0, payload });
        Attributes.parse(payload);
      }),
      runs(8_000),
    );
  });

  it('when some bytes of a good message are wrong', () => {
    fc.assert(
      fc.property(messages, damage, (message, [changes, cut]) => {
        const payload = message.payload.slice(0, Math.max(0, message.payload.length - cut));
        for (const [at, value] of changes) if (at < payload.length) payload[at] = value;
        readAll({ ...message, payload });
      }),
      runs(8_000),
    );
  });

  it('nor does a client that hears garbage while it waits; every request is settled', async () => {
    const datagrams = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 80 }),
        fc
          .record({
            type,
            flags: fc.constantFrom(0, 2, 0x12, 0x200, 0x300),
            sequence: fc.integer({ min: 0, max: 5 }),
            port: fc.constant(9),
            payload: fc.uint8Array({ maxLength: 60 }),
          })
          .map((message) => encodeMessages([message])),
      ),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(datagrams, fc.boolean(), async (list, truncated) => {
        const socket = new FakeNetlink();
        socket.reply = () => [];
        const client = new NetlinkClient(socket, { window: 3, port: 9 });
        const outcomes = client.batch([asked, asked, asked, asked]);
        const dump = client.dump(asked).catch(() => []);
        await Promise.resolve();
        const from = sockaddrNl({});
        const control = new Uint8Array(0);
        for (const data of list) {
          socket.queue.push({ data, from, control, truncated, controlTruncated: false });
        }
        socket.deliver();
        await Promise.resolve();
        client.close();
        expect((await outcomes).length).toBe(4);
        expect(await dump).toBeInstanceOf(Array);
      }),
      runs(1_500),
    );
  });
});
