import { hex } from '@keepalived-ts/base/bytes.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { secret } from '@keepalived-ts/base/secret.js';
import { type Duration, milliseconds, seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import { type Advert, decodeAdvert } from '#vrrp/wire/advert.js';
import {
  type Authentication,
  type Hmac,
  type Memory,
  NO_MEMORY,
  nextSeal,
  remembering,
} from '#vrrp/wire/authentication.js';
import { encodeDatagram, type Outgoing } from '#vrrp/wire/datagram.js';
import type { Expectation } from '#vrrp/wire/expectation.js';
import { isAfter, sequenceAt, timeBetween } from '#vrrp/wire/hmac.js';
import { decodeIp } from '#vrrp/wire/ip-header.js';
import { judge } from '#vrrp/wire/judge.js';

const versionThree = (address: string): Advert => ({
  version: 3,
  vrid: 51,
  priority: 100,
  interval: seconds(1),
  password: undefined,
  addresses: [ip(address)],
});

const KEY = { id: 7, key: secret('0123456789abcdef0123456789abcdef') };
const OTHER = { id: 8, key: secret('fedcba9876543210fedcba9876543210') };
/** 2023-11-14 22:13:20.5 UTC: 0x6553f100 seconds, 0x8000 65536ths. */
const TIME = milliseconds(1_700_000_000_500);
const SEQUENCE = 0x6553_f100_8000_0003n;

/**
 * The trailers of reference §4.4, laid out by hand: scheme 1, key 7, two octets of zero, seconds
 * 6553f100, fraction 8000, counter 0003, and 16 octets of HMAC-SHA256, which Python's hmac made of
 * {4 or 6, version, VRID 51, 0}, the source in 16 octets, the advert with checksum 0000, the first
 * 12 octets of the trailer, and 16 of zero.
 */
const HEAD = '010700006553f10080000003';
const known: [string, Partial<Outgoing> & Pick<Outgoing, 'advert'>, string, string][] = [
  [
    'version 2 over IPv4',
    {
      source: ip('10.0.0.1'),
      destination: ip('224.0.0.18'),
      summedFor: undefined,
      advert: {
        version: 2,
        vrid: 51,
        priority: 100,
        interval: seconds(1),
        password: undefined,
        addresses: [ip('10.0.0.100')],
      },
    },
    // Version and type, VRID, priority, count, authentication type 0, interval, checksum of these
    // 20 octets, address, 8 octets of authentication data.
    '21336401000170660a0000640000000000000000',
    'a97ff9c6a0a2f822793f493cc7a06444',
  ],
  [
    'version 3 over IPv4',
    {
      source: ip('10.0.0.1'),
      destination: ip('224.0.0.18'),
      summedFor: ip('224.0.0.18'),
      advert: versionThree('10.0.0.100'),
    },
    // The checksum is of pseudo header and advert alone.
    '31336401006475730a000064',
    '31f60fc1cd639a9d4b9ddcb600789682',
  ],
  [
    'version 3 over IPv6',
    {
      source: ip('fe80::1'),
      destination: ip('ff02::12'),
      summedFor: ip('ff02::12'),
      advert: versionThree('fe80::64'),
    },
    // The checksum is the kernel's, of all 52 octets and the pseudo header of IPv6.
    '31336401006452edfe800000000000000000000000000064',
    'd23fda9d34096cbb275ef20a2ef3acfc',
  ],
];
const outgoing = (out: Partial<Outgoing> & Pick<Outgoing, 'advert'>): Outgoing => ({
  source: ip('10.0.0.1'),
  destination: ip('224.0.0.18'),
  ttl: 255,
  id: 1,
  summedFor: undefined,
  seal: { type: 'HMAC', ...KEY, sequence: SEQUENCE },
  ...out,
});

describe('an advert with a trailer', () => {
  it.each(known)('of %s is what the reference describes', (_, out, advert, mac) => {
    const packet = decodeIp(encodeDatagram(outgoing(out)));
    expect(packet && hex(packet.payload)).toBe(advert + HEAD + mac);
  });

  it('is counted in the length that IP tells', () => {
    const bytes = encodeDatagram(outgoing(known[0]?.[1] as Outgoing));
    expect([bytes.length, decodeIp(bytes)?.totalLength]).toEqual([68, 68]);
  });
});

const HMAC: Hmac = {
  type: 'HMAC',
  keys: [KEY, OTHER],
  active: KEY,
  mode: 'enforce',
  window: seconds(5),
};
const [, plain] = known[0] as (typeof known)[number];
const sent = (change: Partial<Outgoing> = {}): Uint8Array =>
  encodeDatagram(outgoing({ ...plain, ...change }));
const mine: Expectation = {
  family: 4,
  version: 2,
  advertInterval: seconds(1),
  authentication: HMAC,
  memory: NO_MEMORY,
  timeOfDay: TIME,
  checksum: 'exact',
  peers: undefined,
  checksSource: false,
};
function judged(bytes: Uint8Array, change: Partial<Expectation> = {}): unknown {
  const packet = decodeIp(bytes);
  const raw = packet && decodeAdvert(packet.payload, packet.family);
  if (!packet || !raw) throw new Error('unreadable');
  return judge(packet, bytes.length, raw, { ...mine, ...change });
}
const TRAILER = 40;
const changed = (at: number, value: number): Uint8Array => {
  const bytes = sent();
  bytes[at] = value;
  return bytes;
};
const heard = (sequence: bigint, from = '10.0.0.1'): Memory => ({
  ...NO_MEMORY,
  heard: [{ from: ip(from), sequence }],
});
const later = (by: Duration): Partial<Expectation> => ({ timeOfDay: (TIME + by) as Duration });
const withMode = (mode: Hmac['mode']): Partial<Expectation> => ({
  authentication: { ...HMAC, mode },
});
const MONOTONIC: Partial<Expectation> = { authentication: { ...HMAC, window: undefined } };

describe('a received advert with a trailer', () => {
  it('is taken when it is fresh and signed with any key of ours', () => {
    const signature = { type: 'HMAC', sequence: SEQUENCE };
    expect(judged(sent())).toMatchObject({ advert: { priority: 100 }, signature });
    const other = sent({ seal: { type: 'HMAC', ...OTHER, sequence: SEQUENCE } });
    expect(judged(other)).toMatchObject({ signature });
  });

  it.each<[string, string, Uint8Array, Partial<Expectation>?]>([
    ['auth_ext_missing', 'hmac-missing', sent({ seal: undefined })],
    ['auth_ext_malformed', 'hmac-malformed', changed(TRAILER, 2)],
    ['auth_ext_malformed', 'hmac-malformed', changed(TRAILER + 3, 1)],
    ['auth_ext_stale', 'hmac-stale', sent(), later(seconds(6))],
    ['auth_ext_stale', 'hmac-stale', sent(), later(seconds(-6))],
    ['auth_ext_unknown_key', 'hmac-unknown-key', changed(TRAILER + 1, 9)],
    ['auth_ext_invalid_hmac', 'hmac-invalid', changed(TRAILER + 1, 8)],
    ['auth_ext_invalid_hmac', 'hmac-invalid', changed(TRAILER + 11, 4)],
    ['auth_ext_invalid_hmac', 'hmac-invalid', changed(TRAILER + 27, 0)],
    ['auth_ext_invalid_hmac', 'hmac-invalid', changed(22, 200)],
    ['auth_ext_invalid_hmac', 'hmac-invalid', changed(15, 9)],
    ['auth_ext_replay', 'hmac-replayed', sent(), { memory: heard(SEQUENCE) }],
    ['auth_ext_replay', 'hmac-replayed', sent(), { memory: heard(SEQUENCE + 1n) }],
    ['packet_len_err', 'bad-length', sent().subarray(0, 64)],
    ['packet_len_err', 'bad-length', sent(), { authentication: undefined }],
    ['addr_list_err', 'not-a-peer', sent({ destination: ip('10.0.0.2') }), { peers: [] }],
  ])('is dropped as %s (%s)', (malformed, event, bytes, change) => {
    expect(judged(bytes, change)).toMatchObject({ malformed, complaint: { event } });
  });

  it('says its time before its key is asked for, and that before its signature', () => {
    const wrong = changed(TRAILER + 1, 9);
    expect(judged(wrong, later(seconds(6)))).toMatchObject({ malformed: 'auth_ext_stale' });
  });

  it('has numbers of its own for each sender', () => {
    expect(judged(sent(), { memory: heard(SEQUENCE, '10.0.0.9') })).toHaveProperty('advert');
    expect(judged(sent(), { memory: heard(SEQUENCE - 1n) })).toHaveProperty('advert');
  });

  it('may come at any time in monotonic mode, and only once', () => {
    expect(judged(sent(), { ...MONOTONIC, ...later(seconds(900)) })).toHaveProperty('advert');
    expect(judged(sent(), { ...MONOTONIC, memory: heard(SEQUENCE) })).toMatchObject({
      malformed: 'auth_ext_replay',
    });
  });

  it('counts again after clocks that were far ahead have been set right', () => {
    const wrong = heard(SEQUENCE + (3600n << 32n));
    expect(judged(sent(), { memory: wrong })).toHaveProperty('advert');
    expect(judged(sent(), { ...MONOTONIC, memory: wrong })).toMatchObject({
      malformed: 'auth_ext_replay',
    });
  });

  it.each(['permissive', 'receive-only'] as const)('is not needed in mode %s', (mode) => {
    expect(judged(sent({ seal: undefined }), withMode(mode))).toHaveProperty('advert');
    expect(judged(changed(TRAILER + 27, 0), withMode(mode))).toMatchObject({
      malformed: 'auth_ext_invalid_hmac',
    });
  });

  it('over IPv6 has a checksum that covers the trailer', () => {
    const [, six] = known[2] as (typeof known)[number];
    const bytes = encodeDatagram(outgoing(six));
    const expected = { family: 6, version: 3 } as const;
    expect(judged(bytes, expected)).toHaveProperty('advert');
    bytes[47] = (bytes[47] ?? 0) ^ 1;
    expect(judged(bytes, expected)).toMatchObject({ malformed: 'chk_err' });
  });
});

describe('the numbers of our adverts', () => {
  const sequences = (by: Authentication, times: readonly Duration[]): (bigint | undefined)[] => {
    let memory = NO_MEMORY;
    return times.map((time) => {
      const next = nextSeal(by, memory, time);
      memory = next?.memory ?? memory;
      return next?.seal?.type === 'HMAC' ? next.seal.sequence : undefined;
    });
  };
  const [clock, second] = [sequenceAt(TIME), 1n << 32n];

  it('are the time of day, and count on where that does not', () => {
    const past = (TIME - seconds(4)) as Duration;
    expect(clock).toBe(0x6553_f100_8000_0000n);
    expect(sequences(HMAC, [TIME, TIME, past])).toEqual([clock, clock + 1n, clock + 2n]);
  });

  it('follow a clock that is set back for more than the window, unless they must grow', () => {
    const past = (TIME - seconds(60)) as Duration;
    expect(sequences(HMAC, [TIME, past])).toEqual([clock, clock - 60n * second]);
    const growing = { ...HMAC, window: undefined };
    expect(sequences(growing, [TIME, past])).toEqual([clock, clock + 1n]);
  });

  it('are none in mode receive-only', () => {
    expect(sequences({ ...HMAC, mode: 'receive-only' }, [TIME])).toEqual([undefined]);
  });

  it.each(['enforce', 'permissive', 'receive-only'] as const)(
    'are none in mode %s, nor is an advert sent, without the key to sign with',
    (mode) => {
      expect(nextSeal({ ...HMAC, mode, active: undefined }, NO_MEMORY, TIME)).toBeUndefined();
    },
  );

  it('go on when the seconds since 1970 have outgrown 32 bits', () => {
    const end = sequenceAt(seconds(2 ** 32 - 1));
    const next = sequenceAt(seconds(2 ** 32));
    expect([isAfter(next, end), isAfter(end, next)]).toEqual([true, false]);
    expect(timeBetween(end, next)).toBe(1_000_000);
  });
});

it('of a group four senders are remembered, of peers all', () => {
  const from = (i: number) => ip(`10.0.0.${i}`);
  const found = { type: 'HMAC', sequence: 1n, ahead: seconds(0) } as const;
  const after = (senders?: number): string[] =>
    [1, 2, 3, 4, 1, 5]
      .reduce((memory, i) => remembering(memory, found, from(i), senders), NO_MEMORY)
      .heard.map((one) => one.from);
  expect(after()).toEqual([5, 1, 4, 3].map(from));
  expect(after(5)).toHaveLength(5);
});
