import { setImmediate as settled } from 'node:timers/promises';
import { KernelError } from '@keepalived-ts/base/errors.js';
import { seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import type { SyncPlan } from '#lvs/core/sync-daemons.js';
import { SyncDaemons } from '#lvs/shell/sync-daemons.js';
import { ManualClock } from '#test/support/manual-clock.js';
import { FakeIpvs } from '../../support/fake-ipvs.js';

const daemon = {
  interface: 'eth1',
  syncId: 5,
  maxLength: undefined,
  group: undefined,
  port: undefined,
  ttl: undefined,
};
const plan: SyncPlan = { namespace: undefined, follows: 'V', daemon };
const both = { ...plan, follows: undefined };

function staged() {
  const ipvs = new FakeIpvs();
  const told: string[] = [];
  const clock = new ManualClock();
  const trouble: { opening?: Error | undefined } = {};
  const syncing = new SyncDaemons({
    open: async () => {
      if (trouble.opening) throw trouble.opening;
      return ipvs;
    },
    tell: (news) => told.push(news.news === 'refused' ? news.words : `${news.state} ${news.news}`),
    clock,
    alarm: clock.alarm(),
  });
  const hear = (state: string, name = 'V') => {
    syncing.hear({ of: 'instance', name, state, priority: 100 });
    // Each turn of it waits for the one before.
    return syncing.follow(plan);
  };
  return { ipvs, told, syncing, hear, clock, trouble };
}

describe('the sync daemons', () => {
  it('follow the state of their instance, and stop at the end', async () => {
    const { ipvs, told, syncing, hear } = staged();
    await syncing.follow(plan);
    expect([...ipvs.syncing]).toEqual([]);
    await hear('BACKUP');
    await hear('MASTER', 'W');
    expect([...ipvs.syncing.keys()]).toEqual(['backup']);
    await hear('MASTER');
    await hear('MASTER_RX_LOWER_PRI');
    expect([...ipvs.syncing.keys()]).toEqual(['master']);
    await hear('FAULT');
    await hear('BACKUP');
    expect([...ipvs.syncing.keys()]).toEqual(['backup']);
    await syncing.stop();
    expect([...ipvs.syncing]).toEqual([]);
    expect(told).toEqual([
      'backup started',
      'backup stopped',
      'master started',
      'master stopped',
      'backup started',
      'backup stopped',
    ]);
  });

  it('are replaced by a reload only where it asks for other ones', async () => {
    const { ipvs, syncing } = staged();
    await syncing.follow(both);
    ipvs.takeAsked();
    await syncing.follow({ ...both, daemon: { ...daemon } });
    expect(ipvs.takeAsked()).toEqual([]);
    await syncing.follow({ ...both, daemon: { ...daemon, syncId: 6 } });
    expect([...ipvs.syncing.values()].map(({ syncId }) => syncId)).toEqual([6, 6]);
    await syncing.follow(undefined);
    expect([...ipvs.syncing]).toEqual([]);
  });

  it('replace what a crashed run left, and leave those of others alone', async () => {
    const { ipvs, told, syncing, hear } = staged();
    const stranger = { ...daemon, state: 'master' as const, syncId: 77 };
    ipvs.syncing.set('master', stranger);
    ipvs.syncing.set('backup', { ...daemon, state: 'backup', port: 8848 });
    await hear('BACKUP');
    expect(ipvs.syncing.get('backup')?.port).toBeUndefined();
    await hear('MASTER');
    expect(told.at(-1)).toContain('start-daemon master eth1');
    await syncing.stop();
    expect([...ipvs.syncing.values()]).toEqual([stranger]);
  });

  it('that the kernel refuses are tried again at the next change', async () => {
    const { ipvs, told, hear } = staged();
    ipvs.refuse.set('start-daemon backup eth1', 'ENOENT');
    await hear('BACKUP');
    expect(told).toHaveLength(1);
    ipvs.refuse.clear();
    await hear('MASTER');
    await hear('BACKUP');
    expect([...ipvs.syncing.keys()]).toEqual(['backup']);
  });

  it('without IPVS are a line in the log', async () => {
    const { told, syncing, trouble } = staged();
    trouble.opening = new KernelError('find the family IPVS', 2, 'ENOENT');
    await syncing.follow(both);
    expect(told).toEqual([expect.stringContaining('ENOENT')]);
    await syncing.stop();
  });

  it('are tried again in time whatever went wrong, which is told once and ends nothing', async () => {
    const { ipvs, told, syncing, clock, trouble } = staged();
    const later = async (): Promise<void> => {
      clock.advance(seconds(10));
      await syncing.follow(both);
    };
    trouble.opening = new TypeError('a fault of ours');
    await syncing.follow(both);
    await later();
    trouble.opening = undefined;
    ipvs.refuse.set('start-daemon backup eth1', 'EINVAL');
    await later();
    await later();
    expect(told.filter((line) => /fault|EINVAL/.test(line))).toHaveLength(2);
    ipvs.refuse.clear();
    clock.advance(seconds(10));
    await settled();
    expect([...ipvs.syncing.keys()].sort()).toEqual(['backup', 'master']);
    await syncing.stop();
  });
});
