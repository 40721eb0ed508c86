import { type FSWatcher, readFileSync, statSync, unlinkSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Log } from '@keepalived-ts/base/events.js';
import type { daemonEvents } from './events.js';
import { reloadTime } from './reload-time.js';

/** setTimeout(3) of Node can't wait longer; so long a wait is made of several. */
const LONGEST_MS = 2 ** 31 - 1;

export interface ReloadTimerParts {
  log: Log<typeof daemonEvents>;
  now: () => Date;
  reload: () => void;
}

/** Reloads at the time that `reload_time_file` names; whoever removes the file calls it off. */
export class ReloadTimer {
  private readonly parts: ReloadTimerParts;
  private file: string | undefined;
  private daily = false;
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private at: Date | undefined;

  constructor(parts: ReloadTimerParts) {
    this.parts = parts;
  }

  /** Goes by another file, or by none. */
  follow(file: string | undefined, daily: boolean): void {
    if (file === this.file && daily === this.daily) return;
    this.close();
    this.file = file;
    this.daily = daily;
    if (file === undefined) return;
    try {
      // The folder, since the file may come and go.
      this.watcher = watch(dirname(file), { persistent: false }, (_, name) => {
        if (name === null || name === basename(file)) this.look();
      });
      this.watcher.on('error', (e) => this.trouble(file, e.message));
    } catch (e) {
      this.trouble(file, (e as Error).message);
    }
    this.look();
  }

  close(): void {
    this.watcher?.close();
    this.watcher = undefined;
    clearTimeout(this.timer);
    this.at = undefined;
    this.file = undefined;
  }

  private look(): void {
    const { file } = this;
    if (file === undefined) return;
    const text = textOf(file);
    // Whoever writes it empties it first.
    const at = text === undefined || text === '' ? undefined : this.read(file, text);
    if (at?.getTime() === this.at?.getTime()) return;
    clearTimeout(this.timer);
    this.parts.log(
      at ? { event: 'reload-scheduled', time: at.toISOString() } : { event: 'reload-unscheduled' },
    );
    this.at = at;
    this.wait();
  }

  private read(file: string, text: string): Date | undefined {
    const found = reloadTime(text, this.parts.now(), this.daily);
    if (found instanceof Date) return found;
    this.trouble(file, found.wrong);
    return undefined;
  }

  private wait(): void {
    const { at } = this;
    if (!at) return;
    const left = at.getTime() - this.parts.now().getTime();
    if (left <= 0) this.fire();
    else this.timer = setTimeout(() => this.wait(), Math.min(left, LONGEST_MS)).unref();
  }

  private fire(): void {
    const { file } = this;
    this.at = undefined;
    if (file !== undefined && !this.daily) remove(file);
    this.parts.reload();
    if (this.daily) this.look();
  }

  private trouble(file: string, reason: string): void {
    this.parts.log({ event: 'reload-time-file', file, reason });
  }
}

/** Longest file that is read; a time has 20 characters. */
const LONGEST = 4096;

function textOf(file: string): string | undefined {
  try {
    const stat = statSync(file);
    // A pipe in its place would hold us up for ever.
    return stat.isFile() && stat.size <= LONGEST ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // gone already
  }
}
