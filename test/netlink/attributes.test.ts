import { hex } from '@keepalived-ts/base/bytes.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { Attributes, Malformed, Payload } from '@keepalived-ts/netlink/attributes.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const parsed = (bytes: Uint8Array, offset = 0): Attributes => {
  const attributes = Attributes.parse(bytes, offset);
  if (attributes instanceof Malformed) throw new Error(attributes.reason);
  return attributes;
};
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

describe('Payload', () => {
  it('pads every attribute to four bytes, its length does not count the padding', () => {
    const payload = new Payload(4).u8(1, 0xab).text(2, 'eth0').flag(3).be16(4, 80).finish();
    expect(hex(payload)).toBe(
      '00000000' +
        '05000100ab000000' +
        '090002006574683000000000' +
        '04000300' +
        '0600040000500000',
    );
  });

  it('marks nested attributes and sizes them by what is inside (NLA_F_NESTED)', () => {
    const payload = new Payload(0)
      .nest(18, (info) => info.text(1, 'vrf').nest(2, (data) => data.u32(1, 10)))
      .finish();
    expect(hex(payload)).toBe('18001280' + '0800010076726600' + '0c000280' + '080001000a000000');
  });

  it('grows beyond its first room and keeps what was written', () => {
    const payload = new Payload(8, (view) => view.setUint8(0, 7));
    for (let i = 0; i < 500; i++) payload.u32(1, i);
    const all = payload.finish();
    expect(all.length).toBe(8 + 500 * 8);
    expect(all[0]).toBe(7);
    expect([...parsed(all, 8).entries()].map(([, v]) => v[0])).toEqual(
      Array.from({ length: 500 }, (_, i) => i & 0xff),
    );
  });

  it('refuses an attribute that its length field cannot tell', () => {
    expect(() => new Payload(0).bytes(1, new Uint8Array(65_532))).toThrow(RangeError);
    expect(() => new Payload(0).nest(1, (n) => n.bytes(2, new Uint8Array(65_529)))).toThrow(
      RangeError,
    );
  });
});

describe('Attributes', () => {
  it('reads what Payload wrote, of every type', () => {
    const a = parsed(
      new Payload(0)
        .u8(1, 1)
        .u16(2, 0x1234)
        .be16(3, 0x1234)
        .u32(4, 0xfffffffe)
        .be32(5, 0xfffffffe)
        .u64(6, 2n ** 63n + 1n)
        .be64(7, 5n)
        .text(8, 'Zoë')
        .ip(9, ip('10.0.0.1'))
        .ip(10, ip('2001:db8::1'))
        .flag(11)
        .nest(12, (n) => n.u8(1, 9))
        .finish(),
    );
    expect([a.u8(1), a.u16(2), a.be16(3)]).toEqual([1, 0x1234, 0x1234]);
    expect([a.u32(4), a.s32(4), a.be32(5)]).toEqual([0xfffffffe, -2, 0xfffffffe]);
    expect([a.u64(6), a.be64(7)]).toEqual([2n ** 63n + 1n, 5n]);
    expect([a.text(8), a.ip(9), a.ip(10)]).toEqual(['Zoë', '10.0.0.1', '2001:db8::1']);
    expect([a.has(11), a.has(13)]).toEqual([true, false]);
    expect(a.nested(12)?.u8(1)).toBe(9);
  });

  it('takes an attribute too short for its type for absent', () => {
    const a = parsed(new Payload(0).u8(1, 1).bytes(2, new Uint8Array(5)).finish());
    expect([a.u16(1), a.u32(1), a.u64(1), a.be16(1), a.bytes(1, 2)]).toEqual(
      Array(5).fill(undefined),
    );
    expect(a.ip(2)).toBeUndefined();
    expect(a.nested(2)).toBeUndefined();
  });

  it('counts the last of several attributes of one type, as nla_parse() does', () => {
    expect(parsed(new Payload(0).u32(1, 10).u32(1, 20).finish()).u32(1)).toBe(20);
  });

  it('ends a string at its first NUL and does without one', () => {
    expect(parsed(bytes('08000100' + '72656e6f')).text(1)).toBe('reno');
    expect(parsed(bytes('08000100' + '61006263')).text(1)).toBe('a');
  });

  it.each([
    ['a length below its own header', '03000100', 'attribute-length'],
    ['a length beyond the end', '0900010000000000', 'attribute-length'],
    ['a second one beyond the end', '04000100' + '08000200', 'attribute-length'],
  ])('calls %s malformed', (_, text, reason) => {
    expect(Attributes.parse(bytes(text))).toEqual(new Malformed(reason));
  });

  it('calls a message shorter than its fixed header malformed', () => {
    expect(Attributes.parse(new Uint8Array(7), 8)).toEqual(new Malformed('short-header'));
  });

  it('needs no padding after the last attribute and ignores less than a header there', () => {
    expect(parsed(bytes('05000100ab')).u8(1)).toBe(0xab);
    expect(parsed(bytes('04000100' + '000000')).has(1)).toBe(true);
  });

  it('gives any attributes back in order', () => {
    const attribute = fc.tuple(fc.integer({ min: 0, max: 0x3fff }), fc.uint8Array());
    fc.assert(
      fc.property(fc.array(attribute), (list) => {
        const payload = new Payload(0);
        for (const [type, value] of list) payload.bytes(type, value);
        expect([...parsed(payload.finish()).entries()].map(([t, v]) => [t, hex(v)])).toEqual(
          list.map(([t, v]) => [t, hex(v)]),
        );
      }),
    );
  });
});
