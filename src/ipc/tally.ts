import { type Counters, type CounterTable, zeroed } from '@keepalived-ts/base/counters.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Counted, FromWorker } from './messages.js';

/** How often changed counters are told, at most. */
const TELL_MS = 1_000;
/** Of many objects so many at a time: to tell of hundreds at once would hold up what is due. */
const PORTION = 40;
const PORTION_MS = 40;

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
    if (this.timer === undefined) this.wait(TELL_MS);
  }

  /** Forgets all other objects, which are no more. */
  retain(objects: ReadonlySet<string>): void {
    for (const object of this.counters.keys()) {
      if (objects.has(object)) continue;
      this.counters.delete(object);
      this.changed.delete(object);
    }
  }

  /** Tells all that has not been told, and leaves no timer behind. */
  tellAll(): void {
    clearTimeout(this.timer);
    this.tell(Number.POSITIVE_INFINITY);
  }

  /** Tells of those that have waited longest; the rest follows. */
  private tell(most: number): void {
    this.timer = undefined;
    const changed: Counted[] = [];
    for (const [object, from] of this.changed) {
      if (changed.length === most) break;
      this.changed.delete(object);
      const values = this.counters.get(object);
      if (values) changed.push({ object, values: { ...values }, ...(from && { from }) });
    }
    if (changed.length > 0) this.post({ type: 'counters', changed });
    const left = this.changed.size;
    if (left > 0) this.wait(left < PORTION ? TELL_MS : PORTION_MS);
  }

  private wait(milliseconds: number): void {
    this.timer = setTimeout(() => this.tell(PORTION), milliseconds);
  }
}
