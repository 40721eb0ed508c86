#!/usr/bin/env node
/**
 * Runs every test that this machine can run, says what it leaves out and why, and closes with
 * one line of totals. Arguments go to vitest (`npm test -- test/vrrp`).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const results = join(root, 'test-results');
const isRoot = process.getuid?.() === 0;
/** One after the other: tests of timing in namespaces want the machine to themselves. */
const phases = isRoot ? [['pure', 'fuzz'], ['netns'], ['lab']] : [['pure', 'fuzz']];
if (!isRoot) {
  console.log('Not root: only the pure tests and the fuzz tests run. Left out, and why:');
  console.log('  test/netns, test/interop  need network namespaces (CAP_SYS_ADMIN, CAP_NET_ADMIN)');
  console.log(
    '  test/lab                  needs root inside a User Mode Linux on this file system',
  );
  console.log('Run `sudo npm test` for all of them.\n');
}
mkdirSync(results, { recursive: true });
const totals = { passed: 0, failed: 0, skipped: 0 };
for (const projects of phases) {
  const report = join(results, `${projects.join('-')}.json`);
  rmSync(report, { force: true });
  const { status } = spawnSync(
    'npx',
    [
      ...['--no-install', 'vitest', 'run', '--passWithNoTests'],
      ...projects.flatMap((name) => ['--project', name]),
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      ...process.argv.slice(2),
    ],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
  totals.passed += counts.numPassedTests ?? 0;
  totals.failed += counts.numFailedTests ?? 0;
  totals.skipped += counts.numPendingTests ?? 0;
  // Errors outside of a test (an import that fails, an unhandled rejection) count as one.
  if (status !== 0 && !counts.numFailedTests) totals.failed += 1;
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 ? 0 : 1);
