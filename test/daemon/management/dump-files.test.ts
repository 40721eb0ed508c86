import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import { dataFile, writeWhole } from '#src/daemon/management/dump-files.js';

const globals = (lines: Partial<GlobalDefsConfig>): GlobalDefsConfig => lines as GlobalDefsConfig;
const places = { temporary: '/tmp', instance: undefined, namespace: undefined };

describe('the file of a data dump', () => {
  it.each([
    [{}, '', '/tmp/keepalived.data'],
    [{}, '_parent', '/tmp/keepalived_parent.data'],
    [{ state_dump_file: 'state.txt' }, '_check', '/tmp/state_check.txt'],
    [{ state_dump_file: '/var/lib/k/' }, '', '/var/lib/k/keepalived.data'],
    [{ state_dump_file: '/var/lib/k/state' }, '_parent', '/var/lib/k/state_parent'],
  ] as const)('%j of %j', (lines, part, file) => {
    expect(dataFile({ ...places, globals: globals(lines) }, part)).toBe(file);
  });

  it('has the names of the instance and the namespace only where that is asked for', () => {
    const named = { temporary: '/tmp', instance: 'blue', namespace: 'ns1' };
    expect(dataFile({ ...named, globals: globals({}) }, '')).toBe('/tmp/keepalived.data');
    const on = globals({ data_use_instance: true });
    expect(dataFile({ ...named, globals: on }, '_parent')).toBe(
      '/tmp/keepalived_parent.ns1_blue.data',
    );
    expect(dataFile({ ...places, instance: 'blue', globals: on }, '')).toBe(
      '/tmp/keepalived.blue.data',
    );
  });
});

describe('a dump is written', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dump-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('for its owner only, and leaves nothing else behind', async () => {
    const file = join(folder, 'x');
    await writeWhole(file, 'one');
    await writeWhole(file, 'two');
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect(lstatSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['x']);
  });

  it('in the place of a symbolic link, never through it', async () => {
    const [file, other] = [join(folder, 'x'), join(folder, 'other')];
    await writeWhole(other, 'precious');
    symlinkSync(other, file);
    await writeWhole(file, 'dump');
    expect(lstatSync(file).isFile()).toBe(true);
    expect(readFileSync(other, 'utf8')).toBe('precious');
  });

  it('nowhere when that is impossible, which is told', async () => {
    await expect(writeWhole(join(folder, 'missing', 'x'), 'text')).rejects.toThrow('ENOENT');
    await writeWhole(join(folder, 'x'), 'text');
    await expect(writeWhole(folder, 'text')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['x']);
  });
});
