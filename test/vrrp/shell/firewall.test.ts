import { KernelError } from '@keepalived-ts/base/errors.js';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { linkOf } from '#test/support/lan.js';
import type { FirewallPlan } from '#vrrp/core/planned.js';
import type { Link } from '#vrrp/core/types.js';
import { Firewall } from '#vrrp/shell/firewall.js';
import { vip, vmac } from '../core/values.js';

const PLAN: FirewallPlan = {
  families: [4, 6],
  vmacs: [],
  table: 'keepalived',
  priority: -1,
  byIndex: false,
  counters: false,
};
const VIP = vip('10.0.0.1');
const gone = new KernelError('add elements', 2, 'ENOENT');
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the firewall', () => {
  /** Transactions in words: `anew` for those that make tables. */
  let done: string[];
  let refusals: KernelError[];
  let told: string[];
  /** Of the transactions that make tables: whether a rule has packets copied. */
  let copies: boolean[];
  let links: Map<string, Link>;
  let firewall: Firewall;

  const lower = async (): Promise<void> => {
    firewall.lower();
    await turn();
  };

  beforeEach(async () => {
    done = [];
    refusals = [];
    told = [];
    copies = [];
    links = new Map([['eth0', linkOf('eth0', 2, '10.0.0.9')]]);
    firewall = new Firewall({
      open: () => ({
        transaction: (requests) => {
          const words = requests.map(({ operation }) => operation);
          const tables = words.some((word) => word.startsWith('add chain')) ? ['anew'] : [];
          const rest = words.filter(
            (word) => /elements/.test(word) && !/neighbor-discovery|mld-report/.test(word),
          );
          if (tables.length > 0) {
            copies.push(requests.some(({ payload }) => Buffer.from(payload).includes('dup\0')));
          }
          const removed = tables.length + rest.length === 0 ? ['no tables'] : [];
          done.push([...tables, ...rest, ...removed].join(', '));
          const error = refusals.shift();
          return error ? Promise.reject(error) : Promise.resolve();
        },
        close: () => done.push('closed'),
      }),
      linkOf: (name) => links.get(name),
      refused: (operation, { code }) => told.push(`${operation} ${code}`),
    });
    firewall.follow(PLAN);
    await lower();
    expect(done.splice(0)).toEqual(['anew']);
    copies = [];
  });

  it('has its rules before the address and until it is told that all is gone', async () => {
    firewall.block('V', [VIP]);
    await firewall.raise();
    await lower();
    expect(done.splice(0)).toEqual(['add elements to ip keepalived vips']);
    firewall.unblock('V', [VIP]);
    expect(firewall.raise()).toBeUndefined();
    expect(done).toEqual([]);
    await lower();
    await lower();
    expect(done).toEqual(['delete elements of ip keepalived vips']);
  });

  it('keeps an address of two routers until both are without it', async () => {
    firewall.block('V', [VIP]);
    firewall.block('W', [vip('10.0.0.1', { interface: 'eth1' })]);
    await firewall.raise();
    firewall.unblock('V', [VIP]);
    await lower();
    expect(done.splice(0)).toEqual(['add elements to ip keepalived vips']);
    firewall.unblock('W', [VIP]);
    await lower();
    expect(done).toEqual(['delete elements of ip keepalived vips']);
  });

  it('does nothing for an address that comes back before its rule went', async () => {
    firewall.block('V', [VIP]);
    await firewall.raise();
    firewall.unblock('V', [VIP]);
    firewall.block('V', [VIP]);
    expect(firewall.raise()).toBeUndefined();
    await lower();
    expect(done).toEqual(['add elements to ip keepalived vips']);
  });

  it('makes everything anew when somebody has flushed the rule set', async () => {
    firewall.block('V', [VIP]);
    await firewall.raise();
    firewall.block('V', [vip('fe80::1')]);
    refusals.push(gone);
    await firewall.raise();
    expect(done.slice(1)).toEqual([
      'add elements to ip6 keepalived vips_link_local_name',
      'anew, add elements to ip keepalived vips, add elements to ip6 keepalived vips_link_local_name',
    ]);
    expect(told).toEqual([]);
  });

  it('tells once what the kernel refuses, and tries again every second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      refusals.push(gone, gone, gone);
      firewall.block('V', [VIP]);
      await firewall.raise();
      await lower();
      expect(firewall.raise()).toBeUndefined();
      expect(done.length).toBe(2);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(told).toEqual(['add elements ENOENT']);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(done.at(-1)).toBe('anew, add elements to ip keepalived vips');
      const attempts = done.length;
      await vi.advanceTimersByTimeAsync(5_000);
      expect(done.length).toBe(attempts);
    } finally {
      vi.useRealTimers();
    }
  });

  it('replaces its tables when a reload wants others, and removes them when it wants none', async () => {
    firewall.block('V', [VIP]);
    await firewall.raise();
    firewall.follow({ ...PLAN });
    await lower();
    expect(done.splice(0)).toEqual(['add elements to ip keepalived vips']);
    firewall.follow({ ...PLAN, table: 'other' });
    await lower();
    expect(done.splice(0)).toEqual(['anew, add elements to ip other vips']);
    firewall.follow(undefined);
    firewall.unblock('V', [VIP]);
    await lower();
    expect(done).toEqual(['no tables']);
  });

  it('follows an interface that gets another index, where that tells addresses apart', async () => {
    firewall.follow({ ...PLAN, byIndex: true });
    firewall.block('V', [vip('fe80::1')]);
    await firewall.raise();
    links.set('eth0', linkOf('eth0', 9, '10.0.0.9'));
    firewall.settle('eth0');
    await firewall.raise();
    await lower();
    expect(done).toEqual([
      'anew, add elements to ip6 keepalived vips_link_local',
      'delete elements of ip6 keepalived vips_link_local',
      'add elements to ip6 keepalived vips_link_local',
    ]);
  });

  it('keeps virtual MACs silent before they are there, whatever becomes of what they stand upon', async () => {
    const plan = { ...PLAN, vmacs: [4, 6] } as const;
    const macs = ['map', 'set'].map((kind) => `elements to ip6 keepalived vmac_${kind}`);
    firewall.follow(plan);
    await firewall.silence([vmac()]);
    expect(done.splice(0)).toEqual([
      `anew, add elements to ip keepalived vmac_map, add ${macs.join(', add ')}`,
    ]);
    links.set('eth0', linkOf('eth0', 9, '10.0.0.9'));
    firewall.settle('eth0');
    await firewall.raise();
    expect(done.splice(0)).toEqual([
      'delete elements of ip keepalived vmac_map',
      ...macs.map((mac) => `delete ${mac.replace(' to ', ' of ')}`),
      'add elements to ip keepalived vmac_map',
      ...macs.map((mac) => `add ${mac}`),
    ]);
    await firewall.silence([]);
    await lower();
    expect(done[0]).toBe('delete elements of ip keepalived vmac_map');
  });

  it('does without copies of packets where the kernel can make none', async () => {
    firewall.follow({ ...PLAN, vmacs: [4] });
    refusals.push(gone);
    await firewall.silence([vmac()]);
    expect([done.length, told]).toEqual([2, []]);
    expect(copies).toEqual([true, false]);
  });

  it('leaves the rules of addresses that stay at the end', async () => {
    firewall.block('V', [VIP]);
    await firewall.raise();
    firewall.close();
    expect(done).toEqual(['add elements to ip keepalived vips', 'closed']);
  });

  it('removes its tables at the end, at once', () => {
    firewall.close();
    expect(done).toEqual(['no tables', 'closed']);
  });
});
