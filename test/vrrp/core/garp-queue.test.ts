import { milliseconds, seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import {
  enqueue,
  type GarpPaces,
  type GarpQueue,
  newGarpQueue,
  nextRelease,
  release,
  repaced,
  UNPACED,
  withdraw,
} from '#vrrp/core/garp-queue.js';
import { at, deeds, vip } from './values.js';

const vips = [vip('10.0.0.1'), vip('10.0.0.2')];
const announce = { do: 'announce', instance: 'V', addresses: vips, repeat: 2 } as const;
const paced = (changes: Partial<GarpPaces>): GarpQueue => newGarpQueue({ ...UNPACED, ...changes });
const filled = enqueue(paced({ arp: milliseconds(100) }), announce, at(0));

/** What goes, and when, until nothing waits any more. */
function drain(queue: GarpQueue): string[] {
  const gone: string[] = [];
  let current = queue;
  for (let now = nextRelease(current); now !== null; now = nextRelease(current)) {
    const [next, released] = release(current, now);
    gone.push(`${now / 1e6} ${deeds(released).join(', ')}`);
    current = next;
  }
  return gone;
}

describe('queued gratuitous ARPs', () => {
  it('go one by one, the list in order and as often as asked for', () => {
    expect(drain(filled)).toEqual([
      '0 announce 10.0.0.1 x1',
      '0.1 announce 10.0.0.2 x1',
      '0.2 announce 10.0.0.1 x1',
      '0.3 announce 10.0.0.2 x1',
    ]);
  });

  it('keep each interface waiting by itself', () => {
    const other = { ...announce, addresses: [vip('10.1.0.1', { interface: 'eth1' })], repeat: 1 };
    const [, released] = release(enqueue(filled, other, at(0)), at(0));
    expect(deeds(released)).toEqual(['announce 10.0.0.1 x1', 'announce 10.1.0.1 x1']);
  });

  it('keep their distance also from the last of the former announcement', () => {
    const empty = enqueue(paced({ arp: seconds(1) }), { ...announce, repeat: 1 }, at(0));
    const [first] = release(empty, at(0));
    const [second] = release(first, at(1));
    expect(nextRelease(enqueue(second, announce, at(1.5)))).toBe(at(2));
  });

  it('are withdrawn with their addresses, of that instance only', () => {
    const both = enqueue(filled, { ...announce, instance: 'W', repeat: 1 }, at(0));
    expect(drain(withdraw(both, 'V', vips.slice(0, 1)))).toEqual([
      '0 announce 10.0.0.2 x1',
      '0.1 announce 10.0.0.2 x1',
      '0.2 announce 10.0.0.1 x1',
      '0.3 announce 10.0.0.2 x1',
    ]);
    expect(nextRelease(withdraw(filled, 'V', vips))).toBeNull();
  });

  it('all go at once when a reload took the interval away', () => {
    const [left, released] = release(repaced(filled, UNPACED), at(0));
    expect(released).toHaveLength(4);
    expect(nextRelease(left)).toBeNull();
  });

  it('keep the distance of neighbour advertisements apart from theirs', () => {
    const six = { ...announce, addresses: [vip('fe80::1'), vip('10.0.0.1')] };
    const queue = paced({ arp: milliseconds(100), ndp: milliseconds(250) });
    expect(drain(enqueue(queue, six, at(0)))).toEqual([
      '0 announce fe80::1 x1, announce 10.0.0.1 x1',
      '0.1 announce 10.0.0.1 x1',
      '0.25 announce fe80::1 x1',
    ]);
  });

  it('share a line on the interfaces of a group, by its pace alone', () => {
    const group = { arp: milliseconds(500), ndp: seconds(0), interfaces: ['eth1', 'eth2'] };
    const addresses = ['eth0', 'eth1', 'eth2'].map((name, i) =>
      vip(`10.${i}.0.1`, { interface: name }),
    );
    const queue = paced({ arp: milliseconds(100), groups: [group] });
    expect(drain(enqueue(queue, { ...announce, addresses }, at(0)))).toEqual([
      '0 announce 10.0.0.1 x1, announce 10.1.0.1 x1',
      '0.1 announce 10.0.0.1 x1',
      '0.5 announce 10.2.0.1 x1',
      '1 announce 10.1.0.1 x1',
      '1.5 announce 10.2.0.1 x1',
    ]);
  });

  it('of virtual MACs keep the pace of the interface below', () => {
    const addresses = [vip('10.0.0.1'), vip('10.0.0.2', { interface: 'vrrp.51', base: 'eth0' })];
    const queue = paced({ arp: milliseconds(100) });
    expect(drain(enqueue(queue, { ...announce, addresses, repeat: 1 }, at(0)))).toEqual([
      '0 announce 10.0.0.1 x1',
      '0.1 announce 10.0.0.2 x1',
    ]);
  });

  it('do not pile up when announcements come faster than they may go', () => {
    const again = enqueue(filled, { ...announce, repeat: 1 }, at(0));
    expect(drain(again)).toHaveLength(4);
    const more = enqueue(filled, { ...announce, repeat: 3 }, at(0));
    expect(drain(more)).toHaveLength(6);
  });

  it('get in line anew when a reload makes a group of their interfaces', () => {
    const other = { ...announce, addresses: [vip('10.1.0.1', { interface: 'eth1' })], repeat: 1 };
    const both = enqueue(filled, other, at(0));
    const group = { arp: seconds(1), ndp: seconds(0), interfaces: ['eth0', 'eth1'] };
    expect(drain(repaced(both, { ...UNPACED, groups: [group] }))).toEqual([
      '0 announce 10.0.0.1 x1',
      '1 announce 10.0.0.2 x1',
      '2 announce 10.0.0.1 x1',
      '3 announce 10.0.0.2 x1',
      '4 announce 10.1.0.1 x1',
    ]);
  });
});
