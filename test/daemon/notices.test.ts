import { describe, expect, test } from 'vitest';
import { calls, type NoticeBoard } from '#src/daemon/notices.js';

const at = { file: 'k.conf', line: 1, column: 1, length: 1 };
const command = (...argv: string[]) => ({ argv, user: undefined, group: undefined, at });

/** Only what notices look at; the rest of a block is of no interest here. */
const board = {
  instances: new Map([
    [
      'VI_1',
      {
        name: 'VI_1',
        notify_master: command('/m', 'with args'),
        notify_stop: command('/s'),
        notify: { ...command('/n', 'x'), user: 'ops' },
      },
    ],
    ['quiet', { name: 'quiet' }],
  ]),
  services: new Map([
    [
      '[10.0.0.1]:tcp:80',
      {
        name: '[10.0.0.1]:tcp:80',
        config: { quorum_up: command('/q', 'up'), quorum_down: command('/q', 'down') },
        realServers: [
          { name: '[10.1.1.1]:tcp:80', config: { notify_down: command('/rs') } },
          { name: '[10.1.1.2]:tcp:80', config: {} },
        ],
      },
    ],
  ]),
} as unknown as NoticeBoard;

const argvs = (...args: Parameters<typeof calls>): (readonly string[])[] =>
  calls(...args).map(({ argv }) => argv);

describe('a change of an instance', () => {
  test('runs the script of the state as configured, then notify with what happened', () => {
    const notice = { of: 'instance', name: 'VI_1', state: 'MASTER', priority: 120 } as const;
    expect(calls(notice, board)).toEqual([
      { object: 'INSTANCE VI_1', argv: ['/m', 'with args'], user: undefined, group: undefined },
      {
        object: 'INSTANCE VI_1',
        argv: ['/n', 'x', 'INSTANCE', 'VI_1', 'MASTER', '120'],
        user: 'ops',
        group: undefined,
      },
    ]);
  });

  test.each([
    ['BACKUP', [['/n', 'x', 'INSTANCE', 'VI_1', 'BACKUP', '0']]],
    ['STOP', [['/s'], ['/n', 'x', 'INSTANCE', 'VI_1', 'STOP', '0']]],
  ])('to %s', (state, expected) => {
    expect(argvs({ of: 'instance', name: 'VI_1', state, priority: 0 }, board)).toEqual(expected);
  });

  test.each(['quiet', 'unknown'])('of %s runs nothing', (name) => {
    expect(argvs({ of: 'instance', name, state: 'MASTER', priority: 1 }, board)).toEqual([]);
  });
});

describe('a change of a service', () => {
  const service = '[10.0.0.1]:tcp:80';

  test.each([
    ['UP', ['/q', 'up']],
    ['DOWN', ['/q', 'down']],
  ] as const)('%s runs the quorum script', (state, argv) => {
    expect(argvs({ of: 'virtual-server', service, state }, board)).toEqual([argv]);
  });

  test('of a real server runs the script of that server only', () => {
    const down = (server: string) =>
      ({ of: 'real-server', service, server, state: 'DOWN' }) as const;
    expect(argvs(down('[10.1.1.1]:tcp:80'), board)).toEqual([['/rs']]);
    expect(argvs(down('[10.1.1.2]:tcp:80'), board)).toEqual([]);
    expect(argvs({ ...down('[10.1.1.1]:tcp:80'), state: 'UP' }, board)).toEqual([]);
  });
});
