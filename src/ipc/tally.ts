import { type Counters, type CounterTable, zeroed } from '@keepalived-ts/base/counters.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Counted, FromWorker } from './messages.js';

/** How often changed counters are told, at most. */
const TELL_MS = 1_000;

/** A worker's counters by object (an instance, a server), told to the parent when they change. */
export class Tally<T extends CounterTable> {
  private readonly table: T;
  private readonly post: (message: FromWorker) => void;
  private readonly counters = new Map<string, Counters<T>>();
  /** With the last known sender. */
  private readonly changed = new Map<string, IpAddress | undefined>();
  private timer: NodeJS.Timeout | undefined;

  constructor(table: T, post: (message: FromWorker) => void) {
    this.table = table;
    this.post = post;
  }

  /** `from`: whom it came from, if that is to be told. */
  count(object: string, counter: keyof T, from?: IpAddress): void {
    const values = this.counters.get(object) ?? zeroed(this.table);
    this.counters.set(object, values);
    values[counter]++;
    this.changed.set(object, from ?? this.changed.get(object));
    this.timer ??= setTimeout(() => this.tell(), TELL_MS);
  }

  /** Forgets all other objects, which are no more. */
  retain(objects: ReadonlySet<string>): void {
    for (const object of this.counters.keys()) {
      if (objects.has(object)) continue;
      this.counters.delete(object);
      this.changed.delete(object);
    }
  }

  /** Tells what has not been told, now, and leaves no timer behind. */
  tell(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const changed: Counted[] = [];
    for (const [object, from] of this.changed) {
      const values = this.counters.get(object);
      if (values) changed.push({ object, values: { ...values }, ...(from && { from }) });
    }
    this.changed.clear();
    // One message: of hundreds of servers each its own would hold up what is due.
    if (changed.length > 0) this.post({ type: 'counters', changed });
  }
}
