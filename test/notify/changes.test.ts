import { expect, test } from 'vitest';
import { type Change, superseded } from '#src/notify/changes.js';

const change = (state: string, passing = false): Change => ({
  object: 'INSTANCE VI_1',
  state,
  passing,
  programs: [],
});

test.each<[string, Change[], string[]]>([
  ['nothing', [], []],
  ['a single one', [change('MASTER')], []],
  ['states', [change('MASTER'), change('BACKUP'), change('MASTER')], ['MASTER', 'BACKUP']],
  ['a state before events', [change('MASTER'), change('LOWER', true)], []],
  [
    'events around a state',
    [change('LOWER', true), change('BACKUP'), change('LOWER', true)],
    ['LOWER'],
  ],
])('out of date among %s is what a later one of its kind follows', (_, changes, expected) => {
  expect(superseded(changes).map(({ state }) => state)).toEqual(expected);
});
