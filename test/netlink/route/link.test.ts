import { Payload } from '@keepalived-ts/netlink/attributes.js';
import type { Message } from '@keepalived-ts/netlink/message.js';
import { parseEvent } from '@keepalived-ts/netlink/route/event.js';
import { isUp, type Link, parseLink } from '@keepalived-ts/netlink/route/link.js';
import { describe, expect, it } from 'vitest';

const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
const AF_BRIDGE = 7;

const message = (type: number, payload: Payload): Message => ({
  type,
  flags: 0,
  sequence: 0,
  port: 0,
  payload: payload.finish(),
});
const header = (index: number, flags = 0, family = 0): Payload =>
  new Payload(16, (view) => {
    view.setUint8(0, family);
    view.setUint16(2, 1, true);
    view.setUint32(4, index, true);
    view.setUint32(8, flags, true);
  });

describe('a link', () => {
  it('is read with its settings of both address families', () => {
    const payload = header(5, 0x11043)
      .text(3, 'mv0')
      .u32(4, 1400)
      .u32(5, 3)
      .u32(10, 9)
      .u8(16, 6)
      .u8(33, 1)
      .bytes(1, Uint8Array.of(0, 0, 0x5e, 0, 1, 51))
      .bytes(2, new Uint8Array(6).fill(255))
      .u32(37, 0)
      .nest(18, (info) =>
        info
          .text(1, 'macvlan')
          .nest(2, (data) => data.u32(1, 1))
          .text(4, 'vrf'),
      )
      .nest(26, (spec) =>
        spec
          .nest(2, (inet) => inet.bytes(1, Uint8Array.of(1, 0, 0, 0, 255, 255, 255, 255)))
          .nest(10, (inet6) =>
            inet6
              .u32(1, 0)
              .bytes(2, Uint8Array.of(7, 0, 0, 0))
              .u8(8, 1),
          ),
      );
    expect(parseLink(message(RTM_NEWLINK, payload))).toEqual({
      index: 5,
      name: 'mv0',
      hardware: 1,
      flags: 0x11043,
      mtu: 1400,
      operState: 'up',
      mac: Uint8Array.of(0, 0, 0x5e, 0, 1, 51),
      macBroadcast: new Uint8Array(6).fill(255),
      carrier: true,
      master: 9,
      portOf: 'vrf',
      base: 3,
      baseNamespace: 0,
      kind: { name: 'macvlan', macvlanMode: 1 },
      inet: [1, -1],
      inet6: { conf: [7], addrGenMode: 1 },
    });
  });

  it.each([
    ['up with a carrier', 0x10001, true],
    ['up without a carrier', 0x1, false],
    ['down with a carrier', 0x10000, false],
  ])('that is %s works: %#', (_, flags, works) => {
    expect(isUp({ flags } as Link)).toBe(works);
  });

  it('is not gone when it leaves a bridge, which the kernel also announces as DELLINK', () => {
    const payload = header(5, 0, AF_BRIDGE).text(3, 'eth0');
    expect(parseLink(message(RTM_DELLINK, payload))).toBeUndefined();
    expect(parseEvent(message(RTM_DELLINK, payload))).toBeUndefined();
  });

  it('without a name is malformed', () => {
    expect(parseLink(message(RTM_NEWLINK, header(5)))).toMatchObject({ reason: 'name-missing' });
  });
});

describe('an event', () => {
  it('tells whether the thing is there or gone', () => {
    const payload = header(5).text(3, 'eth0');
    const link = { index: 5, name: 'eth0' };
    expect(parseEvent(message(RTM_NEWLINK, payload))).toMatchObject({
      kind: 'link',
      gone: false,
      link,
    });
    expect(parseEvent(message(RTM_DELLINK, payload))).toMatchObject({
      kind: 'link',
      gone: true,
      link,
    });
  });

  it('is undefined for what we do not know', () => {
    expect(parseEvent(message(36, header(5)))).toBeUndefined();
  });
});
