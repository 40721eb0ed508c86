import { describe, expect, it } from 'vitest';
import {
  failed,
  filesOf,
  outcome,
  type Report,
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

  it('that is missing for a file leaves its failure', () => {
    expect(outcome(first, read(file('flaky', { elect: 'passed' }))).totals.failed).toBe(2);
  });
});
