import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readCommand } from '#src/daemon/command-line.js';
import { spareWorkers } from '#src/daemon/spares.js';

const folder = mkdtempSync(join(tmpdir(), 'spares-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Which workers are created for a configuration file; they are dropped again. */
function created(file: string, ...options: string[]): string[] {
  return createdOn(2, file, ...options);
}

function createdOn(processors: number, file: string, ...options: string[]): string[] {
  const command = readCommand(['-f', file, ...options]);
  if (command.do !== 'run') throw new Error('no run');
  return Object.entries(spareWorkers(command.settings, processors)).flatMap(([part, spare]) => {
    spare?.drop();
    return spare ? [part] : [];
  });
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const both = file('both', 'vrrp_instance A {\n}\nvirtual_server fwmark 1 {\n}\n');

test('the parts that the file names and the command line allows', () => {
  expect(created(both)).toEqual(['vrrp', 'check']);
  expect(created(both, '--vrrp')).toEqual(['vrrp']);
  expect(created(both, '--check')).toEqual(['check']);
  expect(created(file('lvs', 'virtual_server 10.0.0.1 80 {\n}\n'))).toEqual(['check']);
});

test('none where they could not run while the parent reads', () => {
  expect(createdOn(1, both)).toEqual([]);
});

test('none for a file that is not there, or that includes it all', () => {
  expect(created(join(folder, 'missing'))).toEqual([]);
  expect(created(file('including', 'include *.conf\n'))).toEqual([]);
});

test('a pipe, which can be read only once, is left to who reads the configuration', () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  // Opening it would wait for a writer, for ever.
  expect(created(pipe)).toEqual([]);
});
