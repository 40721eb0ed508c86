import { describe, expect, test } from 'vitest';
import { calls, type NoticeBoard } from '#src/daemon/notices.js';
import type { Notice } from '#src/ipc/messages.js';

const at = { file: 'k.conf', line: 1, column: 1, length: 1 };
const command = (...argv: string[]) => ({ argv, user: undefined, group: undefined, at });

/** Only what notices look at; the rest of a block is of no interest here. */
const board = {
  instance: new Map([
    [
      'VI_1',
      {
        name: 'VI_1',
        notify_master: command('/m', 'with args'),
        notify_stop: command('/s'),
        notify: { ...command('/n', 'x'), user: 'ops' },
        notify_deleted: command('/d'),
        notify_master_rx_lower_pri: command('/weaker'),
      },
    ],
    ['quiet', { name: 'quiet', notify_deleted: 'no-script' }],
  ]),
  group: new Map([['G', { name: 'G', notify_fault: command('/f'), notify: command('/g') }]]),
} as unknown as NoticeBoard;

const argvs = (...args: Parameters<typeof calls>): (readonly string[])[] =>
  calls(...args).commands.map(({ argv }) => argv);

describe('a change of an instance', () => {
  test('runs the script of the state as configured, then notify with what happened', () => {
    const notice = { of: 'instance', name: 'VI_1', state: 'MASTER', priority: 120 } as const;
    const group = undefined;
    const general = ['/n', 'x', 'INSTANCE', 'VI_1', 'MASTER', '120'];
    expect(calls(notice, board)).toEqual({
      object: 'INSTANCE VI_1',
      state: 'MASTER',
      passing: false,
      commands: [
        { argv: ['/m', 'with args'], user: undefined, group },
        { argv: general, user: 'ops', group },
      ],
    });
  });

  test.each([
    ['BACKUP', [['/n', 'x', 'INSTANCE', 'VI_1', 'BACKUP', '0']]],
    ['STOP', [['/s'], ['/n', 'x', 'INSTANCE', 'VI_1', 'STOP', '0']]],
    ['DELETED', [['/d'], ['/n', 'x', 'INSTANCE', 'VI_1', 'DELETED', '0']]],
    ['MASTER_RX_LOWER_PRI', [['/weaker']]],
    ['MASTER_PRIORITY', []],
  ])('to %s', (state, expected) => {
    expect(argvs({ of: 'instance', name: 'VI_1', state, priority: 0 }, board)).toEqual(expected);
  });

  test('of a weaker router that was heard is no state', () => {
    const notice = { of: 'instance', name: 'VI_1', state: 'MASTER_RX_LOWER_PRI', priority: 120 };
    expect(calls(notice as Notice, board)).toMatchObject({ passing: true });
  });

  test.each(['quiet', 'unknown'])('of %s runs nothing', (name) => {
    expect(argvs({ of: 'instance', name, state: 'DELETED', priority: 1 }, board)).toEqual([]);
  });
});

test('a change of a sync group runs its programs, and says GROUP', () => {
  expect(argvs({ of: 'group', name: 'G', state: 'FAULT', priority: 0 }, board)).toEqual([
    ['/f'],
    ['/g', 'GROUP', 'G', 'FAULT', '0'],
  ]);
});

describe('a change of a service or server', () => {
  const service = '[10.0.0.1]:tcp:80';
  const server = '[10.1.1.1]:tcp:80';

  test('runs the program that comes with it', () => {
    const script = { argv: ['/q', 'up'], user: 'ops', group: undefined };
    expect(calls({ of: 'virtual-server', service, state: 'UP', script }, board)).toMatchObject({
      object: `VS ${service}`,
      state: 'UP',
      commands: [script],
    });
    expect(
      calls({ of: 'real-server', service, server, state: 'DOWN', script }, board),
    ).toMatchObject({ object: `RS ${service} ${server}`, state: 'DOWN', commands: [script] });
  });

  test('without a program runs nothing', () => {
    const notice = { of: 'real-server', service, server, state: 'UP', script: undefined } as const;
    expect(argvs(notice, board)).toEqual([]);
  });
});
