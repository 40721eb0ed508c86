import type { Duration } from '@keepalived-ts/base/time.js';

/** How many requests one system call carries, at first and within which bounds. */
const [first, fewest, most] = [64, 8, 512];

/**
 * Finds how many requests the kernel does in a slice of time.
 *
 * It works requests off inside sendmsg, and nothing else runs on the thread meanwhile; but a call
 * for a few requests only costs more than it does.
 */
export class Pace {
  readonly #slice: Duration;
  #count = first;

  constructor(slice: Duration) {
    this.#slice = slice;
  }

  /** For the next call. */
  get count(): number {
    return this.#count;
  }

  /** So many took so long. */
  learn(count: number, took: Duration): void {
    if (took > this.#slice) {
      this.#count = Math.max(fewest, Math.min(count, this.#count) >> 1);
    } else if (took < this.#slice / 4 && count === this.#count) {
      this.#count = Math.min(most, count * 2);
    }
  }

  /** So many did not fit into the send buffer. */
  tooMany(count: number): void {
    this.#count = count >> 1;
  }
}
