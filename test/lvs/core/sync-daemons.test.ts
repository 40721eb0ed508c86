import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { describe, expect, it } from 'vitest';
import {
  planSync,
  type SyncParts,
  syncCommands,
  syncSettings,
  wantedDaemons,
} from '#lvs/core/sync-daemons.js';
import { loadText } from '#test/support/config.js';

const instance = (name: string, more = '') =>
  `vrrp_instance ${name} {\n interface eth0\n virtual_router_id 5\n ${more}\n}\n`;
const runs = { instances: [{ name: 'V', vrid: 5 }], services: true };

function planned(text: string, parts: SyncParts = runs) {
  const said: Diagnostic[] = [];
  const plan = planSync(loadText(text).config, parts, (diagnostic) => said.push(diagnostic));
  return { plan, said: said.map(({ message }) => message) };
}
const globals = (line: string) => `global_defs {\n ${line}\n}\n`;
const rest = { maxLength: undefined, group: undefined, port: undefined, ttl: undefined };

describe('the plan of synchronisation', () => {
  it('has the VRID of the instance as sync id unless it says another', () => {
    const { plan } = planned(globals('lvs_sync_daemon eth1 inst V') + instance('V'));
    expect(plan?.daemon).toEqual({ interface: 'eth1', syncId: 5, ...rest });
    const other = planned(
      globals('lvs_sync_daemon eth1 inst V id 0 maxlen 999 port 1 ttl 2 group 224.0.0.9') +
        instance('V'),
    );
    expect(other.plan?.daemon).toEqual({
      interface: 'eth1',
      syncId: 0,
      maxLength: 999,
      group: '224.0.0.9',
      port: 1,
      ttl: 2,
    });
  });

  it('has no sync id of its own where it follows no instance', () => {
    const { plan } = planned(globals('lvs_sync_daemon eth1') + instance('V'));
    expect(plan).toMatchObject({ follows: undefined, daemon: { syncId: 0 } });
  });

  it.each([
    ['an instance that does not run', 'lvs_sync_daemon eth1 inst V', { instances: [] }],
    ['virtual servers that nobody directs', 'lvs_sync_daemon eth1', { services: false }],
    ['an instance that is not there', 'lvs_sync_daemon eth1 inst W', {}],
  ])('is none for %s', (_, line, parts) => {
    const { plan } = planned(globals(line) + instance('V'), { ...runs, ...parts });
    expect(plan).toBeUndefined();
  });

  it('may come from the instance itself, where nothing else has said it', () => {
    const first = instance('V', 'lvs_sync_daemon_interface eth2');
    const second = instance('W', 'lvs_sync_daemon_interface eth3');
    const { plan, said } = planned(first + second);
    expect(plan).toMatchObject({ follows: 'V', daemon: { interface: 'eth2', syncId: 0 } });
    expect(said).toEqual(['(W) lvs_sync_daemon has already been specified as eth2 V - ignoring']);
    const { config } = loadText(globals('lvs_sync_daemon eth1') + first);
    expect(syncSettings(config)?.interface).toBe('eth1');
  });
});

describe('the daemons that should run', () => {
  const daemon = { interface: 'eth1', syncId: 5, ...rest };
  const following = { namespace: undefined, follows: 'V', daemon };
  const master = { ...daemon, state: 'master' as const };
  const backup = { ...daemon, state: 'backup' as const };

  it('are those of the role, once there is one', () => {
    expect(wantedDaemons(following, new Map())).toEqual([]);
    expect(wantedDaemons(following, new Map([['V', 'master']]))).toEqual([master]);
    expect(wantedDaemons(following, new Map([['V', 'backup']]))).toEqual([backup]);
    expect(wantedDaemons(following, new Map([['W', 'master']]))).toEqual([]);
  });

  it('are both where no instance is followed, and none without a plan', () => {
    const both = wantedDaemons({ ...following, follows: undefined }, new Map());
    expect(both).toEqual([master, backup]);
    expect(wantedDaemons(undefined, new Map([['V', 'master']]))).toEqual([]);
  });

  it('take the place of those that run: what goes, goes first', () => {
    const other = { ...backup, syncId: 6 };
    expect(syncCommands([backup], [backup])).toEqual([]);
    expect(syncCommands([backup], [master])).toEqual([
      { do: 'stop-daemon', state: 'backup' },
      { do: 'start-daemon', daemon: master },
    ]);
    expect(syncCommands([master, backup], [master, other])).toEqual([
      { do: 'stop-daemon', state: 'backup' },
      { do: 'start-daemon', daemon: other },
    ]);
  });
});
