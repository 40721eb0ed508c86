import { randomBytes } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { Instant } from '@keepalived-ts/base/time.js';
import { inputWriter } from '../core/record.js';
import type { Input } from '../core/types.js';
import type { Recorder } from './loop.js';

/** For the owner alone: a recording tells the addresses of a network. */
const MODE = 0o600;

/** Writes every input to a file (`--record`), a line each, never waiting for the file. */
export class FileRecorder implements Recorder {
  private readonly stream: WriteStream;
  private readonly line = inputWriter(randomBytes(32));

  /** `failed` is told once that the file can't be written; nothing is recorded from then on. */
  constructor(file: string, failed: (error: Error) => void) {
    this.stream = createWriteStream(file, { flags: 'w', mode: MODE });
    this.stream.on('error', failed);
  }

  note(now: Instant, input: Input): void {
    if (this.stream.writable) this.stream.write(`${this.line(now, input)}\n`);
  }

  close(): void {
    this.stream.end();
  }
}
