import { describe, expect, test } from 'vitest';
import { splitArguments } from '#src/daemon/getopt.js';

const given = (...argv: string[]): unknown[] =>
  splitArguments(argv).given.map(({ option, value }) =>
    value === undefined ? option : [option, value],
  );

describe('arguments are told apart as getopt_long does', () => {
  test.each<[string[], unknown[]]>([
    [
      ['-n', '-l'],
      ['dont-fork', 'log-console'],
    ],
    [['-lnDD'], ['log-console', 'dont-fork', 'log-detail', 'log-detail']],
    [['-f', '/a'], [['use-file', '/a']]],
    [['-f/a'], [['use-file', '/a']]],
    [['-nf/a'], ['dont-fork', ['use-file', '/a']]],
    [
      ['-nf', '/a'],
      ['dont-fork', ['use-file', '/a']],
    ],
    [['--use-file=/a'], [['use-file', '/a']]],
    [['--use-file', '/a'], [['use-file', '/a']]],
    [['-f', '-n'], [['use-file', '-n']]],
    [['--signum=STOP'], [['signum', 'STOP']]],
    [['--signum', 'STOP'], [['signum', 'STOP']]],
    [
      ['-p', 'x', '--vrrp_pid=y'],
      [
        ['pid', 'x'],
        ['vrrp_pid', 'y'],
      ],
    ],
  ])('%j', (argv, expected) => expect(given(...argv)).toEqual(expected));

  test('an optional argument counts only when it is attached', () => {
    expect(splitArguments(['-g', '/log'])).toEqual({
      given: [{ option: 'log-file', value: undefined }],
      surplus: ['/log'],
    });
    expect(given('-g/log')).toEqual([['log-file', '/log']]);
    expect(given('-lg/log')).toEqual(['log-console', ['log-file', '/log']]);
    expect(given('--log-file=/log', '-t')).toEqual([['log-file', '/log'], 'config-test']);
    expect(given('-t/out', '-t')).toEqual([['config-test', '/out'], 'config-test']);
  });

  test('a long name may be cut short while only one option begins with it', () => {
    expect(given('--dont-f')).toEqual(['dont-fork']);
    expect(given('--vrrp')).toEqual(['vrrp']);
    expect(splitArguments(['--log']).mistake?.message).toBe(
      'Option --log is ambiguous: --log-console --log-detail --log-facility --log-file --log-format',
    );
  });

  test('words that are no options are kept, options behind them are read, up to --', () => {
    expect(splitArguments(['one', '-n', '-', '--', '-l'])).toEqual({
      given: [{ option: 'dont-fork', value: undefined }],
      surplus: ['one', '-', '-l'],
    });
  });

  test.each([
    [['-Z'], 'Unknown option -Z'],
    [['-nZ'], 'Unknown option -Z'],
    [['--colour'], 'Unknown option --colour'],
    [['-f'], 'Missing parameter for option -f'],
    [['--pid'], 'Missing parameter for option --pid'],
    [['--dont-fork=yes'], 'Option --dont-fork takes no parameter'],
  ])('%j: %s', (argv, message) => expect(splitArguments(argv).mistake?.message).toBe(message));
});
