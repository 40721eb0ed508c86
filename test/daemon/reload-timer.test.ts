import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReloadTimer } from '#src/daemon/reload-timer.js';
import { until } from '#test/support/wait.js';

const folder = mkdtempSync(join(tmpdir(), 'reload-timer-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'when');

describe('a reload at a time', () => {
  let said: string[];
  let reloads: number;
  let timer: ReloadTimer;
  beforeEach(() => {
    said = [];
    reloads = 0;
    timer = new ReloadTimer({
      log: ({ event }) => said.push(event),
      now: () => new Date(),
      reload: () => reloads++,
    });
  });
  afterEach(() => {
    timer.close();
    rmSync(file, { force: true });
  });
  /** A time of day two or three seconds from now, in whole seconds. */
  const soon = (): string => `${new Date(Date.now() + 3_000).toISOString().slice(11, 19)}Z\n`;

  it('comes at that time, and the file is gone then', async () => {
    timer.follow(file, false);
    writeFileSync(file, soon());
    await until('it reloads', () => reloads === 1);
    expect(existsSync(file)).toBe(false);
    expect(said[0]).toBe('reload-scheduled');
  });

  it('stands already when the daemon starts, and stays for the next day', async () => {
    writeFileSync(file, soon());
    timer.follow(file, true);
    await until('it reloads', () => reloads === 1);
    expect(existsSync(file)).toBe(true);
    expect(said).toEqual(['reload-scheduled', 'reload-scheduled']);
  });

  it('is called off with the file', async () => {
    writeFileSync(file, '2100-01-01 00:00:00Z');
    timer.follow(file, false);
    rmSync(file);
    await until('it is called off', () => said.includes('reload-unscheduled'));
    expect(said).toEqual(['reload-scheduled', 'reload-unscheduled']);
    expect(reloads).toBe(0);
  });

  it('is no more when a configuration names no such file', () => {
    writeFileSync(file, '2100-01-01 00:00:00Z');
    timer.follow(file, false);
    timer.follow(undefined, false);
    timer.follow(file, false);
    expect(said).toEqual(['reload-scheduled', 'reload-scheduled']);
  });

  it('is told about where the file makes no sense', () => {
    writeFileSync(file, 'tomorrow');
    timer.follow(file, false);
    timer.follow(join(folder, 'no', 'folder'), false);
    expect(said).toEqual(['reload-time-file', 'reload-time-file']);
  });
});
