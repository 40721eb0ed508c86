import { type FSWatcher, watch } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileNumber } from './number.js';
import { readFile } from './read.js';

/** After a change the file is left alone for so long: who writes it may not be done. */
const SETTLE_MS = 20;
/** `echo 1 >file` empties the file before it writes; so long an empty one is not believed. */
const EMPTY_MS = 100;

export interface WatchedFileNews {
  /** The number in the file is another one; 0 without a file. The first one is always told. */
  number(value: number): void;
  /** What stands there is outside of 32 bits, or the folder can't be watched. */
  trouble(reason: string): void;
}

/**
 * Follows the number in a file.
 *
 * The folder is watched rather than the file, which may come, go, and be replaced by another.
 * Compat: symbolic links are followed once, at the start, and the folder must be there.
 */
export class WatchedFile {
  private readonly path: string;
  private readonly news: WatchedFileNews;
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private told: number | undefined;
  private closed = false;

  constructor(path: string, news: WatchedFileNews) {
    this.path = path;
    this.news = news;
  }

  /** Settles when the first number has been told. */
  async start(): Promise<void> {
    const path = await realpath(this.path).catch(() => this.path);
    if (this.closed) return;
    try {
      this.watcher = watch(dirname(path), { persistent: false }, (_, name) => {
        if (name === null || name === basename(path)) this.lookIn(path, SETTLE_MS);
      });
      this.watcher.on('error', (error) => this.news.trouble(error.message));
    } catch (error) {
      this.news.trouble((error as Error).message);
    }
    await this.look(path, true);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.watcher?.close();
  }

  private lookIn(path: string, delay: number, believesEmpty = false): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(path, believesEmpty), delay);
  }

  private async look(path: string, believesEmpty: boolean): Promise<void> {
    const text = await readFile(path);
    if (this.closed) return;
    if (text === '' && !believesEmpty) {
      this.lookIn(path, EMPTY_MS, true);
      return;
    }
    const value = fileNumber(text);
    if (value === undefined) this.news.trouble('its number is out of range');
    // Compat: what was there before goes on to count.
    const next = value ?? this.told ?? 0;
    if (next === this.told) return;
    this.told = next;
    this.news.number(next);
  }
}
