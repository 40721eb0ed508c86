import { ip } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import type { Advert } from '#vrrp/wire/advert.js';
import { passwordField } from '#vrrp/wire/advert.js';
import type { Outgoing } from '#vrrp/wire/datagram.js';

const GROUP = ip('224.0.0.18');
const password = passwordField(Buffer.from('secret'));
const advert = (
  vrid: number,
  priority: number,
  addresses: string[],
  auth?: Uint8Array,
): Advert => ({
  version: 2,
  vrid,
  priority,
  interval: seconds(1),
  password: auth,
  addresses: addresses.map(ip),
});

const advert3 = (vrid: number, interval: number, addresses: string[]): Advert => ({
  ...advert(vrid, 200, addresses),
  version: 3,
  interval: seconds(interval),
});
const toPeer = { source: ip('10.77.0.1'), destination: ip('10.77.0.2'), ttl: 255, id: 1 };
const six = { source: ip('2001:db8:77::1'), destination: ip('2001:db8:77::2'), id: 0 };
const sixGroup = {
  source: ip('fe80::ff:fe00:a'),
  destination: ip('ff02::12'),
  summedFor: ip('ff02::12'),
  ttl: 255,
  id: 0,
};

/**
 * Datagrams that Debian's keepalived 2.2.7 sent, taken off the wire with tcpdump. The flow label
 * of IPv6, which the kernel chose, is taken out.
 */
