import { event } from '@keepalived-ts/base/events.js';

/** A line about one instance. */
export interface Of {
  instance: string;
}

/** Of the time that an advert says, as seen from our clock. */
const apart = (ahead: number): string =>
  `${Math.abs(ahead).toFixed(1)} s ${ahead > 0 ? 'ahead of' : 'behind'}`;

/** Adverts that are dropped for their password or signature; spelled as `vrrpEvents` says. */
export const authenticationEvents = {
  'bad-auth-type': event<Of & { got: number }>(
    'info',
    (e) => `(${e.instance}) Invalid auth type: ${e.got}`,
  ),
  'other-auth-type': event<Of & { got: number; expected: number }>(
    'info',
    (e) => `(${e.instance}) received a ${e.got} auth, expecting ${e.expected}!`,
  ),
  'bad-password': event<Of>('info', (e) => `(${e.instance}) received an invalid passwd!`),
  'unexpected-ah': event<Of>(
    'info',
    (e) => `(${e.instance}) Received AH header but auth type not AH`,
  ),
  'missing-ah': event<Of>('info', (e) => `(${e.instance}) No AH header but auth type is AH`),
  'bad-signature': event<Of>(
    'info',
    (e) =>
      `(${e.instance}) IPSEC-AH : invalid IPSEC HMAC-MD5 value: bad password, or changed under way`,
  ),
  'bad-spi': event<Of & { got: string; expected: string }>(
    'info',
    (e) => `(${e.instance}) IPSEC AH : invalid IPSEC SPI value. ${e.got} and expect ${e.expected}`,
  ),
  replayed: event<Of & { sequence: number; ours: number }>(
    'info',
    (e) =>
      `(${e.instance}) IPSEC-AH : sequence number ${e.sequence} already processed. ` +
      `Packet dropped. Local(${e.ours})`,
  ),

  // The trailer of auth_hmac: all of ours
  'hmac-missing': event<Of & { from: string }>(
    'info',
    (e) => `(${e.instance}) advert of ${e.from} is not signed, as auth_hmac asks`,
  ),
  'hmac-malformed': event<Of & { from: string }>(
    'info',
    (e) => `(${e.instance}) advert of ${e.from} is signed in a way that auth_hmac does not know`,
  ),
  'hmac-unknown-key': event<Of & { from: string; key: number }>(
    'info',
    (e) => `(${e.instance}) advert of ${e.from} is signed with key ${e.key}, which auth_hmac lacks`,
  ),
  'hmac-invalid': event<Of & { from: string; key: number }>(
    'info',
    (e) =>
      `(${e.instance}) advert of ${e.from} has an invalid HMAC for key ${e.key}: ` +
      'another key, or changed under way',
  ),
  'hmac-stale': event<Of & { from: string; ahead: number }>(
    'info',
    (e) =>
      `(${e.instance}) advert of ${e.from} was signed ${apart(e.ahead)} our clock: ` +
      'outside time_window',
  ),
  'hmac-replayed': event<Of & { from: string }>(
    'info',
    (e) => `(${e.instance}) advert of ${e.from} is a replay: a later one has been heard`,
  ),
  'hmac-clock': event<Of & { from: string; ahead: number }>(
    'warning',
    (e) =>
      `(${e.instance}) the clock of ${e.from} is ${apart(e.ahead)} ours: ` +
      'more than half of time_window',
  ),
};
