import { KernelError } from '@keepalived-ts/base/errors.js';
import type { Outgoing } from '@keepalived-ts/raw-socket/index.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Outbox, type Parcel, type Sender } from '#vrrp/shell/outbox.js';

const error = (code: string): KernelError => new KernelError('sendmsg', 1, code);
const parcel = (owner: string, byte: number): Parcel => ({
  owner,
  what: `parcel ${byte}`,
  data: Uint8Array.of(byte),
});

/** A socket that takes what `answers` say: a number of messages, then an error. */
class Socket implements Sender {
  readonly calls: number[][] = [];
  writable: (() => void) | undefined;
  readonly answers: { sent: number; error: KernelError | undefined }[] = [];

  send(messages: readonly Outgoing[]): { sent: number; error: KernelError | undefined } {
    const answer = this.answers.shift() ?? { sent: messages.length, error: undefined };
    this.calls.push(messages.slice(0, answer.sent).map(({ data }) => data[0] ?? -1));
    return answer;
  }

  onWritable(handler: (() => void) | undefined): void {
    this.writable = handler;
  }
}

describe('the outbox', () => {
  let socket: Socket;
  let refused: [string, string][];
  let outbox: Outbox;

  beforeEach(() => {
    vi.useFakeTimers();
    socket = new Socket();
    refused = [];
    outbox = new Outbox(socket, ({ what }, { code }) => refused.push([what, code]), {
      replaces: true,
    });
  });
  afterEach(() => void vi.useRealTimers());

  it('sends everything of a turn in one call', () => {
    for (let i = 0; i < 3; i++) outbox.push(parcel('VI', i));
    outbox.flush();
    expect(socket.calls).toEqual([[0, 1, 2]]);
    expect(outbox.empty).toBe(true);
  });

  it('keeps what the kernel did not take and sends it when the socket is writable', () => {
    for (let i = 0; i < 4; i++) outbox.push(parcel(`VI_${i}`, i));
    socket.answers.push({ sent: 1, error: error('EAGAIN') });
    outbox.flush();
    outbox.flush();
    expect(socket.calls).toEqual([[0]]);
    socket.writable?.();
    expect(socket.calls).toEqual([[0], [1, 2, 3]]);
    expect(refused).toEqual([]);
  });

  it('waits a moment after ENOBUFS, which POLLOUT knows nothing of', () => {
    outbox.push(parcel('VI', 7));
    socket.answers.push({ sent: 0, error: error('ENOBUFS') });
    outbox.flush();
    expect(socket.writable).toBeUndefined();
    vi.advanceTimersByTime(5);
    expect(socket.calls).toEqual([[], [7]]);
  });

  it('gives back the parcel that was refused and goes on with the next', () => {
    for (let i = 0; i < 3; i++) outbox.push(parcel('VI', i));
    socket.answers.push({ sent: 1, error: error('EPERM') });
    outbox.flush();
    expect(refused).toEqual([['parcel 1', 'EPERM']]);
    expect(socket.calls).toEqual([[0], [2]]);
  });

  it('replaces a stale advert of the same instance to the same place while nothing goes out', () => {
    const advert = (owner: string, byte: number, what = 'to 10.0.0.2'): Parcel => ({
      ...parcel(owner, byte),
      what,
    });
    outbox.push(advert('A', 1));
    outbox.push(advert('A', 2, 'to 10.0.0.3'));
    outbox.push(advert('B', 3));
    socket.answers.push({ sent: 0, error: error('EAGAIN') });
    outbox.flush();
    outbox.push(advert('A', 4));
    socket.writable?.();
    expect(socket.calls.at(-1)).toEqual([2, 3, 4]);
  });

  it('sends both adverts of one instance when nothing is in the way', () => {
    outbox.push(parcel('A', 1));
    outbox.push(parcel('A', 2));
    outbox.flush();
    expect(socket.calls).toEqual([[1, 2]]);
  });

  it('forgets what an owner no longer wants to say', () => {
    outbox.push(parcel('A', 1));
    outbox.push(parcel('B', 2));
    outbox.drop('A');
    outbox.flush();
    expect(socket.calls).toEqual([[2]]);
  });

  it('sends nothing once closed', () => {
    outbox.push(parcel('A', 1));
    socket.answers.push({ sent: 0, error: error('ENOBUFS') });
    outbox.flush();
    outbox.close();
    vi.advanceTimersByTime(100);
    expect(socket.calls).toEqual([[]]);
  });
});
