import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ip } from '@keepalived-ts/base/ip.js';
import { instant } from '@keepalived-ts/base/time.js';
import { afterAll, expect, it } from 'vitest';
import { readInput } from '#vrrp/core/record.js';
import { FileRecorder } from '#vrrp/shell/recording.js';
import { until } from '../../support/wait.js';

const directory = mkdtempSync(join(tmpdir(), 'recording-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('writes a line per input into a file that only its owner may read', async () => {
  const file = join(directory, 'inputs');
  const recorder = new FileRecorder(file, (error) => {
    throw error;
  });
  recorder.note(instant(5), {
    kind: 'address-lost',
    interface: 'eth0',
    address: ip('10.0.0.1'),
    prefix: 24,
  });
  recorder.note(instant(6), { kind: 'stop' });
  recorder.close();
  const lines = await until('two lines', () => {
    const text = readFileSync(file, 'utf8').split('\n');
    return text.length === 3 && text;
  });
  expect(lines.slice(0, 2).map(readInput)).toEqual([
    { now: 5, input: { kind: 'address-lost', interface: 'eth0', address: '10.0.0.1', prefix: 24 } },
    { now: 6, input: { kind: 'stop' } },
  ]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('takes another name for what exists: a thread that died leaves its recording behind', async () => {
  const file = join(directory, 'deaths');
  const failed = (error: Error): void => {
    throw error;
  };
  const recorded = async (name: string, now: number): Promise<void> => {
    const recorder = new FileRecorder(file, failed);
    recorder.note(instant(now), { kind: 'stop' });
    recorder.close();
    await until(
      name,
      () => readFileSync(name, 'utf8') === `{"now":${now},"input":{"kind":"stop"}}\n`,
    );
  };
  await recorded(file, 1);
  symlinkSync(join(directory, 'elsewhere'), `${file}.1`);
  await recorded(`${file}.2`, 2);
  await recorded(`${file}.3`, 3);
  expect(readFileSync(file, 'utf8')).toContain('"now":1');
  expect(existsSync(join(directory, 'elsewhere'))).toBe(false);
});

it('ends when the disk is too slow, before memory is full', () => {
  let reason = '';
  const recorder = new FileRecorder(join(directory, 'slow'), ({ message }) => {
    reason += message;
  });
  const bytes = new Uint8Array(1 << 16);
  for (let n = 0; n < 1000; n++) recorder.note(instant(n), { kind: 'packet', port: 'x', bytes });
  recorder.close();
  expect(reason).toBe('the inputs come faster than they can be written');
});

it('says once that a file cannot be written, and lets the inputs go', async () => {
  let complaints = 0;
  const recorder = new FileRecorder(join(directory, 'missing', 'inputs'), () => complaints++);
  await until('the complaint', () => complaints > 0);
  recorder.note(instant(6), { kind: 'stop' });
  recorder.close();
  expect(complaints).toBe(1);
});
