import { KeyObject } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { reveal, secret } from '@keepalived-ts/base/secret.js';
import { type Instant, instant } from '@keepalived-ts/base/time.js';
import type { Input } from '../core/types.js';
import type { Recorder } from './loop.js';

/** An input and when it came. */
export interface Recorded {
  at: Instant;
  input: Input;
}

/** Only its owner may read a recording: it holds the password, as the adverts in it do. */
const MODE = 0o600;

/**
 * One line of JSON per input. What JSON has no form for is an object with one key: `$bytes` in
 * hex, `$secret` in base64.
 */
export function printRecorded({ at, input }: Recorded): string {
  return JSON.stringify({ at, input }, (_, value: unknown) => {
    if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('hex') };
    if (value instanceof KeyObject) return { $secret: reveal(value).toString('base64') };
    return value;
  });
}

/** Reads a line back. Absent fields stay absent, which for our types is the same as undefined. */
export function parseRecorded(line: string): Recorded {
  const { at, input } = JSON.parse(line, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$bytes' in value) return new Uint8Array(Buffer.from(String(value.$bytes), 'hex'));
    if ('$secret' in value) return secret(Buffer.from(String(value.$secret), 'base64'));
    return value;
  }) as { at: number; input: Input };
  return { at: instant(at), input };
}

/** Writes every input to a file (`--record`), never waiting for it. */
export class FileRecorder implements Recorder {
  private readonly stream: WriteStream;

  /** `failed` is told once that the file can't be written; nothing is recorded from then on. */
  constructor(file: string, failed: (error: Error) => void) {
    this.stream = createWriteStream(file, { flags: 'w', mode: MODE });
    this.stream.on('error', failed);
  }

  note(at: Instant, input: Input): void {
    if (this.stream.writable) this.stream.write(`${printRecorded({ at, input })}\n`);
  }

  close(): void {
    this.stream.end();
  }
}
