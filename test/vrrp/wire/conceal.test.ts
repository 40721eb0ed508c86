import { hex } from '@keepalived-ts/base/bytes.js';
import { ip } from '@keepalived-ts/base/ip.js';
import { seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import { type Advert, decodeAdvert, passwordField } from '#vrrp/wire/advert.js';
import { isGenuine, unsealed } from '#vrrp/wire/ah.js';
import { NO_MEMORY, type Seal } from '#vrrp/wire/authentication.js';
import { replacePassword, replaceSignature } from '#vrrp/wire/conceal.js';
import { encodeDatagram } from '#vrrp/wire/datagram.js';
import { decodeIpv4 } from '#vrrp/wire/ip-header.js';
import { judge } from '#vrrp/wire/judge.js';

const alias = (): Uint8Array => Buffer.from('nobodys!');
const carrying = (authentication: Pick<Advert, 'password' | 'signed'>, seal?: Seal): Uint8Array =>
  encodeDatagram({
    source: ip('10.0.0.1'),
    destination: ip('224.0.0.18'),
    ttl: 255,
    summedFor: undefined,
    id: 1,
    advert: {
      version: 2,
      vrid: 51,
      priority: 100,
      interval: seconds(1),
      ...authentication,
      addresses: [ip('10.0.0.100')],
    } satisfies Advert,
    ...(seal && { seal }),
  });
const datagram = (password: string | undefined): Uint8Array =>
  carrying({
    password: password === undefined ? undefined : passwordField(Buffer.from(password)),
  });
const holds = (bytes: Uint8Array, text: string): boolean =>
  hex(bytes).includes(Buffer.from(text).toString('hex'));

function verdict(bytes: Uint8Array): unknown {
  const packet = decodeIpv4(bytes);
  const raw = packet && decodeAdvert(packet.payload, 4);
  if (!packet || !raw) throw new Error('unreadable');
  return judge(packet, bytes.length, raw, {
    family: 4,
    version: 2,
    advertInterval: seconds(1),
    authentication: { type: 'PASS', password: alias() },
    memory: NO_MEMORY,
    timeOfDay: seconds(0),
    checksum: 'exact',
    peers: undefined,
    checksSource: false,
  });
}

describe('a concealed password', () => {
  it('is gone, and the advert is still right', () => {
    const copy = replacePassword(datagram('hunter22'), alias);
    expect(holds(copy, 'hunter')).toBe(false);
    expect(verdict(copy)).toMatchObject({ advert: { priority: 100 } });
  });

  it('leaves a wrong checksum wrong', () => {
    const wrong = datagram('hunter22');
    wrong[26] = (wrong[26] ?? 0) ^ 0x40;
    expect(verdict(replacePassword(wrong, alias))).toMatchObject({ malformed: 'chk_err' });
  });

  it('is blanked in an advert that is cut off, and in padding', () => {
    const cut = replacePassword(datagram('hunter22').subarray(0, 38), alias);
    expect(holds(cut, 'hunt')).toBe(false);
    const long = new Uint8Array([...datagram('hunter22'), ...Buffer.from('hunter22')]);
    expect(holds(replacePassword(long, alias), 'hunt')).toBe(false);
  });

  it('does not touch what has none, and never the original', () => {
    const open = datagram(undefined);
    expect(replacePassword(open, alias)).toBe(open);
    const closed = datagram('hunter22');
    replacePassword(closed, alias);
    expect(holds(closed, 'hunter22')).toBe(true);
  });
});

describe('a concealed key of AH', () => {
  const key = passwordField(Buffer.from('hunter22'));
  const sealed = carrying({ password: undefined, signed: true }, { type: 'AH', key, sequence: 3 });
  const other = (field: Uint8Array): Uint8Array => field.map((octet) => octet ^ 0x55);
  const isSignedBy = (bytes: Uint8Array, by: Uint8Array): boolean => {
    const packet = decodeIpv4(bytes);
    const ah = packet && unsealed(bytes, packet)?.ah;
    return ah !== undefined && isGenuine(ah, by);
  };

  it('has signed no more, and what it signed is right by the other one', () => {
    const copy = replaceSignature(sealed, [Buffer.from('another!'), key], other);
    expect([isSignedBy(copy, key), isSignedBy(copy, other(key))]).toEqual([false, true]);
  });

  it('that is none of ours stays wrong, and is not there to be guessed either', () => {
    const copy = replaceSignature(sealed, [], other);
    expect([isSignedBy(copy, key), isSignedBy(copy, other(key))]).toEqual([false, false]);
    expect(hex(copy)).not.toBe(hex(sealed));
  });

  it('changes nothing where there is no authentication header', () => {
    const plain = datagram('hunter22');
    expect(replaceSignature(plain, [key], other)).toBe(plain);
  });
});
