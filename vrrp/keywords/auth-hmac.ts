import { MASKED, reveal, type Secret, secret } from '@keepalived-ts/base/secret.js';
import { integerOf } from '#src/config/numbers.js';
import { block, type ConfigOf, keyword, repeated } from '#src/config/schema.js';
import type { ParseContext, ValueType, Word } from '#src/config/value-type.js';
import { choice, integer, mistake, quoted, wholeSeconds } from '#src/config/values.js';

/** A key to sign adverts with, and the number by which adverts name it. */
export interface SigningKey {
  id: number;
  key: SecretOrFile;
}

/** A key in a file is read by the parent, when it loads the configuration. */
export type SecretOrFile = { kind: 'secret'; secret: Secret } | { kind: 'file'; path: string };

/** Fewer bytes would be the weakest part of HMAC-SHA256, more than a block of it adds nothing. */
export const KEY_BYTES = { least: 32, most: 64 } as const;

function keyOf(from: Word, context: ParseContext): SecretOrFile | undefined {
  const { text } = from;
  if (text.startsWith('file:')) return { kind: 'file', path: text.slice('file:'.length) };
  const hex = text.startsWith('hex:') ? text.slice('hex:'.length) : undefined;
  if (hex !== undefined && !/^(?:[0-9a-fA-F]{2})*$/.test(hex)) {
    return mistake(context, from, 'a hex key has pairs of hexadecimal digits - ignoring the key');
  }
  const bytes = hex === undefined ? Buffer.from(text) : Buffer.from(hex, 'hex');
  if (bytes.length >= KEY_BYTES.least && bytes.length <= KEY_BYTES.most) {
    return { kind: 'secret', secret: secret(bytes) };
  }
  const message = `a key of ${bytes.length} bytes is ignored`;
  return mistake(context, from, message, `${KEY_BYTES.least} to ${KEY_BYTES.most} bytes`);
}

const signingKey: ValueType<SigningKey> = {
  usage: 'INTEGER 1..255 KEY',
  least: 2,
  parse([id, text], context) {
    const number = id && integerOf(id, 1, 255, context, { strict: true });
    if (number === undefined || text === undefined) return undefined;
    const key = keyOf(text, context);
    return key && { id: number, key };
  },
  print({ id, key }, style) {
    if (key.kind === 'file') return `${id} ${quoted(`file:${key.path}`)}`;
    return `${id} ${style?.secrets ? `hex:${reveal(key.secret).toString('hex')}` : MASKED}`;
  },
};

export const authHmac = block('auth_hmac', {
  doc: 'Signs adverts with HMAC-SHA256, in a trailer of 28 octets that keepalived 2.4 has, too.',
  manual:
    'It may be used with either version, over IPv4 and IPv6, to a group and to peers. A router ' +
    'without it drops signed adverts, for their length: let all have mode receive-only first, ' +
    'then permissive, then enforce. ' +
    'Each router has all keys and signs with one, so that keys can be changed one router ' +
    'at a time: add the new key everywhere, then make it the active one everywhere, then ' +
    'remove the old one. While the file of the active key can not be read, the instance is in ' +
    'FAULT, in any mode: it could neither sign nor check what the others have signed. A reload ' +
    'that reads the file ends that. A reload that can not read a key in use any more is ' +
    'refused, and the key stays in use. An active_key that no key line defines switches ' +
    'auth_hmac off, as with keepalived. With anti_replay time the clocks have to agree, so let ' +
    'NTP keep them.',
  example: 'auth_hmac {\n' + '  key 1 file:/etc/keepalived/vrrp.key\n' + '  active_key 1\n' + '}',
  keywords: {
    key: repeated(
      signingKey,
      'A key of 32 to 64 bytes under a number, 1 to 255; a file is read at load.',
    ).shown('key 1 file:/etc/keepalived/vrrp.key'),
    active_key: keyword(integer(1, 255), 'The key that our adverts are signed with.').unless(
      'nothing is signed or checked',
    ),
    time_window: keyword(
      wholeSeconds(1, 300),
      'How far the clocks of two routers may be apart, with anti_replay time.',
    ).unless('three advert intervals, 5 seconds at least'),
    anti_replay: keyword(
      choice('time', 'monotonic'),
      'What tells a fresh advert from a replayed one: the clock, or a number that only grows.',
    ).default('time'),
    mode: keyword(
      choice('enforce', 'permissive', 'receive-only'),
      'enforce drops unsigned adverts, permissive takes them, receive-only signs none itself.',
    ).default('enforce'),
  },
  check({ key: keys, active_key: active }, report) {
    const ids = new Set<number>();
    for (const { id } of keys) {
      if (ids.has(id)) report(`auth_hmac key ${id} already defined - the first one counts`);
      ids.add(id);
    }
    const off = 'adverts are neither signed nor checked';
    if (active === undefined) report(`auth_hmac has no active_key - ${off}`);
    else if (!ids.has(active)) {
      report(`auth_hmac active_key ${active} is not among its keys - ${off}`);
    }
  },
});

export type AuthHmacConfig = ConfigOf<typeof authHmac>;
