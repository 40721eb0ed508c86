import { expect, it } from 'vitest';
import { verdictDocument } from '#src/config/verdict-document.js';
import { loadText } from '#test/support/config.js';

it('the document of -t --format json has these fields and no others', () => {
  const at = { file: 'k.conf', line: 3, column: 5, length: 2 };
  const origin = { file: 'k.conf', line: 1, column: 4, length: 9 };
  const verdict = verdictDocument('k.conf', [
    { severity: 'error', class: 'number', message: 'wrong', hint: 'right', at: { ...at, origin } },
    { severity: 'warning', class: 'advice', code: 'vip-without-mask', message: 'hm', at },
    { severity: 'warning', class: 'general', message: 'of nothing', ofBlock: true },
  ]);
  expect(verdict).toEqual({
    file: 'k.conf',
    exitCode: 5,
    usable: true,
    diagnostics: [
      { severity: 'error', class: 'number', message: 'wrong', hint: 'right', ...at, origin },
      {
        severity: 'advice',
        class: 'advice',
        code: 'vip-without-mask',
        message: 'hm',
        ...at,
        docs: 'docs/warnings.md#vip-without-mask',
      },
      { severity: 'warning', class: 'general', message: 'of nothing' },
    ],
    counts: { errors: 1, warnings: 1, advice: 1 },
  });
});

it('it holds no secret of a line that is wrong', () => {
  const { diagnostics } = loadText(
    'vrrp_instance A {\n  authentication {\n    auth_pas "s3cret\n    auth_pass "s3cret\n  }\n}\n',
  );
  expect(diagnostics.length).toBeGreaterThan(1);
  expect(JSON.stringify(verdictDocument('k.conf', diagnostics))).not.toContain('s3cret');
});
