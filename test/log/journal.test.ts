import fs, {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Level } from '@keepalived-ts/base/events.js';
import { sockaddrUn } from '@keepalived-ts/raw-socket/address.js';
import { AF_UNIX, SOCK_DGRAM } from '@keepalived-ts/raw-socket/constants.js';
import { RawSocket } from '@keepalived-ts/raw-socket/index.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Journal, type JournalSettings } from '#src/log/journal.js';
import { until } from '#test/support/wait.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const journal = (settings: Partial<JournalSettings> = {}): Journal =>
  new Journal({
    detail: 0,
    console: false,
    syslog: undefined,
    facility: 3,
    file: join(folder, 'k.log'),
    flush: false,
    format: 'text',
    ...settings,
  });

const record = (text: string, level: Level = 'info') =>
  ({ part: 'test', event: 'e', level, text, fields: { n: 1 } }) as const;

const lines = (name: string): string[] =>
  readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1);
const texts = (name: string): string[] =>
  lines(name).map((line) => line.replace(/^.*? \d{4}: /, ''));

describe('the journal', () => {
  test('keeps what was written before it was opened, in order, and writes all before it closes', async () => {
    const log = journal();
    log.write('parent', record('one'));
    log.write('vrrp', record('two'));
    await log.open();
    for (let n = 0; n < 1000; n++) log.write('vrrp', record(`line ${n}`));
    await log.close();
    expect(texts('k.log')).toEqual(['one']);
    expect(texts('k_vrrp.log')).toEqual([
      'two',
      ...Array.from({ length: 1000 }, (_, n) => `line ${n}`),
    ]);
  });

  test('writes what was written even if it is closed without having been opened', async () => {
    const log = journal();
    log.write('parent', record('the end came early'));
    await log.close();
    expect(texts('k.log')).toEqual(['the end came early']);
  });

  test.each([
    [0, ['error', 'warning', 'info']],
    [1, ['error', 'warning', 'info', 'detail']],
    [2, ['error', 'warning', 'info', 'detail', 'debug']],
  ])('at detail %i shows %j', async (detail, expected) => {
    const log = journal({ detail });
    for (const level of ['error', 'warning', 'info', 'detail', 'debug'] as const) {
      log.write('check', record(level, level));
    }
    await log.close();
    expect(texts('k_check.log')).toEqual(expected);
  });

  test('as JSON carries the fields and our own names of the levels', async () => {
    const log = journal({ format: 'json', detail: 1 });
    log.write('vrrp', record('say "hi"\n', 'detail'));
    await log.close();
    expect(lines('k_vrrp.log').map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        level: 'detail',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        part: 'vrrp',
        event: 'e',
        fields: { n: 1 },
        msg: 'say "hi"\\n',
      },
    ]);
  });

  test('sends to syslog under the name of the part, whatever the format of the files', async () => {
    const path = join(folder, 'log');
    const server = RawSocket.open(AF_UNIX, SOCK_DGRAM, 0);
    server.bind(sockaddrUn(path));
    const log = journal({ syslog: path, facility: 16, file: undefined, format: 'json' });
    log.write('parent', record('one'));
    log.write('vrrp', record('two', 'error'));
    await log.close();
    const seen = server.receive().map(({ data }) => Buffer.from(data).toString());
    server.close();
    const { pid } = process;
    expect(seen.map((line) => line.replace(/>.{15} /, '> '))).toEqual([
      `<134> Keepalived[${pid}]: one`,
      `<131> Keepalived_vrrp[${pid}]: two`,
    ]);
  });

  test('goes on in a new file after logrotate has renamed the old one', async () => {
    const log = journal();
    await log.open();
    log.write('parent', record('before'));
    await until('it is written', () => texts('k.log').length === 1);
    renameSync(join(folder, 'k.log'), join(folder, 'k.log.1'));
    log.write('parent', record('still the old one'));
    log.reopen();
    log.write('parent', record('after'));
    await log.close();
    expect(texts('k.log.1')).toEqual(['before', 'still the old one']);
    expect(texts('k.log')).toEqual(['after']);
  });

  test('keeps what a full disk does not take until there is room again, and says so', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    const write = vi.spyOn(fs, 'write').mockImplementation((...given: unknown[]) => {
      (given.at(-1) as (error: Error) => void)(full);
    });
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const log = journal();
    await log.open();
    log.write('parent', record('one'));
    await until('it is told', () => stderr.mock.calls.length > 0);
    stderr.mockRestore();
    log.write('parent', record('two'));
    write.mockRestore();
    log.write('parent', record('three'));
    await log.close();
    expect(texts('k.log').filter((line) => /^[a-z]/.test(line))).toEqual(['one', 'two', 'three']);
    expect(texts('k.log')).toContainEqual(expect.stringMatching(/^Unable to write.*ENOSPC/));
  });

  test.each([
    ['a symbolic link', (path: string) => symlinkSync('victim', path)],
    ['a directory', (path: string) => mkdirSync(path)],
  ])('does not write through %s in the place of its file, and says so', async (_, put) => {
    writeFileSync(join(folder, 'victim'), '');
    put(join(folder, 'k.log'));
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const log = journal();
    log.write('parent', record('x'));
    await log.close();
    const told = stderr.mock.calls.map(([text]) => String(text));
    stderr.mockRestore();
    expect(told).toEqual([expect.stringContaining(`Unable to open log file ${folder}/k.log`)]);
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('');
  });
});
