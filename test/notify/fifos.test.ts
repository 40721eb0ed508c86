import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FifoNews, type FifoSettings, Fifos } from '#src/notify/fifos.js';
import { until } from '#test/support/wait.js';

const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const isRoot = self.uid === 0;
const nobody = { uid: 65534, gid: 65534 };

let folder: string;
let news: FifoNews[];
let fifos: Fifos;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kt-fifo-'));
  news = [];
  fifos = new Fifos({ PATH: process.env.PATH }, (one) => news.push(one));
});
afterEach(async () => {
  await fifos.close();
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const all = (path: string, more: Partial<FifoSettings> = {}): FifoSettings => ({
  scope: 'all',
  path,
  account: self,
  script: undefined,
  ...more,
});
const script = (...lines: string[]): string => {
  const path = at('reader');
  writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
  return path;
};
const text = (name: string): string => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : '');
/** What waits in a fifo, which stays open. */
function pending(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const bytes = Buffer.alloc(1 << 17);
    return bytes.toString('utf8', 0, readSync(fd, bytes));
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'EAGAIN') return '';
    throw e;
  } finally {
    closeSync(fd);
  }
}

describe('a fifo', () => {
  test('is made, holds the lines until somebody reads, and is removed at the end', async () => {
    await fifos.follow([all(at('f'))]);
    expect(statSync(at('f')).isFIFO()).toBe(true);
    expect(statSync(at('f')).mode & 0o133).toBe(0);
    fifos.tell({ scope: 'vrrp', text: 'one\n' });
    fifos.tell({ scope: 'lvs', text: 'two\n' });
    expect(pending(at('f'))).toBe('one\ntwo\n');
    await fifos.close();
    expect(existsSync(at('f'))).toBe(false);
    expect(news).toEqual([]);
  });

  test('of one part gets its lines only', async () => {
    await fifos.follow([all(at('v'), { scope: 'vrrp' }), all(at('l'), { scope: 'lvs' })]);
    fifos.tell({ scope: 'vrrp', text: 'one\n' });
    fifos.tell({ scope: 'lvs', text: 'two\n' });
    expect([pending(at('v')), pending(at('l'))]).toEqual(['one\n', 'two\n']);
  });

  test('that was there is used, and stays', async () => {
    expect(spawnSync('mkfifo', ['-m', '640', at('f')]).status).toBe(0);
    await fifos.follow([all(at('f'))]);
    fifos.tell({ scope: 'vrrp', text: 'one\n' });
    expect(pending(at('f'))).toBe('one\n');
    await fifos.close();
    expect(statSync(at('f')).mode & 0o777).toBe(0o640);
  });

  test('that nobody reads blocks nobody, and what is lost is counted', async () => {
    await fifos.follow([all(at('f'))]);
    const line = `${'x'.repeat(1023)}\n`;
    for (let i = 0; i < 100; i++) fifos.tell({ scope: 'vrrp', text: line });
    expect(news).toEqual([{ news: 'full', path: at('f') }]);
    const kept = pending(at('f')).length / line.length;
    fifos.tell({ scope: 'vrrp', text: line });
    expect(news[1]).toEqual({ news: 'lost', path: at('f'), lines: 100 - kept });
    expect(pending(at('f'))).toBe(line);
  });

  test.runIf(isRoot)('that is made belongs to its user', async () => {
    await fifos.follow([all(at('f'), { account: nobody })]);
    expect(statSync(at('f'))).toMatchObject(nobody);
  });

  test('that stays the same outlives a reload, with what is in it', async () => {
    await fifos.follow([all(at('f')), all(at('g'))]);
    const { ino } = statSync(at('f'));
    fifos.tell({ scope: 'vrrp', text: 'one\n' });
    await fifos.follow([all(at('f'))]);
    expect(statSync(at('f')).ino).toBe(ino);
    expect(existsSync(at('g'))).toBe(false);
    expect(pending(at('f'))).toBe('one\n');
  });
});

describe('no fifo', () => {
  const refusal = async (settings: FifoSettings): Promise<string> => {
    await fifos.follow([settings]);
    fifos.tell({ scope: 'vrrp', text: 'one\n' });
    const [told] = news;
    return told?.news === 'unusable' ? told.reason : 'none';
  };

  test('is a plain file', async () => {
    writeFileSync(at('f'), 'mine');
    expect(await refusal(all(at('f')))).toContain('it is no fifo');
    await fifos.close();
    expect(text('f')).toBe('mine');
  });

  test('is a symbolic link, wherever it leads', async () => {
    expect(spawnSync('mkfifo', [at('real')]).status).toBe(0);
    symlinkSync(at('real'), at('f'));
    expect(await refusal(all(at('f')))).toBe('it is a symbolic link');
    expect(pending(at('real'))).toBe('');
    expect(lstatSync(at('f')).isSymbolicLink()).toBe(true);
  });

  test('is in a directory that is not there', async () => {
    expect(await refusal(all(at('none/f')))).toContain('No such file or directory');
  });

  test.runIf(isRoot)('is one of somebody else', async () => {
    spawnSync('mkfifo', [at('f')]);
    spawnSync('chown', ['1:1', at('f')]);
    expect(await refusal(all(at('f'), { account: nobody }))).toBe(
      `it belongs to user 1: chown 65534 ${at('f')}, or remove it`,
    );
    expect(pending(at('f'))).toBe('');
  });
});

describe('the program of a fifo', () => {
  test('gets the path last, reads to the end, and is gone then', async () => {
    const reader = script(
      `echo "$*" >${at('args')}`,
      `while read l; do echo "$l"; done <"$2" >${at('out')}`,
    );
    const program = { argv: [reader, 'x y'], account: self };
    await fifos.follow([all(at('f'), { script: program })]);
    await until('the program runs', () => text('args') !== '');
    fifos.tell({ scope: 'vrrp', text: 'one\n' });
    await until('a line arrives', () => text('out') !== '');
    fifos.tell({ scope: 'vrrp', text: 'two\n' });
    await fifos.close();
    expect(text('args')).toBe(`x y ${at('f')}\n`);
    expect(text('out')).toBe('one\ntwo\n');
    expect(news).toEqual([]);
  });

  test('gets a signal when it does not end by itself', async () => {
    const reader = script(
      `trap 'echo bye >${at('bye')}; exit' TERM`,
      `echo >${at('up')}`,
      'while :; do sleep 0.05; done',
    );
    await fifos.follow([all(at('f'), { script: { argv: [reader], account: self } })]);
    await until('the program runs', () => existsSync(at('up')));
    await fifos.close();
    await until('it says goodbye', () => text('bye') === 'bye\n');
  });

  test('is missed when it ends too early', async () => {
    const reader = script('exit 3');
    await fifos.follow([all(at('f'), { script: { argv: [reader], account: self } })]);
    await until('that is told', () => news.length > 0);
    expect(news).toEqual([
      { news: 'script-ended', scope: 'all', program: reader, how: 'exit status 3' },
    ]);
  });
});
