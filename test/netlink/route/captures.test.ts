import { hex } from '@keepalived-ts/base/bytes.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import { Attributes, Malformed } from '@keepalived-ts/netlink/attributes.js';
import { decodeMessages, type Message, type Request } from '@keepalived-ts/netlink/message.js';
import { newAddress, parseAddress } from '@keepalived-ts/netlink/route/address.js';
import { newLink, setLink } from '@keepalived-ts/netlink/route/link.js';
import { newNeighbour, parseNeighbour } from '@keepalived-ts/netlink/route/neighbour.js';
import { newRoute, parseRoute, type Route } from '@keepalived-ts/netlink/route/route.js';
import { newRule, parseRule } from '@keepalived-ts/netlink/route/rule.js';
import { describe, expect, it } from 'vitest';

/*
 * What iproute2 6.1 sent (strace -e write=3): we must read it as what was typed, and say the same
 * for it ourselves. v0 was interface 3.
 */

const message = (text: string): Message => {
  const decoded = decodeMessages(Uint8Array.from(Buffer.from(text, 'hex')));
  if (decoded instanceof Malformed || !decoded[0]) throw new Error('no message');
  return decoded[0];
};

/** Header and attributes regardless of their order and of the mark of nested ones. */
function content(payload: Uint8Array, header: number, nests: Record<number, object> = {}): unknown {
  const attributes = Attributes.parse(payload, header);
  if (attributes instanceof Malformed) throw new Error(attributes.reason);
  const list = [...attributes.entries()].map(([type, value]) => {
    const inner = nests[type];
    return [type, inner ? content(value, 0, inner as Record<number, object>) : hex(value)] as const;
  });
  return [hex(payload.subarray(0, header)), Object.fromEntries(list)];
}

function same(
  ours: Request,
  theirs: Message,
  header: number,
  nests?: Record<number, object>,
): void {
  expect(ours.type).toBe(theirs.type);
  // NLM_F_REQUEST | NLM_F_ACK are the client's.
  expect(ours.flags).toBe(theirs.flags & ~5);
  expect(content(ours.payload, header, nests)).toEqual(content(theirs.payload, header, nests));
}

