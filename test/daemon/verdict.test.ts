import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { expect, test } from 'vitest';
import { mayReload, mistakeLine, startStatus } from '#src/daemon/verdict.js';

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

test('any error keeps the old configuration at a reload, a warning does not', () => {
  expect(mayReload([mistake({})])).toBe(false);
  expect(mayReload([mistake({ severity: 'warning' })])).toBe(true);
});

test('a mistake in the log says where it stands and what to do', () => {
  const at = { file: '/etc/k.conf', line: 3, column: 7, length: 2 };
  expect(mistakeLine(mistake({ at, hint: 'do it right' }))).toBe(
    '/etc/k.conf:3:7: wrong (do it right)',
  );
  expect(mistakeLine(mistake({}))).toBe('wrong');
});
