import { event } from '@keepalived-ts/base/events.js';

/** Every line the vrrp thread can log. The texts are those that operators grep for. */
export const vrrpEvents = {
  'entered-state': event<{ instance: string; state: string }>(
    'info', (e) => `(${e.instance}) Entering ${e.state} STATE`,
  ),
};