describe('iproute2 and we mean the same by', () => {
  it('ip addr add 10.0.0.1/24 brd 10.0.0.255 dev v0 label v0:vip noprefixroute valid_lft 200 preferred_lft 100 metric 9', () => {
    const theirs = message(
      '60000000140005061f9f016b000000000218000003000000080002000a000001080004000a0000ff0b00030076303a766970000008000900090000000800080000020000080001000a0000011400060064000000c80000000000000000000000',
    );
    const value = {
      index: 3,
      ip: ip('10.0.0.1'),
      prefixLength: 24,
      scope: 0,
      flags: 0x200,
      broadcast: ip('10.0.0.255'),
      label: 'v0:vip',
      preferredFor: seconds(100),
      validFor: seconds(200),
      metric: 9,
    };
    expect(parseAddress(theirs)).toEqual(value);
    same(newAddress(value), theirs, 8);
  });

  it('ip addr add 10.0.0.1 peer 10.0.0.2 dev v0', () => {
    const theirs = message(
      '28000000140005061f9f016b000000000220000003000000080002000a000001080001000a000002',
    );
    const value = {
      index: 3,
      ip: ip('10.0.0.1'),
      peer: ip('10.0.0.2'),
      prefixLength: 32,
      scope: 0,
      flags: 0,
    };
    expect(parseAddress(theirs)).toEqual(value);
    same(newAddress(value), theirs, 8);
  });

  it('ip addr add fd00::1/64 dev v0 nodad', () => {
    const theirs = message(
      '40000000140005061f9f016b000000000a4002000300000014000200fd00000000000000000000000000000114000100fd000000000000000000000000000001',
    );
    const value = { index: 3, ip: ip('fd00::1'), prefixLength: 64, scope: 0, flags: 2 };
    expect(parseAddress(theirs)).toEqual(value);
    same(newAddress(value), theirs, 8);
  });

  it('ip route add 192.168.0.0/16 tos 8 via inet6 fe80::1 dev v0 table 1000 proto 18 metric 7 mtu lock 1300 congctl reno', () => {
    const theirs = message(
      '70000000180005061f9f016b0000000002100008001200010000000008000100c0a80000160012000a00fe800000000000000000000000000001000008000f00e8030000080006000700000008000400030000001c00080008000200140500000800100072656e6f0800010004000000',
    );
    const value: Route = {
      family: 4,
      table: 1000,
      protocol: 18,
      scope: 0,
      type: 1,
      destination: { ip: ip('192.168.0.0'), length: 16 },
      tos: 8,
      gateway: ip('fe80::1'),
      output: 3,
      metric: 7,
      metrics: { mtu: 1300, lock: 4, congestion: 'reno' },
    };
    expect(parseRoute(theirs)).toEqual(value);
    // Two differences without a meaning: they put the name of the algorithm without its NUL, and
    // leave the header's table 0 where we say RT_TABLE_COMPAT.
    const ours = newRoute(value);
    expect(ours.payload[4]).toBe(252);
    expect(parseRoute({ ...theirs, payload: ours.payload })).toEqual(value);
  });

  it('ip route add default proto static nexthop via 10.0.0.2 dev v0 weight 3 nexthop via 10.0.0.3 dev v0', () => {
    const theirs = message(
      '40000000180005061f9f016b0000000002000000fe04000100000000240009001000000203000000080005000a0000021000000003000000080005000a000003',
    );
    const value: Route = {
      family: 4,
      table: 254,
      protocol: 4,
      scope: 0,
      type: 1,
      nexthops: [
        { output: 3, gateway: ip('10.0.0.2'), weight: 3 },
        { output: 3, gateway: ip('10.0.0.3'), weight: 1 },
      ],
    };
    expect(parseRoute(theirs)).toEqual(value);
    const multipath = (payload: Uint8Array): unknown => {
      const attributes = Attributes.parse(payload, 12);
      return attributes instanceof Malformed ? attributes : attributes.bytes(9)?.join();
    };
    expect(multipath(newRoute(value).payload)).toBe(multipath(theirs.payload));
  });

  it('ip -6 route add fd01::/64 via fd00::9 expires 60 pref high', () => {
    const theirs = message(
      '54000000180005061f9f016b000000000a400000fe0300010000000014000100fd01000000000000000000000000000014000500fd000000000000000000000000000009080017003c0000000500140001000000',
    );
    const value: Route = {
      family: 6,
      table: 254,
      protocol: 3,
      scope: 0,
      type: 1,
      destination: { ip: ip('fd01::'), length: 64 },
      gateway: ip('fd00::9'),
      expires: seconds(60),
      preference: 1,
    };
    expect(parseRoute(theirs)).toEqual(value);
    expect(parseRoute({ ...theirs, payload: newRoute(value).payload })).toEqual(value);
  });

  it('ip rule add from 10.0.0.0/8 to 10.1.0.0/16 tos 8 fwmark 5/255 iif v0 oif v1 uidrange 0-9 ipproto tcp sport 1-9 dport 80-90 priority 99 suppress_prefixlength 3 suppress_ifgroup 5 table 1000 protocol 18', () => {
    const theirs = message(
      '98000000200005061f9f016b00000000021008080000000100000000080002000a000000080001000a01000008000a000500000008001000ff000000070003007630000007001100763100000c0014000000000009000000050016000600000008001700010009000800180050005a00080006006300000008000e000300000008000d000500000008000f00e80300000500150012000000',
    );
    const value = {
      family: 4,
      action: 1,
      table: 1000,
      priority: 99,
      source: { ip: ip('10.0.0.0'), length: 8 },
      destination: { ip: ip('10.1.0.0'), length: 16 },
      tos: 8,
      inputName: 'v0',
      outputName: 'v1',
      mark: 5,
      markMask: 255,
      suppressGroup: 5,
      suppressPrefixLength: 3,
      uids: { from: 0, to: 9 },
      protocol: 18,
      ipProtocol: 6,
      sourcePorts: { from: 1, to: 9 },
      destinationPorts: { from: 80, to: 90 },
    } as const;
    expect(parseRule(theirs)).toEqual(value);
    const ours = newRule(value);
    expect(parseRule({ ...theirs, payload: ours.payload })).toEqual(value);
    // They leave the header's table 0 where we say RT_TABLE_COMPAT.
    ours.payload[4] = 0;
    same(ours, theirs, 12);
  });

  it('ip -6 rule add not from all l3mdev priority 98', () => {
    const theirs = message(
      '30000000200005061f9f016b000000000a00000000000001020000000400020005001300010000000800060062000000',
    );
    const value = {
      family: 6,
      action: 1,
      table: 0,
      priority: 98,
      flags: 2,
      l3mdev: true,
    } as const;
    expect(parseRule(theirs)).toEqual(value);
    expect(parseRule({ ...theirs, payload: newRule(value).payload })).toEqual(value);
  });

  it('ip neigh add 10.0.0.7 lladdr 00:00:5e:00:01:33 dev v0 nud permanent', () => {
    const theirs = message(
      '300000001c000506219f016b00000000020000000300000080000000080001000a0000070a00020000005e0001330000',
    );
    const value = {
      index: 3,
      ip: ip('10.0.0.7'),
      state: 0x80,
      mac: Uint8Array.of(0, 0, 0x5e, 0, 1, 0x33),
    };
    expect(parseNeighbour(theirs)).toEqual(value);
    same(newNeighbour(value), theirs, 12);
  });

  const linkInfo = { 18: { 2: {} } };

  it('ip link add mv0 link v0 address 00:00:5e:00:01:33 type macvlan mode private', () => {
    const theirs = message(
      '5800000010000506209f016b00000000000000000000000000000000000000000a00010000005e00013300000800050003000000080003006d7630001c0012000b0001006d6163766c616e000c0002000800010001000000',
    );
    const ours = newLink({
      name: 'mv0',
      base: 3,
      mac: Uint8Array.of(0, 0, 0x5e, 0, 1, 0x33),
      kind: { name: 'macvlan', macvlanMode: 1 },
    });
    // The kernel reads names with or without their NUL; iproute2 leaves it out of the kind.
    expect(withoutNul(content(ours.payload, 16, linkInfo))).toEqual(
      withoutNul(content(theirs.payload, 16, linkInfo)),
    );
  });

  it.each([
    [
      'ip link add vrf0 type vrf table 10',
      '4400000010000506209f016b00000000000000000000000000000000000000000900030076726630000000001800120007000100767266000c000200080001000a000000',
      newLink({ name: 'vrf0', kind: { name: 'vrf', vrfTable: 10 } }),
    ],
    [
      'ip link add link v0 name v0.7 type vlan id 7',
      '4c00000010000506209f016b000000000000000000000000000000000000000008000500030000000900030076302e37000000001800120008000100766c616e0c0002000600010007000000',
      newLink({ name: 'v0.7', base: 3, kind: { name: 'vlan', vlanId: 7 } }),
    ],
    [
      'ip link add va type veth peer name vb',
      '5400000010000506209f016b000000000000000000000000000000000000000007000300766100002c0012000800010076657468200002001c000100000000000000000000000000000000000700030076620000',
      newLink({ name: 'va', kind: { name: 'veth', peerName: 'vb' } }),
    ],
  ])('%s', (_, text, ours) => {
    expect(withoutNul(content(ours.payload, 16, linkInfo))).toEqual(
      withoutNul(content(message(text).payload, 16, linkInfo)),
    );
  });

  it('ip link set v0 up mtu 1400 addrgenmode none', () => {
    const theirs = message(
      '3800000010000506209f016b0000000000000000030000000100000001000000080004007805000010001a000c000a000500080001000000',
    );
    const ours = setLink(3, { up: true, mtu: 1400, addrGenMode: 1 });
    const spec = { 26: { 10: {} } };
    expect(content(ours.payload, 16, spec)).toEqual(content(theirs.payload, 16, spec));
  });
});

/** IFLA_INFO_KIND inside IFLA_LINKINFO without the NUL at its end. */
function withoutNul(value: unknown): unknown {
  const text = JSON.stringify(value);
  return JSON.parse(
    text.replace(/"18":\["",\{"1":"((?:[0-9a-f]{2})+?)(?:00)?"/, '"18":["",{"1":"$1"'),
  );
}