export const capturedAdverts: readonly { name: string; hex: string; out: Outgoing }[] = [
  {
    name: 'version 3',
    hex: '45c0002400010000ff70d0480a4d0001e00000123133c802001406720a4d00640a4d0065',
    out: {
      ...toPeer,
      destination: GROUP,
      summedFor: GROUP,
      advert: advert3(51, 0.2, ['10.77.0.100', '10.77.0.101']),
    },
  },
  {
    name: 'to a peer, version 2',
    hex: '45c0002800010000ff70a6080a4d00010a4d00022133c80100010c190a4d00640000000000000000',
    out: { ...toPeer, summedFor: undefined, advert: advert(51, 200, ['10.77.0.100']) },
  },
  {
    name: 'to a peer, version 3',
    hex: '45c0002400010000ff70a60c0a4d00010a4d00023133c8020014dc350a4d00640a4d0065',
    out: {
      ...toPeer,
      summedFor: toPeer.destination,
      advert: advert3(51, 0.2, ['10.77.0.100', '10.77.0.101']),
    },
  },
  {
    name: 'to a peer, version 3, old_unicast_checksum and unicast_ttl 9',
    hex: '45c000200001000009709c110a4d00010a4d00023134c801001411260a4d0066',
    out: { ...toPeer, ttl: 9, summedFor: GROUP, advert: advert3(52, 0.2, ['10.77.0.102']) },
  },
  {
    name: 'IPv6, version 3',
    hex:
      '6c000000003870fffe80000000000000000000fffe00000aff020000000000000000000000000012' +
      '3133c8030014ac39fe80000000000000000000000000005120010db8007700000000000000000100' +
      '20010db8007700000000000000000101',
    out: {
      ...sixGroup,
      advert: advert3(51, 0.2, ['fe80::51', '2001:db8:77::100', '2001:db8:77::101']),
    },
  },
  {
    name: 'IPv6, version 2',
    hex:
      '6c000000001870fffe80000000000000000000fffe00000aff020000000000000000000000000012' +
      '2134c8010001ea6020010db8007700000000000000000110',
    out: { ...sixGroup, advert: advert(52, 200, ['2001:db8:77::110']) },
  },
  {
    name: 'IPv6, to a peer',
    hex:
      '6c0000000018704020010db800770000000000000000000120010db8007700000000000000000002' +
      '3135c80100647a2920010db8007700000000000000000120',
    out: {
      ...six,
      ttl: 64,
      summedFor: six.destination,
      advert: advert3(53, 1, ['2001:db8:77::120']),
    },
  },
  {
    name: 'AH',
    hex: '45c0004000010000ff33d0690a4d0001e0000012700400000a4d0001000000016248d027b0e1729138f46b5f2133c80102010a190a4d00640000000000000000',
    out: {
      ...toPeer,
      destination: GROUP,
      summedFor: undefined,
      advert: { ...advert(51, 200, ['10.77.0.100']), signed: true },
      seal: { type: 'AH', key: password, sequence: 1 },
    },
  },
  {
    name: 'AH, to a peer',
    hex: '45c0004000030000ff33a62b0a4d00010a4d0002700400000a4d000100000003a1954719255c1cdc83680a462134c80102010a0e0a4d006e0000000000000000',
    out: {
      ...toPeer,
      id: 3,
      summedFor: undefined,
      advert: { ...advert(52, 200, ['10.77.0.110']), signed: true },
      seal: { type: 'AH', key: password, sequence: 3 },
    },
  },
  {
    name: 'PASS, three VIPs',
    hex: '45c0003000010000ff70d03c0a4d0001e0000012213396030101eb650a4d00640a4d00650a4d00667365637265740000',
    out: {
      source: ip('10.77.0.1'),
      destination: GROUP,
      ttl: 255,
      summedFor: undefined,
      id: 1,
      advert: advert(51, 150, ['10.77.0.100', '10.77.0.101', '10.77.0.102'], password),
    },
  },
  {
    name: 'PASS, lowered priority',
    hex: '45c0003000050000ff70d0380a4d0001e0000012213382030101ff650a4d00640a4d00650a4d00667365637265740000',
    out: {
      source: ip('10.77.0.1'),
      destination: GROUP,
      ttl: 255,
      summedFor: undefined,
      id: 5,
      advert: advert(51, 130, ['10.77.0.100', '10.77.0.101', '10.77.0.102'], password),
    },
  },
  {
    name: 'PASS, priority 0',
    hex: '45c00030000b0000ff70d0320a4d0001e000001221330003010181660a4d00640a4d00650a4d00667365637265740000',
    out: {
      source: ip('10.77.0.1'),
      destination: GROUP,
      ttl: 255,
      summedFor: undefined,
      id: 11,
      advert: advert(51, 0, ['10.77.0.100', '10.77.0.101', '10.77.0.102'], password),
    },
  },
  {
    name: 'no authentication, one VIP',
    hex: '45c0002800010000ff70d0440a4d0001e0000012213464010001700e0a4d006e0000000000000000',
    out: {
      source: ip('10.77.0.1'),
      destination: GROUP,
      ttl: 255,
      summedFor: undefined,
      id: 1,
      advert: advert(52, 100, ['10.77.0.110']),
    },
  },
  {
    name: 'no authentication, priority 0',
    hex: '45c00028001c0000ff70d0290a4d0001e0000012213400010001d40e0a4d006e0000000000000000',
    out: {
      source: ip('10.77.0.1'),
      destination: GROUP,
      ttl: 255,
      summedFor: undefined,
      id: 28,
      advert: advert(52, 0, ['10.77.0.110']),
    },
  },
  {
    name: 'no authentication, two VIPs, another sender',
    hex: '45c0002c00010000ff70d03f0a4d0002e00000122133c802000101650a4d00640a4d00660000000000000000',
    out: {
      source: ip('10.77.0.2'),
      destination: GROUP,
      ttl: 255,
      summedFor: undefined,
      id: 1,
      advert: advert(51, 200, ['10.77.0.100', '10.77.0.102']),
    },
  },
];

/** Frames of the same runs. */
export const capturedArps = [
  {
    hex: 'ffffffffffffb64e8422b6af08060001080006040001b64e8422b6af0a4d0064ffffffffffff0a4d0064',
    mac: 'b64e8422b6af',
    address: ip('10.77.0.100'),
  },
  {
    hex: 'ffffffffffffc62f23d9885508060001080006040001c62f23d988550a4d006dffffffffffff0a4d006d',
    mac: 'c62f23d98855',
    address: ip('10.77.0.109'),
  },
] as const;
