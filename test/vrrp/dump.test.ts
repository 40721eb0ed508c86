import { instant } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import { oid } from '#src/snmp/oid.js';
import { Tree } from '#src/snmp/tree.js';
import { loadText } from '#test/support/config.js';
import { planVrrp } from '#vrrp/core/plan.js';
import { vrrpText } from '#vrrp/dump/data.js';
import { jsonText } from '#vrrp/dump/json.js';
import { statisticsText } from '#vrrp/dump/statistics.js';
import { instanceTables } from '#vrrp/mib/instances.js';
import { rfc2787Tables } from '#vrrp/mib/rfc2787.js';
import { type VrrpView, vrrpView } from '#vrrp/mib/view.js';

describe('an instance with auth_hmac', () => {
  const links = [{ name: 'eth0', index: 2, mac: '020000000002', up: true, mtu: 1500 }];
  const nothing = { instances: [], groups: [], scripts: [], files: [], processes: [] };
  const viewOf = (version: number, key2 = '"another key with 32 bytes or more"'): VrrpView => {
    const { config } = loadText(`vrrp_instance V {
      interface eth0
      virtual_router_id 51
      version ${version}
      auth_hmac {
        key 1 "a key of which 32 bytes are enough"
        key 2 ${key2}
        active_key 2
        mode permissive
      }
      virtual_ipaddress {
        10.0.0.100/24
      }
    }`);
    return vrrpView({
      config,
      plan: planVrrp(config, () => undefined),
      status: { part: 'vrrp', ...nothing, links },
      counters: new Map([['V', { auth_ext_stale: 3, auth_ext_invalid_hmac: 5 }]]),
      lastError: new Map(),
      started: instant(0),
      now: instant(0),
    });
  };
  const view = viewOf(3);

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

  it('is shown with the key to sign with, also if that could not be read', () => {
    expect(vrrpText(viewOf(3, 'file:/lost'), 0)).toContain('   Keys = 1, 2 (active, not read)\n');
  });

  it('has none of the types of authentication that MIBs know', () => {
    const tree = new Tree([...instanceTables, ...rfc2787Tables]);
    const none = (value: number) => ({ type: 'integer', value });
    // none(0) of vrrpInstanceAuthType, noAuthentication(1) of vrrpOperAuthType
    const [ofKeepalived, ofRfc] = [
      '1.3.6.1.4.1.9586.100.5.2.3.1.15.1',
      '1.3.6.1.2.1.68.1.3.1.9.2.51',
    ];
    expect(tree.get(view, oid(ofKeepalived))).toEqual(none(0));
    expect(tree.get(viewOf(2), oid(ofKeepalived))).toEqual(none(0));
    expect(tree.get(viewOf(2), oid(ofRfc))).toEqual(none(1));
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
