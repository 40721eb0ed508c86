import { zeroed } from '@keepalived-ts/base/counters.js';
import { event, type LogRecord, logger } from '@keepalived-ts/base/events.js';
import { Bug, invariant } from '@keepalived-ts/base/invariant.js';
import { expect, it } from 'vitest';

it('an event is rendered with its level, its text and its fields', () => {
  const catalogue = {
    'entered-state': event<{ instance: string }>('info', (e) => `(${e.instance}) Entering`),
    stopping: event('warning', 'Stopping'),
  };
  const seen: LogRecord[] = [];
  const log = logger('vrrp', catalogue, (record) => seen.push(record));
  log({ event: 'entered-state', instance: 'VI_1' });
  log({ event: 'stopping' });
  expect(seen).toEqual([
    {
      part: 'vrrp',
      event: 'entered-state',
      level: 'info',
      text: '(VI_1) Entering',
      fields: { instance: 'VI_1' },
    },
    { part: 'vrrp', event: 'stopping', level: 'warning', text: 'Stopping', fields: {} },
  ]);
});

it('counters of a table begin at zero', () => {
  expect(zeroed({ received: 'Adverts.', dropped: 'Garbage.' })).toEqual({
    received: 0,
    dropped: 0,
  });
});

it('an invariant that does not hold is a bug of ours', () => {
  expect(() => invariant(1 + 1 === 2, 'arithmetic')).not.toThrow();
  expect(() => invariant(false, 'impossible')).toThrow(Bug);
});
