import { ip } from '@keepalived-ts/base/ip.js';
import {
  parseSockaddr,
  sockaddrIn,
  sockaddrIn6,
  sockaddrLl,
  sockaddrNl,
  sockaddrUn,
} from '@keepalived-ts/raw-socket/address.js';
import { littleEndian } from '@keepalived-ts/raw-socket/host.js';
import { describe, expect, it } from 'vitest';

const bytes = (hex: string): Uint8Array =>
  new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** The layouts as gcc laid them out on x86-64. */
describe.skipIf(!littleEndian)('socket addresses (expected bytes are little-endian)', () => {
  it('sockaddr_in has its port and address in network order', () => {
    const address = sockaddrIn(ip('192.0.2.1'), 8080);
    expect(address).toEqual(bytes('0200 1f90 c0000201 0000000000000000'));
    expect(parseSockaddr(address)).toEqual({ kind: 'inet', ip: '192.0.2.1', port: 8080 });
  });

  it('sockaddr_in6 has flow information before the address and the scope behind', () => {
    const address = sockaddrIn6(ip('fe80::12'), 112, 7);
    expect(address).toEqual(bytes('0a00 0070 00000000 fe800000000000000000000000000012 07000000'));
    expect(parseSockaddr(address)).toEqual({
      kind: 'inet6',
      ip: 'fe80::12',
      port: 112,
      scopeId: 7,
    });
  });

  it('sockaddr_ll has the EtherType in network order and the rest in host order', () => {
    const address = sockaddrLl({
      ifindex: 3,
      protocol: 0x0806,
      address: bytes('ffffffffffff'),
    });
    expect(address).toEqual(bytes('1100 0806 03000000 0000 00 06 ffffffffffff 0000'));
  });

  it('a received sockaddr_ll tells how the frame was addressed', () => {
    const received = bytes('1100 0800 03000000 0100 01 06 020000000001 0000');
    expect(parseSockaddr(received)).toEqual({
      kind: 'packet',
      ifindex: 3,
      protocol: 0x0800,
      hardware: 1,
      packetType: 1,
      address: bytes('020000000001'),
    });
  });

  it('a hardware address of 20 bytes (InfiniBand) makes sockaddr_ll longer', () => {
    const long = new Uint8Array(20).fill(9);
    const address = sockaddrLl({ ifindex: 1, address: long });
    expect(address).toHaveLength(32);
    expect(parseSockaddr(address)).toMatchObject({ address: long });
  });

  it('sockaddr_nl holds port id and group bits', () => {
    const address = sockaddrNl({ pid: 0x01020304, groups: 0x80000011 });
    expect(address).toEqual(bytes('1000 0000 04030201 11000080'));
    expect(parseSockaddr(address)).toEqual({
      kind: 'netlink',
      pid: 0x01020304,
      groups: 0x80000011,
    });
  });

  it('sockaddr_un ends a path with 0 and an abstract name with its length', () => {
    expect(sockaddrUn('/a/b')).toEqual(bytes('0100 2f612f62 00'));
    expect(sockaddrUn('@ab')).toEqual(bytes('0100 00 6162'));
    expect(parseSockaddr(sockaddrUn('/a/b'))).toEqual({ kind: 'unix', path: '/a/b' });
    expect(parseSockaddr(sockaddrUn('@ab'))).toEqual({ kind: 'unix', path: '@ab' });
    expect(parseSockaddr(bytes('0100'))).toEqual({ kind: 'unix', path: '' });
  });

  it('a path that does not fit is refused', () => {
    expect(sockaddrUn(`/${'x'.repeat(106)}`)).toHaveLength(110);
    expect(() => sockaddrUn(`/${'x'.repeat(107)}`)).toThrow(RangeError);
    expect(sockaddrUn(`@${'x'.repeat(107)}`)).toHaveLength(110);
    expect(() => sockaddrUn(`@${'x'.repeat(108)}`)).toThrow(RangeError);
  });

  it.each(['', '02', '0200 1f90 c00002', '0a00 0070 00000000', '1000 0000 0403', '6300 0102'])(
    'what is short or unknown comes back as it is: "%s"',
    (hex) => {
      expect(parseSockaddr(bytes(hex))).toEqual({ kind: 'other', bytes: bytes(hex) });
    },
  );
});
