import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { expect, test } from 'vitest';
import { mistakeLine, newMistakes, startStatus } from '#src/daemon/verdict.js';

const mistake = (changes: Partial<Diagnostic>): Diagnostic => ({
  severity: 'error',
  class: 'general',
  message: 'wrong',
  ...changes,
});

test.each([
  ['file-missing', 6],
  ['missing-argument', 2],
  ['fatal', 2],
  ['general', undefined],
  ['unknown-keyword', undefined],
] as const)('a daemon whose file has a mistake of class %s ends with %s', (kind, status) => {
  expect(startStatus([mistake({ class: kind })])).toBe(status);
});

test('a mistake is new unless the configuration in use has it as often, wherever it stands', () => {
  const at = { file: '/etc/k.conf', line: 3, column: 7, length: 2 };
  const [one, moved] = [mistake({}), mistake({ at })];
  expect(newMistakes([moved], [one])).toEqual([]);
  expect(newMistakes([moved, one], [one])).toEqual([one]);
  expect(newMistakes([one], [mistake({ message: 'another' })])).toEqual([one]);
  expect(newMistakes([one], [mistake({ class: 'number' })])).toEqual([one]);
  expect(newMistakes([one], [mistake({ severity: 'warning' })])).toEqual([one]);
  expect(newMistakes([mistake({ severity: 'warning' })], [])).toEqual([]);
});

test('a mistake in the log says where it stands and what to do', () => {
  const at = { file: '/etc/k.conf', line: 3, column: 7, length: 2 };
  expect(mistakeLine(mistake({ at, hint: 'do it right' }))).toBe(
    '/etc/k.conf:3:7: wrong (do it right)',
  );
  expect(mistakeLine(mistake({}))).toBe('wrong');
});
