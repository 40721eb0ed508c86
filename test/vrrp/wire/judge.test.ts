import { internetChecksum, viewOf } from '@keepalived-ts/base/bytes.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import { type Advert, decodeAdvert, passwordField } from '#vrrp/wire/advert.js';
import { sign, unsealed } from '#vrrp/wire/ah.js';
import { NO_MEMORY } from '#vrrp/wire/authentication.js';
import { encodeDatagram, type Outgoing } from '#vrrp/wire/datagram.js';
import type { Expectation } from '#vrrp/wire/expectation.js';
import { decodeIpv4 } from '#vrrp/wire/ip-header.js';
import { addressDifference, judge } from '#vrrp/wire/judge.js';

const password = passwordField(Buffer.from('secret'));
const advert: Advert = {
  version: 2,
  vrid: 51,
  priority: 100,
  interval: seconds(1),
  password,
  addresses: [ip('10.0.0.100')],
};
const good = encodeDatagram({
  source: ip('10.0.0.1'),
  destination: ip('224.0.0.18'),
  ttl: 255,
  summedFor: undefined,
  id: 1,
  advert,
});
const mine: Expectation = {
  family: 4,
  version: 2,
  advertInterval: seconds(1),
  authentication: { type: 'PASS', password },
  memory: NO_MEMORY,
  timeOfDay: seconds(0),
  checksum: 'exact',
  peers: undefined,
  checksSource: false,
};

/** A good datagram with octets changed; the checksum is made right again unless told not to. */
function changed(octets: Record<number, number>, options: { checksum?: boolean } = {}): Uint8Array {
  const bytes = good.slice();
  for (const [at, value] of Object.entries(octets)) bytes[Number(at)] = value;
  if (options.checksum === false) return bytes;
  const body = bytes.subarray(20);
  viewOf(body).setUint16(6, 0);
  viewOf(body).setUint16(6, internetChecksum(body));
  return bytes;
}

function judged(bytes: Uint8Array, expected = mine): unknown {
  const outer = decodeIpv4(bytes);
  const sealed = outer && unsealed(bytes, outer);
  const packet = sealed?.packet ?? outer;
  const raw = packet && decodeAdvert(packet.payload, 4);
  if (!packet || !raw) throw new Error('unreadable');
  return judge(packet, bytes.length, raw, expected, sealed?.ah);
}

describe('a received advert', () => {
  it('that is right is taken', () => {
    expect(judged(good)).toEqual({ advert, oldChecksum: false });
  });

  const [TTL, DESTINATION, VERSION_TYPE, COUNT, AUTH, INTERVAL, CHECKSUM, PASSWORD] = [
    8, 16, 20, 23, 24, 25, 26, 32,
  ];
  it.each([
    ['packet_len_err', 'bad-length', changed({ [COUNT]: 2 })],
    ['packet_len_err', 'bad-length', good.subarray(0, 39)],
    ['ip_ttl_err', 'bad-ttl', changed({ [TTL]: 254 })],
    ['vers_err', 'bad-version', changed({ [VERSION_TYPE]: 0x31 })],
    // Version 3 has no password field, so it is shorter: that is not what is wrong with it.
    ['vers_err', 'bad-version', changed({ [VERSION_TYPE]: 0x31 }).subarray(0, 32)],
    ['invalid_authtype', 'bad-auth-type', changed({ [AUTH]: 3 })],
    ['authtype_mismatch', 'other-auth-type', changed({ [AUTH]: 0 })],
    ['authtype_mismatch', 'other-auth-type', changed({ [AUTH]: 2 })],
    ['auth_failure', 'bad-password', changed({ [PASSWORD]: 0x53 })],
    ['advert_interval_err', 'other-interval', changed({ [INTERVAL]: 2 })],
    ['invalid_type_rcvd', 'bad-type', changed({ [VERSION_TYPE]: 0x22 })],
    ['packet_len_err', 'bad-total-length', changed({ 3: 44 })],
    ['chk_err', 'bad-checksum', changed({ [CHECKSUM]: 0 }, { checksum: false })],
    ['addr_list_err', 'not-multicast', changed({ [DESTINATION]: 10 })],
  ])('is dropped as %s (%s)', (malformed, event, bytes) => {
    expect(judged(bytes)).toMatchObject({ malformed, complaint: { event } });
  });

  it('that is wrong in several ways is dropped for the first of them in order', () => {
    const everything = { [VERSION_TYPE]: 0x32, [AUTH]: 9, [INTERVAL]: 9, [TTL]: 1 };
    expect(judged(changed(everything))).toMatchObject({ malformed: 'ip_ttl_err' });
    const later = { [AUTH]: 9, [INTERVAL]: 9, [CHECKSUM]: 1 };
    expect(judged(changed(later, { checksum: false }))).toMatchObject({
      malformed: 'invalid_authtype',
    });
  });

  it('may be padded to the least an Ethernet frame holds, if the IP length says so', () => {
    const padded = new Uint8Array(44);
    padded.set(good);
    expect(judged(padded)).toMatchObject({ complaint: { event: 'bad-total-length' } });
    const odd = new Uint8Array(42);
    odd.set(good);
    expect(judged(odd)).toMatchObject({ complaint: { event: 'bad-length' } });
  });

  it('with a unicast destination may have any TTL, and is dropped for the destination', () => {
    expect(judged(changed({ [TTL]: 1, [DESTINATION]: 10 }))).toMatchObject({
      malformed: 'addr_list_err',
    });
  });

  it('needs no password where none is configured, but type 0', () => {
    const open = encodeDatagram({
      source: ip('10.0.0.1'),
      destination: ip('224.0.0.18'),
      ttl: 255,
      summedFor: undefined,
      id: 1,
      advert: { ...advert, password: undefined },
    });
    const expected = { ...mine, authentication: undefined };
    expect(judged(open, expected)).toMatchObject({ advert: { priority: 100 } });
    expect(judged(good, expected)).toMatchObject({ malformed: 'authtype_mismatch' });
  });
});

