import { chmodSync, chownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reveal } from '@keepalived-ts/base/secret.js';
import { afterAll, expect, test } from 'vitest';
import { secretOf } from '#src/notify/private-file.js';

const folder = mkdtempSync(join(tmpdir(), 'kt-secret-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string, mode = 0o600): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};

test('the first line of a private file is the secret', () => {
  const found = secretOf(file('good', 's3 cret\nmore\n'));
  expect(typeof found === 'object' && reveal(found).toString()).toBe('s3 cret');
});

test.each([
  ['others may read', file('open', 'x\n', 0o640), /mode 640\): chmod 600 .*open$/],
  ['is empty', file('empty', '\n'), /its first line is empty/],
  ['is not there', join(folder, 'none'), /ENOENT/],
  ['is a directory', folder, /not a regular file/],
])('a file that %s is none', (_, path, reason) => {
  expect(secretOf(path)).toMatch(reason);
});

test('a symbolic link is not followed', () => {
  const link = join(folder, 'link');
  symlinkSync(file('target', 'x\n'), link);
  expect(secretOf(link)).toBe('it is a symbolic link');
});

test.runIf(process.getuid?.() === 0)('a file of somebody else is not believed', () => {
  const path = file('theirs', 'x\n');
  chownSync(path, 1, 1);
  expect(secretOf(path)).toBe(`it belongs to user 1: chown root ${path}`);
});
