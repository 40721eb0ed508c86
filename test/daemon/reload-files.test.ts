import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { reloadFiles } from '#src/daemon/reload-files.js';

const folder = mkdtempSync(join(tmpdir(), 'reload-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);
const troubles: string[] = [];
const files = reloadFiles((file, reason) => troubles.push(`${file}: ${reason}`));

describe('the files of a reload', () => {
  it('mark that a configuration is read, and no longer', async () => {
    writeFileSync(path('marker'), 'from the last crash');
    const seen = await files.whileMarked(path('marker'), async () => statSync(path('marker')));
    expect([seen.size, existsSync(path('marker'))]).toEqual([0, false]);
    const failing = files.whileMarked(path('marker'), () => Promise.reject(new Error('bug')));
    await expect(failing).rejects.toThrow('bug');
    expect(existsSync(path('marker'))).toBe(false);
    expect(await files.whileMarked(undefined, async () => 5)).toBe(5);
  });

  it('do not stand in the way of the reload where they can not be made', async () => {
    symlinkSync(path('target'), path('link'));
    expect(await files.whileMarked(path('link'), async () => existsSync(path('target')))).toBe(
      false,
    );
    expect(troubles).toEqual([expect.stringContaining('ELOOP')]);
    expect(statSync(path('link'), { throwIfNoEntry: false })).toBeUndefined();
  });

  it('hold the mistakes that refused a configuration', () => {
    const mistake = { severity: 'error', class: 'general', message: 'it is wrong' } as const;
    expect(files.record(path('log'), [mistake], new Map())).toBeUndefined();
    expect(readFileSync(path('log'), 'utf8')).toContain('error: it is wrong');
    expect(files.record('/dev/null', [mistake], new Map())).toBeUndefined();
    expect(files.record(path('link'), [mistake], new Map())).toContain('ELOOP');
  });

  it('that a dead daemon left are cleared', () => {
    writeFileSync(path('left'), '');
    files.clear(path('left'));
    expect(existsSync(path('left'))).toBe(false);
    files.clear(path('left'));
    files.clear(undefined);
  });
});
