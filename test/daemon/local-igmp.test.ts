import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalIgmp } from '#src/daemon/local-igmp.js';

describe('disable_local_igmp', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'igmp-'));
    file = join(folder, 'reports');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(['1', '0'])('leaves %s behind as it was', (former) => {
    writeFileSync(file, `${former}\n`);
    const igmp = new LocalIgmp(file);
    igmp.silence();
    expect(readFileSync(file, 'utf8').trim()).toBe('0');
    igmp.restore();
    expect(readFileSync(file, 'utf8').trim()).toBe(former);
  });

  it('does not touch what it has not changed', () => {
    const igmp = new LocalIgmp(file);
    expect(() => igmp.silence()).toThrow('ENOENT');
    igmp.restore();
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });
});
