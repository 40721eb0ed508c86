import { ip } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import type { Advert } from '#vrrp/wire/advert.js';
import { passwordField } from '#vrrp/wire/advert.js';

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

/** Datagrams that Debian's keepalived 2.2.7 sent, taken off the wire with tcpdump. */
export const capturedAdverts = [
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
] as const;

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
