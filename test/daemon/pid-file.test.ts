import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimPidFile } from '#src/daemon/pid-file.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pid-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const path = (): string => join(folder, 'k.pid');

describe('a pid file', () => {
  test('holds the pid and a newline, is readable by all, and goes when it is released', () => {
    const before = process.umask(0o177);
    const file = claimPidFile(path(), 4711);
    process.umask(before);
    expect(readFileSync(path(), 'utf8')).toBe('4711\n');
    expect(statSync(path()).mode & 0o777).toBe(0o644);
    file?.release();
    expect(existsSync(path())).toBe(false);
  });

  test('is refused while another holds it, and left as it is', () => {
    const file = claimPidFile(path(), 1);
    expect(claimPidFile(path(), 2)).toBeUndefined();
    expect(readFileSync(path(), 'utf8')).toBe('1\n');
    file?.release();
    const next = claimPidFile(path(), 2);
    expect(readFileSync(path(), 'utf8')).toBe('2\n');
    next?.release();
  });

  test('left over by a daemon that was killed is taken, whatever it contains', () => {
    writeFileSync(path(), '99999 and something longer\n');
    const file = claimPidFile(path(), 5);
    expect(readFileSync(path(), 'utf8')).toBe('5\n');
    file?.release();
  });

  test('removed by hand and claimed by another is not removed by us', () => {
    const ours = claimPidFile(path(), 1);
    rmSync(path());
    const theirs = claimPidFile(path(), 2);
    ours?.release();
    expect(readFileSync(path(), 'utf8')).toBe('2\n');
    theirs?.release();
  });

  test('needs its folder', () => {
    expect(() => claimPidFile(join(folder, 'run', 'k.pid'), 3)).toThrow('ENOENT');
  });

  test('is never written through a symbolic link', () => {
    writeFileSync(join(folder, 'victim'), 'precious');
    symlinkSync('victim', path());
    expect(() => claimPidFile(path(), 1)).toThrow('ELOOP');
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('precious');
  });

  test('is not a directory', () => {
    mkdirSync(path());
    expect(() => claimPidFile(path(), 1)).toThrow('EISDIR');
  });
});
