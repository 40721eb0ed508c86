import type { Outcome } from '@keepalived-ts/netlink/client.js';
import type { Request } from '@keepalived-ts/netlink/message.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { Requests } from '#vrrp/shell/requests.js';

const request = (operation: string): Request => {
  return { operation, type: 0, flags: 0, payload: new Uint8Array(0) };
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('requests behind a guard', () => {
  let done: string[];
  let raising: boolean;
  let raised: (() => void)[];
  let answer: (() => void)[];
  let requests: Requests;
  beforeEach(() => {
    done = [];
    raising = false;
    raised = [];
    answer = [];
    const ok: Outcome = { ok: true, replies: [] };
    requests = new Requests(
      (batch) => {
        done.push(batch.map(({ operation }) => operation).join(' '));
        return new Promise((resolve) => void answer.push(() => resolve(batch.map(() => ok))));
      },
      {
        raise: () => (raising ? new Promise((resolve) => void raised.push(resolve)) : undefined),
        lower: () => done.push('lower'),
      },
    );
  });
  const ask = (operation: string): Promise<void> | undefined => {
    requests.add(request(operation), () => done.push(`${operation} answered`));
    return requests.flush();
  };

  it('wait until it is up, and it comes down when all are answered', async () => {
    raising = true;
    const asked = ask('a');
    await turn();
    expect([done, requests.settled]).toEqual([[], false]);
    raised[0]?.();
    await turn();
    expect(done).toEqual(['a']);
    answer[0]?.();
    await asked;
    expect([done, requests.settled]).toEqual([['a', 'a answered', 'lower'], true]);
  });

  it('never overtake each other: what comes later waits, too', async () => {
    raising = true;
    const first = ask('a');
    const second = ask('b');
    raising = false;
    const third = ask('c');
    raised[1]?.();
    await turn();
    expect(done).toEqual([]);
    raised[0]?.();
    await turn();
    expect(done).toEqual(['a', 'b', 'c']);
    for (const one of answer) one();
    await Promise.all([first, second, third]);
    expect(done.at(-1)).toBe('lower');
  });

  it('wait for nothing that is asked later', async () => {
    raising = true;
    const first = ask('a');
    void ask('b');
    raised[0]?.();
    await turn();
    expect(done).toEqual(['a']);
    answer[0]?.();
    await first;
    expect(done).toEqual(['a', 'a answered']);
  });

  it('keep it up while others are under way', async () => {
    const first = ask('a');
    const second = ask('b');
    answer[0]?.();
    await first;
    expect(done).toEqual(['a', 'b', 'a answered']);
    answer[1]?.();
    await second;
    expect(done.slice(3)).toEqual(['b answered', 'lower']);
  });

  it('that are none lower it at once', () => {
    expect(requests.flush()).toBeUndefined();
    expect(done).toEqual(['lower']);
  });
});
