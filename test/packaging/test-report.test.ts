import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import {
  failed,
  filesOf,
  outcome,
  type Report,
  strays,
  type TestFile,
} from '../../packaging/test-report.mjs';

/** A report of one file `/tree/NAME`, each test named with its status. */
const file = (name: string, tests: Record<string, string>, status = 'passed') => ({
  name: `/tree/${name}`,
  status: Object.values(tests).includes('failed') ? 'failed' : status,
  assertionResults: Object.entries(tests).map(([title, state]) => ({
    ancestorTitles: ['two routers'],
    title,
    status: state,
  })),
});
const read = (...testResults: ReturnType<typeof file>[]): Map<string, TestFile> =>
  filesOf({ testResults } satisfies Report, '/tree');

const first = read(
  file('good', { one: 'passed', two: 'skipped' }),
  file('flaky', { elect: 'failed', answer: 'passed' }),
  file('bad', { elect: 'failed', stop: 'passed' }),
  file('hook', { never: 'skipped' }, 'failed'),
);

describe('the report of a run', () => {
  it('counts the tests of each file, and a failed hook as one', () => {
    expect(first.get('good')).toEqual({ passed: 1, failures: [], skipped: 1 });
    expect(first.get('flaky')?.failures).toEqual(['two routers > elect']);
    expect(first.get('hook')).toEqual({
      passed: 0,
      failures: ['the file as a whole'],
      skipped: 1,
    });
    expect(failed(first)).toEqual(['flaky', 'bad', 'hook']);
    expect(filesOf({}, '/tree').size).toBe(0);
  });

  it('without a second try stands as it is', () => {
    expect(outcome(first, new Map())).toEqual({
      totals: { passed: 3, failed: 3, skipped: 2 },
      told: [],
    });
  });

  it('of a second try stands for the first, and each difference is told', () => {
    const second = read(
      file('flaky', { elect: 'passed', answer: 'passed' }),
      file('bad', { elect: 'failed', stop: 'failed' }),
      file('hook', { never: 'passed' }),
    );
    expect(outcome(first, second)).toEqual({
      totals: { passed: 4, failed: 2, skipped: 1 },
      told: [
        'passed at the second try: flaky > two routers > elect',
        'failed twice: bad > two routers > elect',
        'failed at the second try: bad > two routers > stop',
        'passed at the second try: hook > the file as a whole',
      ],
    });
  });

  it('has errors outside of any test, which no second try makes up for', () => {
    const good = read(file('good', { one: 'passed' }));
    expect(strays(first, 1, ['lost'])).toEqual(['outside of any test: lost']);
    expect(strays(first, 1, [])).toEqual([]);
    expect(strays(good, 1, [])).toEqual(['vitest has ended with status 1']);
    expect(strays(good, 0, [])).toEqual([]);
  });

  it('that is missing for a file leaves its failure', () => {
    expect(outcome(first, read(file('flaky', { elect: 'passed' }))).totals.failed).toBe(2);
  });
});

describe('vitest', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kt-strays-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const repository = fileURLToPath(new URL('../..', import.meta.url));

  it('tells the reporter of an error that nobody handled, beside a test that failed', () => {
    const vitest = join(repository, 'node_modules/vitest');
    const [errors, test] = [join(folder, 'errors.json'), join(folder, 'one.test.mjs')];
    writeFileSync(
      test,
      `import { test } from ${JSON.stringify(join(vitest, 'dist/index.js'))};
      test('fails', async () => {
        void Promise.reject(new Error('lost'));
        await new Promise((later) => setTimeout(later, 20));
        throw new Error('seen');
      });`,
    );
    const reporter = `--reporter=${join(repository, 'packaging/stray-errors.mjs')}`;
    const { status } = spawnSync(
      process.execPath,
      [join(vitest, 'vitest.mjs'), 'run', '--root', folder, reporter],
      { env: { ...process.env, STRAY_ERRORS: errors } },
    );
    expect(status).toBe(1);
    expect(JSON.parse(readFileSync(errors, 'utf8'))).toEqual(['lost']);
  }, 30_000);
});
