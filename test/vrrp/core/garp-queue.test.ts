import { milliseconds, seconds } from '@keepalived-ts/base/time.js';
import { describe, expect, it } from 'vitest';
import {
  enqueue,
  type GarpQueue,
  newGarpQueue,
  nextRelease,
  release,
  withdraw,
} from '#vrrp/core/garp-queue.js';
import { at, deeds, vip } from './values.js';

const vips = [vip('10.0.0.1'), vip('10.0.0.2')];
const announce = { do: 'announce', instance: 'V', addresses: vips, repeat: 2 } as const;
const filled = enqueue(newGarpQueue(milliseconds(100)), announce, at(0));

/** What goes, and when, until nothing waits any more. */
function drain(queue: GarpQueue): string[] {
  const gone: string[] = [];
  let current = queue;
  for (let now = nextRelease(current); now !== null; now = nextRelease(current)) {
    const [next, released] = release(current, now);
    for (const deed of deeds(released)) gone.push(`${now / 1e6} ${deed}`);
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
    const empty = enqueue(newGarpQueue(seconds(1)), { ...announce, repeat: 1 }, at(0));
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
    const [left, released] = release({ ...filled, interval: seconds(0) }, at(0));
    expect(released).toHaveLength(4);
    expect(nextRelease(left)).toBeNull();
  });
});
