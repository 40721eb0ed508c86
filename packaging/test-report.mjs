/**
 * What vitest's JSON reports say of each file, and what two tries of some files come to.
 */
import { relative } from 'node:path';

/** The failure of hooks and imports, which no test of the file is named in. */
const WHOLE = 'the file as a whole';

/** The files of a report, by their path below `root`. */
export function filesOf({ testResults = [] }, root) {
  return new Map(
    testResults.map(({ name, status, assertionResults: tests }) => {
      const passed = tests.filter((test) => test.status === 'passed').length;
      const failures = tests
        .filter((test) => test.status === 'failed')
        .map(({ ancestorTitles, title }) => [...ancestorTitles, title].join(' > '));
      const skipped = tests.length - passed - failures.length;
      if (failures.length === 0 && status === 'failed') failures.push(WHOLE);
      return [relative(root, name), { passed, failures, skipped }];
    }),
  );
}

/** The files that have failed. */
export const failed = (files) =>
  [...files].filter(([, { failures }]) => failures.length > 0).map(([file]) => file);

/**
 * What went wrong outside of any test, as words: no second try makes up for it. `errors` are those
 * that vitest knows; a run that failed for no reason in `files` counts as one more.
 */
export function strays(files, status, errors) {
  if (errors.length > 0) return errors.map((message) => `outside of any test: ${message}`);
  const isExplained = status === 0 || failed(files).length > 0;
  return isExplained ? [] : [`vitest has ended with status ${status}`];
}

/** Totals, where the second try of a file stands for its first one, and what is to be told of it. */
export function outcome(first, second) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const told = [];
  for (const [file, once] of first) {
    const again = second.get(file);
    const { passed, failures, skipped } = again ?? once;
    totals.passed += passed;
    totals.failed += failures.length;
    totals.skipped += skipped;
    if (again === undefined) continue;
    for (const test of once.failures) {
      const how = failures.includes(test) ? 'failed twice' : 'passed at the second try';
      told.push(`${how}: ${file} > ${test}`);
    }
    for (const test of failures.filter((name) => !once.failures.includes(name))) {
      told.push(`failed at the second try: ${file} > ${test}`);
    }
  }
  return { totals, told };
}
