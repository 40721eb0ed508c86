import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { WatchedFile } from '#src/files/watch.js';
import { until } from '#test/support/wait.js';

const undo: (() => void)[] = [];
afterEach(() => {
  for (const action of undo.splice(0)) action();
});

async function watching(path: (folder: string) => string, first?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'watched-'));
  const file = join(folder, 'number');
  if (first !== undefined) writeFileSync(file, first);
  const told: number[] = [];
  const troubles: string[] = [];
  const watched = new WatchedFile(path(folder), {
    number: (value) => void told.push(value),
    trouble: (reason) => void troubles.push(reason),
  });
  undo.push(
    () => watched.close(),
    () => rmSync(folder, { recursive: true, force: true }),
  );
  await watched.start();
  const tells = (...all: number[]) =>
    until(`${all} are told`, () => JSON.stringify(told) === JSON.stringify(all));
  return { folder, file, told, troubles, tells };
}
const plainly = (folder: string): string => join(folder, 'number');

describe('a watched file', () => {
  it('tells its number when it is there from the start', async () => {
    const { told } = await watching(plainly, '7\n');
    expect(told).toEqual([7]);
  });

  it('is 0 until it comes, and again when it has gone', async () => {
    const { file, tells } = await watching(plainly);
    await tells(0);
    writeFileSync(file, '5');
    await tells(0, 5);
    rmSync(file);
    await tells(0, 5, 0);
  });

  it('tells what is written into it, or moved in its place, and nothing twice', async () => {
    const { folder, file, tells } = await watching(plainly, '1');
    writeFileSync(file, '2');
    await tells(1, 2);
    writeFileSync(join(folder, 'other'), '3');
    renameSync(join(folder, 'other'), file);
    await tells(1, 2, 3);
    writeFileSync(file, '3 again');
    writeFileSync(file, '4');
    await tells(1, 2, 3, 4);
  });

  it('is not 0 because it is being written', async () => {
    const { file, tells } = await watching(plainly, '1');
    writeFileSync(file, '');
    await new Promise((next) => setTimeout(next, 50));
    writeFileSync(file, '2');
    await tells(1, 2);
  });

  it('keeps its number when what is written is out of range, and says so', async () => {
    const { file, told, troubles } = await watching(plainly, '1');
    writeFileSync(file, '99999999999');
    await until('it is said', () => troubles.length > 0);
    expect(told).toEqual([1]);
    expect(troubles).toEqual(['its number is out of range']);
  });

  it('is found behind a symbolic link', async () => {
    const { file, tells } = await watching((folder) => {
      symlinkSync(join(folder, 'number'), join(folder, 'link'));
      return join(folder, 'link');
    }, '1');
    writeFileSync(file, '2');
    await tells(1, 2);
  });

  it('in a folder that is not there is 0, and that is said', async () => {
    const { told, troubles } = await watching((folder) => join(folder, 'no', 'number'));
    expect(told).toEqual([0]);
    expect(troubles[0]).toContain('ENOENT');
  });
});