describe('an advert of AH', () => {
  const seal = { type: 'AH', key: password, sequence: 7 } as const;
  const signed: Advert = { ...advert, password: undefined, signed: true };
  const sent = (change: Partial<Outgoing> = {}): Uint8Array =>
    encodeDatagram({
      source: ip('10.0.0.1'),
      destination: ip('224.0.0.18'),
      ttl: 255,
      summedFor: undefined,
      id: 1,
      advert: signed,
      seal,
      ...change,
    });
  const expected: Expectation = {
    ...mine,
    authentication: { type: 'AH', key: password },
    memory: { ...NO_MEMORY, sequence: 6 },
  };

  it('that is right is taken, whatever routers have changed on its way', () => {
    const bytes = sent();
    bytes[1] = 0x10;
    bytes[6] = 0x40;
    expect(judged(bytes, expected)).toEqual({
      advert: signed,
      oldChecksum: false,
      signature: { type: 'AH', sequence: 7 },
    });
    const near = { destination: ip('10.0.0.2') };
    const far = sent(near);
    far[8] = 3;
    expect(judged(far, { ...expected, peers: [] })).toMatchObject({ advert: signed });
  });

  const [SPI, ICV, PRIORITY] = [24, 32, 46];
  const broken = (at: number): Uint8Array => {
    const bytes = sent();
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
  it.each<[string, string, Uint8Array]>([
    ['auth_failure', 'bad-signature', broken(ICV)],
    ['auth_failure', 'bad-signature', broken(PRIORITY)],
    ['auth_failure', 'bad-signature', broken(12)],
    ['auth_failure', 'bad-signature', sent({ seal: { ...seal, key: Buffer.from('another!') } })],
    ['auth_failure', 'bad-spi', sign(broken(SPI), password)],
    ['auth_failure', 'replayed', sent({ seal: { ...seal, sequence: 6 } })],
    ['authtype_mismatch', 'other-auth-type', sent({ advert: { ...signed, signed: false } })],
    ['authtype_mismatch', 'missing-ah', good],
    ['packet_len_err', 'bad-length', sent().subarray(0, 60)],
  ])('is dropped as %s (%s)', (malformed, event, bytes) => {
    expect(judged(bytes, expected)).toMatchObject({ malformed, complaint: { event } });
  });

  it('is none where there is no AH', () => {
    expect(judged(sent(), mine)).toMatchObject({ complaint: { event: 'unexpected-ah' } });
  });
});

describe('the address list of an advert', () => {
  const ours = [ip('10.0.0.1'), ip('10.0.0.2')];
  it.each([
    ['the same', ['10.0.0.1', '10.0.0.2'], undefined],
    ['the same in another order', ['10.0.0.2', '10.0.0.1'], undefined],
    ['shorter', ['10.0.0.1'], { event: 'other-vip-count', expected: 2, got: 1 }],
    [
      'another',
      ['10.0.0.1', '10.0.0.3'],
      { event: 'vip-not-in-advert', vrid: 51, address: '10.0.0.2' },
    ],
  ])('%s', (_, theirs, difference) => {
    expect(addressDifference(ours, { ...advert, addresses: theirs.map(ip) })).toEqual(difference);
  });
});
