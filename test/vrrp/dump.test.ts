import { instant } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import { loadText } from '#test/support/config.js';
import { planVrrp } from '#vrrp/core/plan.js';
import { vrrpText } from '#vrrp/dump/data.js';
import { jsonText } from '#vrrp/dump/json.js';
import { statisticsText } from '#vrrp/dump/statistics.js';
import { vrrpView } from '#vrrp/mib/view.js';

describe('an instance with auth_hmac', () => {
  const { config } = loadText(`vrrp_instance V {
    interface eth0
    virtual_router_id 51
    version 3
    auth_hmac {
      key 1 "a key of which 32 bytes are enough"
      key 2 "another key with 32 bytes or more"
      active_key 2
      mode permissive
    }
    virtual_ipaddress {
      10.0.0.100/24
    }
  }`);
  const view = vrrpView({
    config,
    plan: planVrrp(config, () => undefined),
    status: undefined,
    counters: new Map([['V', { auth_ext_stale: 3, auth_ext_invalid_hmac: 5 }]]),
    lastError: new Map(),
    started: instant(0),
    now: instant(0),
  });

  it('is shown with the numbers of its keys alone', () => {
    const text = vrrpText(view, 0);
    expect(text).toContain(
      [
        '   Authentication type = HMAC_SHA256',
        '   Keys = 1, 2 (active)',
        '   Mode = permissive',
        '   Anti replay = time, window 5',
      ].join('\n'),
    );
    expect(text + jsonText(view, 0, 2)).not.toContain('32 bytes');
  });

  it('has what was dropped in the statistics of both forms, and none of the old authentication', () => {
    expect(statisticsText(view)).toContain(
      [
        '  Authentication Extension Errors:',
        '    Missing: 0',
        '    Malformed: 0',
        '    Unknown Key: 0',
        '    Invalid HMAC: 5',
        '    Stale: 3',
        '    Replay: 0',
      ].join('\n'),
    );
    const { vrrp } = JSON.parse(jsonText(view, 0, 2));
    expect(vrrp[0]).toMatchObject({
      data: { auth_type: 0 },
      stats: { auth_ext_stale: 3, auth_ext_invalid_hmac: 5, auth_ext_replay: 0 },
    });
    expect(vrrp[0].data).not.toHaveProperty('auth_data');
  });
});
