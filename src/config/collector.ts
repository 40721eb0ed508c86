import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';

/** Mistakes beyond this many are counted, not kept: a binary file would make millions. */
const MOST = 2000;

/** Gathers diagnostics in order, up to a number that a person may still read. */
export class Collector {
  private readonly kept: Diagnostic[] = [];
  private more = 0;

  readonly report = (diagnostic: Diagnostic): void => {
    if (this.kept.length < MOST) this.kept.push(diagnostic);
    else this.more++;
  };

  /** All that was kept, and a last one that counts the rest. */
  all(): Diagnostic[] {
    if (this.more === 0) return this.kept;
    const message = `${this.more} more mistakes are not shown`;
    return [...this.kept, { severity: 'error', class: 'general', message }];
  }
}
