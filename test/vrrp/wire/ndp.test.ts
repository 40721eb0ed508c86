import { hex, internetChecksum } from '@keepalived-ts/base/bytes.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { expect, it } from 'vitest';
import { encodeNeighbourAdvertisement } from '#vrrp/wire/ndp.js';

const mac = Uint8Array.of(2, 0, 0, 0, 0, 1);
const address = ip('2001:db8::7');

it('is laid out as RFC 4861 says, to all nodes, from and about the VIP', () => {
  expect(hex(encodeNeighbourAdvertisement({ mac, address, router: false }))).toBe(
    [
      '333300000001020000000001',
      '86dd',
      '60000000',
      '0020',
      '3aff',
      '20010db8000000000000000000000007',
      'ff020000000000000000000000000001',
      '8800',
      'f91e',
      '20000000',
      '20010db8000000000000000000000007',
      '0201020000000001',
    ].join(''),
  );
});

it('has a checksum that covers the pseudo header', () => {
  const frame = encodeNeighbourAdvertisement({ mac, address, router: true });
  const pseudo = Uint8Array.of(0, 0, 0, 32, 0, 0, 0, 58);
  expect(internetChecksum(frame.subarray(22, 54), pseudo, frame.subarray(54))).toBe(0);
});

it('sets the router flag only where the interface forwards', () => {
  const flags = (router: boolean): number | undefined =>
    encodeNeighbourAdvertisement({ mac, address, router })[58];
  expect([flags(false), flags(true)]).toEqual([0x20, 0xa0]);
});

it('is for IPv6 addresses and Ethernet only', () => {
  const v4 = ip('10.0.0.1');
  expect(() => encodeNeighbourAdvertisement({ mac, address: v4, router: false })).toThrow(
    RangeError,
  );
  const none = new Uint8Array(0);
  expect(() => encodeNeighbourAdvertisement({ mac: none, address, router: false })).toThrow(
    RangeError,
  );
});
