import { placeOf } from '#src/config/places.js';
import type { Traps } from '#src/config/traps.js';
import type { VrrpConfig } from '../core/plan.js';

export const authenticationTraps: Traps<VrrpConfig> = {
  'hmac-not-enforced': {
    why: 'Only mode enforce drops adverts that nobody has signed; the other modes are for the time until all routers have a key, and believe whoever claims the addresses.',
    remedy: 'mode enforce, once all routers sign',
    find(config, tell) {
      for (const { name, auth_hmac: hmac } of config.vrrp_instance) {
        if (!hmac || hmac.mode === 'enforce') continue;
        tell(placeOf(hmac, 'mode'), `(${name}) auth_hmac takes unsigned adverts as well`);
      }
    },
  },
};
