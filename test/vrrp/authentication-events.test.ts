import { type EventOf, render } from '@keepalived-ts/base/events.js';
import { expect, it } from 'vitest';
import { authenticationEvents } from '#vrrp/authentication-events.js';

const V = { instance: 'V' };

/** The texts as keepalived 2.2.7 writes them; what it does not say is marked with *. */
const texts: [EventOf<typeof authenticationEvents>, string, string][] = [
  [{ event: 'bad-auth-type', ...V, got: 7 }, 'info', '(V) Invalid auth type: 7'],
  [
    { event: 'other-auth-type', ...V, got: 0, expected: 1 },
    'info',
    '(V) received a 0 auth, expecting 1!',
  ],
  // * All of auth_hmac.
  [
    { event: 'hmac-missing', ...V, from: '10.0.0.2' },
    'info',
    '(V) advert of 10.0.0.2 is not signed, as auth_hmac asks',
  ],
  [
    { event: 'hmac-malformed', ...V, from: '10.0.0.2' },
    'info',
    '(V) advert of 10.0.0.2 is signed in a way that auth_hmac does not know',
  ],
  [
    { event: 'hmac-unknown-key', ...V, from: '10.0.0.2', key: 3 },
    'info',
    '(V) advert of 10.0.0.2 is signed with key 3, which auth_hmac lacks',
  ],
  [
    { event: 'hmac-invalid', ...V, from: '10.0.0.2', key: 3 },
    'info',
    '(V) advert of 10.0.0.2 has an invalid HMAC for key 3: another key, or changed under way',
  ],
  [
    { event: 'hmac-stale', ...V, from: '10.0.0.2', ahead: -7.25 },
    'info',
    '(V) advert of 10.0.0.2 was signed 7.3 s behind our clock: outside time_window',
  ],
  [
    { event: 'hmac-replayed', ...V, from: '10.0.0.2' },
    'info',
    '(V) advert of 10.0.0.2 is a replay: a later one has been heard',
  ],
  [
    { event: 'hmac-clock', ...V, from: '10.0.0.2', ahead: 3 },
    'warning',
    '(V) the clock of 10.0.0.2 is 3.0 s ahead of ours: more than half of time_window',
  ],
  [{ event: 'bad-password', ...V }, 'info', '(V) received an invalid passwd!'],
  [{ event: 'unexpected-ah', ...V }, 'info', '(V) Received AH header but auth type not AH'],
  [{ event: 'missing-ah', ...V }, 'info', '(V) No AH header but auth type is AH'],
  [
    { event: 'bad-signature', ...V },
    'info',
    '(V) IPSEC-AH : invalid IPSEC HMAC-MD5 value: bad password, or changed under way',
  ],
  [
    { event: 'bad-spi', ...V, got: '10.0.0.2', expected: '10.0.0.1' },
    'info',
    '(V) IPSEC AH : invalid IPSEC SPI value. 10.0.0.2 and expect 10.0.0.1',
  ],
  [
    { event: 'replayed', ...V, sequence: 6, ours: 7 },
    'info',
    '(V) IPSEC-AH : sequence number 6 already processed. Packet dropped. Local(7)',
  ],
];

it.each(texts)('%j', (event, level, text) => {
  expect(render('vrrp', authenticationEvents, event)).toMatchObject({ level, text });
});

it('every line of the catalogue is pinned', () => {
  const pinned = texts.map(([{ event }]) => event);
  expect([...new Set(pinned)].sort()).toEqual(Object.keys(authenticationEvents).sort());
});
