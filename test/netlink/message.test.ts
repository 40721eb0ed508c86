import { hex } from '@keepalived-ts/base/bytes.js';
import { Malformed } from '@keepalived-ts/netlink/attributes.js';
import {
  decodeMessages,
  encodedLength,
  encodeMessages,
  type Message,
} from '@keepalived-ts/netlink/message.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const message: fc.Arbitrary<Message> = fc.record({
  type: u16,
  flags: u16,
  sequence: u32,
  port: u32,
  payload: fc.uint8Array({ maxLength: 40 }),
});
const plain = (m: Message) => ({ ...m, payload: hex(m.payload) });

describe('netlink messages', () => {
  it('have a header of sixteen bytes (struct nlmsghdr)', () => {
    const payload = Uint8Array.of(1, 2, 3, 4);
    const bytes = encodeMessages([{ type: 20, flags: 0x605, sequence: 7, port: 9, payload }]);
    expect(hex(bytes)).toBe('14000000' + '1400' + '0506' + '07000000' + '09000000' + '01020304');
  });

  it('come out of a datagram as they went in, however many and however long', () => {
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        const bytes = encodeMessages(messages);
        expect(bytes.length).toBe(messages.reduce((n, m) => n + encodedLength(m.payload), 0));
        const decoded = decodeMessages(bytes);
        if (decoded instanceof Malformed) throw new Error(decoded.reason);
        expect(decoded.map(plain)).toEqual(messages.map(plain));
      }),
    );
  });

  it('are read from the middle of a buffer, too', () => {
    const one = encodeMessages([
      { type: 1, flags: 2, sequence: 3, port: 4, payload: new Uint8Array(4) },
    ]);
    const framed = new Uint8Array(one.length + 5);
    framed.set(one, 3);
    const decoded = decodeMessages(framed.subarray(3, 3 + one.length));
    expect(decoded).toMatchObject([{ type: 1, flags: 2, sequence: 3, port: 4 }]);
  });

  it.each([
    ['cut off in its header', '14000000140005', 'short-message'],
    ['shorter than its header', '0f00000014000506000000000000000000000000', 'message-length'],
    ['longer than the datagram', '1800000014000506000000000000000000000000', 'message-length'],
    ['of four gigabytes', 'ffffffff14000506000000000000000000000000', 'message-length'],
  ])('one %s is malformed', (_, text, reason) => {
    const bytes = Uint8Array.from(Buffer.from(text, 'hex'));
    expect(decodeMessages(bytes)).toEqual(new Malformed(reason));
  });
});
