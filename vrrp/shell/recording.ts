import { randomBytes } from 'node:crypto';
import { createWriteStream, openSync, type WriteStream } from 'node:fs';
import type { Instant } from '@keepalived-ts/base/time.js';
import { inputWriter } from '../core/record.js';
import type { Input } from '../core/types.js';
import type { Recorder } from './loop.js';

/** For the owner alone: a recording tells the addresses of a network. */
const MODE = 0o600;
/** Octets that may wait for the disk. */
const MOST_WAITING = 16 << 20;

/** Writes every input to a file (`--record`), a line each, never waiting for the file. */
export class FileRecorder implements Recorder {
  private stream: WriteStream | undefined;
  private readonly failed: (error: Error) => void;
  private readonly line = inputWriter(randomBytes(32));

  /** `failed` is told once that the file can't be written; nothing is recorded from then on. */
  constructor(file: string, failed: (error: Error) => void) {
    this.failed = failed;
    try {
      this.stream = createWriteStream('', { fd: create(file) });
      this.stream.on('error', failed);
    } catch (error) {
      failed(error as Error);
    }
  }

  note(now: Instant, input: Input): void {
    if (!this.stream?.writable) return;
    this.stream.write(`${this.line(now, input)}\n`);
    if (this.stream.writableLength <= MOST_WAITING) return;
    this.close();
    this.failed(new Error('the inputs come faster than they can be written'));
  }

  close(): void {
    this.stream?.end();
    this.stream = undefined;
  }
}

/**
 * Makes the file, or FILE.1, FILE.2 ... where it exists: the inputs that a thread died of are
 * what a recording is for, so the next thread leaves them alone. Nor is a link followed.
 */
function create(file: string): number {
  for (let n = 0; ; n++) {
    try {
      return openSync(n === 0 ? file : `${file}.${n}`, 'wx', MODE);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
