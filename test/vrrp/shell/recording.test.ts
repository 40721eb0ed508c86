import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ip } from '@keepalived-ts/base/ip.js';
import { reveal, secret } from '@keepalived-ts/base/secret.js';
import { instant } from '@keepalived-ts/base/time.js';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { Input } from '#vrrp/core/types.js';
import { FileRecorder, parseRecorded, printRecorded } from '#vrrp/shell/recording.js';
import { until } from '../../support/wait.js';

const directory = mkdtempSync(join(tmpdir(), 'recording-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('reads back what it wrote, packets bit by bit', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat(), (bytes, micros) => {
      const recorded = {
        at: instant(micros),
        input: { kind: 'packet', interface: 'eth0', bytes } as const,
      };
      expect(parseRecorded(printRecorded(recorded))).toEqual(recorded);
    }),
  );
});

it('keeps a password usable', () => {
  const input = {
    kind: 'reload',
    plan: { instances: [{ password: secret('pa55') }], scripts: [] },
  } as unknown as Input;
  const { input: back } = parseRecorded(printRecorded({ at: instant(1), input }));
  const password = back.kind === 'reload' ? back.plan.instances[0]?.password : undefined;
  expect(password && reveal(password).toString()).toBe('pa55');
});

it('writes a line per input into a file that only its owner may read', async () => {
  const file = join(directory, 'inputs');
  const recorder = new FileRecorder(file, (error) => {
    throw error;
  });
  recorder.note(instant(5), { kind: 'address-lost', interface: 'eth0', address: ip('10.0.0.1') });
  recorder.note(instant(6), { kind: 'stop' });
  recorder.close();
  const text = await until('two lines', () => {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.length === 3 && lines;
  });
  expect(text.slice(0, 2).map(parseRecorded)).toEqual([
    { at: 5, input: { kind: 'address-lost', interface: 'eth0', address: '10.0.0.1' } },
    { at: 6, input: { kind: 'stop' } },
  ]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('says once that a file cannot be written, and lets the inputs go', async () => {
  let complaints = 0;
  const recorder = new FileRecorder(join(directory, 'missing', 'inputs'), () => complaints++);
  await until('the complaint', () => complaints > 0);
  recorder.note(instant(6), { kind: 'stop' });
  recorder.close();
  expect(complaints).toBe(1);
});
