#!/usr/bin/env node
/**
 * Runs every test that this machine can run, says what it leaves out and why, and closes with
 * one line of totals. Arguments go to vitest (`npm test -- test/vrrp`).
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failed, filesOf, outcome, strays } from './test-report.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const results = join(root, 'test-results');
const isRoot = process.getuid?.() === 0;
/**
 * Lanes run side by side, the runs of a lane one after the other: the lab's kernel has one
 * processor and takes the longest, so that the others get by with what is left.
 */
const here = [['pure', 'fuzz'], ...(isRoot ? [['netns']] : [])];
const lab = isRoot ? [['lab']] : [];
const lanes = availableParallelism() > 1 ? [here, lab] : [[...here, ...lab]];
if (!isRoot) {
  console.log('Not root: only the pure tests and the fuzz tests run. Left out, and why:');
  console.log('  test/netns, test/interop, test/tutorials');
  console.log('                            need network namespaces (CAP_SYS_ADMIN, CAP_NET_ADMIN)');
  console.log(
    '  test/lab                  needs root inside a User Mode Linux on this file system',
  );
  console.log('Run `sudo npm test` for all of them.\n');
}
mkdirSync(results, { recursive: true });
const isPure = ([first]) => first === 'pure';

/**
 * Runs vitest's projects, or only some of their files; what it prints is seen at once or comes back.
 *
 * Tests that watch no kernel make way for those that do.
 */
async function run(projects, isSeen, asked = process.argv.slice(2), tail = '') {
  const name = join(results, `${projects.join('-')}${tail}`);
  const [report, errors] = [`${name}.json`, `${name}-errors.json`];
  for (const file of [report, errors]) rmSync(file, { force: true });
  const vitest = spawn(
    'nice',
    [
      ...[`--adjustment=${isPure(projects) ? 10 : 0}`, 'npx'],
      ...['--no-install', 'vitest', 'run', '--passWithNoTests'],
      ...projects.flatMap((name) => ['--project', name]),
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      '--reporter=./packaging/stray-errors.mjs',
      ...asked,
    ],
    {
      cwd: root,
      stdio: ['ignore', isSeen ? 'inherit' : 'pipe', isSeen ? 'inherit' : 'pipe'],
      // Everything was built before this program (package.json).
      env: { ...process.env, STRAY_ERRORS: errors, KEEP_BUILD: '1' },
    },
  );
  const printed = [];
  for (const stream of [vitest.stdout, vitest.stderr]) stream?.on('data', (d) => printed.push(d));
  const status = await new Promise((ended) => vitest.on('close', ended));
  const read = (file) => existsSync(file) && JSON.parse(readFileSync(file, 'utf8'));
  const files = filesOf(read(report) || {}, root);
  return {
    projects,
    printed: Buffer.concat(printed),
    files,
    strays: strays(files, status, read(errors) || []),
  };
}

async function runAll(lane, isSeen) {
  const ended = [];
  for (const projects of lane) ended.push(await run(projects, isSeen));
  return ended;
}

const runs = (await Promise.all(lanes.map((lane, i) => runAll(lane, i === 0)))).flat();
for (const { printed } of runs) process.stdout.write(printed);
/** Tests of the kernel feel who else uses the machine: what failed is tried again, alone. */
const again = new Map();
for (const { projects, files } of [...runs]) {
  if (isPure(projects) || failed(files).length === 0) continue;
  console.log(`\nOnce more, with nothing beside them: ${failed(files).join(', ')}\n`);
  const second = await run(projects, true, failed(files), '-again');
  runs.push({ files: new Map(), strays: second.strays });
  for (const [file, counts] of second.files) again.set(file, counts);
}
const { totals, told } = outcome(new Map(runs.flatMap(({ files }) => [...files])), again);
for (const { strays: errors } of runs) {
  totals.failed += errors.length;
  told.push(...errors);
}
console.log(['', ...told].join('\n'));
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 ? 0 : 1);
