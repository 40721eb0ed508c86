import { Malformed } from '@keepalived-ts/netlink/attributes.js';
import type { Message } from '@keepalived-ts/netlink/message.js';
import { listenMessage, parseProcEvent } from '@keepalived-ts/netlink/proc-events.js';
import { describe, expect, it } from 'vitest';

/** A message of the connector: what happened, and up to four words about it. */
function message(what: number, ...words: number[]): Message {
  const payload = Buffer.alloc(60);
  payload.writeUInt32LE(1, 0);
  payload.writeUInt32LE(1, 4);
  payload.writeUInt32LE(what, 20);
  words.forEach((word, i) => void payload.writeUInt32LE(word, 36 + 4 * i));
  return { type: 3, flags: 0, sequence: 0, port: 0, payload };
}

describe('news of processes', () => {
  it.each([
    ['an answer', message(0, 1), { what: 'acknowledged', error: 1 }],
    ['a fork', message(1, 7, 7, 8, 8), { what: 'forked', pid: 8, parent: 7 }],
    ['a fork by a thread', message(1, 9, 7, 8, 8), { what: 'forked', pid: 8, parent: 7 }],
    ['a new thread', message(1, 7, 7, 9, 7), undefined],
    ['a new program', message(2, 7, 7), { what: 'renamed', pid: 7 }],
    ['a new name', message(0x200, 9, 7), { what: 'renamed', pid: 7 }],
    ['an end', message(0x80000000, 7, 7), { what: 'ended', pid: 7 }],
    ['the end of a thread', message(0x80000000, 9, 7), undefined],
    ['another user', message(4, 7, 7), undefined],
  ])('%s', (_, given, expected) => {
    expect(parseProcEvent(given)).toEqual(expected);
  });

  it('that are cut short are garbage, those of another index are not ours', () => {
    const whole = message(1, 7, 7, 8, 8);
    for (const length of [0, 19, 43, 51]) {
      const cut = { ...whole, payload: whole.payload.subarray(0, length) };
      expect(parseProcEvent(cut)).toBeInstanceOf(Malformed);
    }
    const other = message(1, 7, 7, 8, 8);
    other.payload[0] = 4;
    expect(parseProcEvent(other)).toBeUndefined();
  });

  it('are asked for as <linux/cn_proc.h> says', () => {
    expect(Buffer.from(listenMessage()).toString('hex')).toBe(
      '28000000030000000100000000000000' + // struct nlmsghdr, NLMSG_DONE
        '01000000010000000000000000000000' + // CN_IDX_PROC, CN_VAL_PROC
        '0400000001000000', // 4 bytes: PROC_CN_MCAST_LISTEN
    );
  });
});
