import type { EventOf } from '@keepalived-ts/base/events.js';
import { WatchedFile } from '#src/files/watch.js';
import type { FilePlan, Input } from '../core/types.js';
import type { vrrpEvents } from '../events.js';

export interface TrackedFilesParts {
  feed(input: Input): void;
  log(event: EventOf<typeof vrrpEvents>): void;
}

/** Watches the files of `track_file`, and tells the core of each number that is another one. */
export class TrackedFiles {
  private readonly parts: TrackedFilesParts;
  private readonly watched = new Map<string, { path: string; file: WatchedFile }>();

  constructor(parts: TrackedFilesParts) {
    this.parts = parts;
  }

  /** Follows these and no others; settles when the number of each has been told. */
  async follow(plans: readonly FilePlan[]): Promise<void> {
    const wanted = new Map(plans.map(({ name, path }) => [name, path]));
    for (const [name, { path, file }] of this.watched) {
      if (wanted.get(name) === path) continue;
      file.close();
      this.watched.delete(name);
    }
    const starts = plans.filter(({ name }) => !this.watched.has(name)).map((p) => this.start(p));
    await Promise.all(starts);
  }

  close(): void {
    for (const { file } of this.watched.values()) file.close();
  }

  private start({ name, path }: FilePlan): Promise<void> {
    const { feed, log } = this.parts;
    const file = new WatchedFile(path, {
      number: (value) => feed({ kind: 'file', file: name, value }),
      trouble: (reason) => log({ event: 'file-trouble', file: name, path, reason }),
    });
    this.watched.set(name, { path, file });
    return file.start();
  }
}
