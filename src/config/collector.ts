import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';

/** Mistakes of a class beyond this many are counted, not kept: a binary file would make millions. */
const MOST_OF_A_KIND = 1000;

/** Gathers diagnostics in order, up to a number that a person may still read. */
export class Collector {
  private readonly kept: Diagnostic[] = [];
  private readonly counts = new Map<string, number>();
  private readonly said = new Set<string>();
  private more = 0;

  constructor(former: readonly Diagnostic[] = []) {
    for (const diagnostic of former) this.report(diagnostic);
  }

  readonly report = (diagnostic: Diagnostic): void => {
    const kind = `${diagnostic.class} ${diagnostic.unusable === true}`;
    const count = this.counts.get(kind) ?? 0;
    if (count >= MOST_OF_A_KIND) {
      this.more++;
    } else if (!this.isRepeated(diagnostic)) {
      this.counts.set(kind, count + 1);
      this.kept.push(diagnostic);
    }
  };

  /** A line that `~SEQ` repeats is wrong in the same way each time; once is enough. */
  private isRepeated({ at, message }: Diagnostic): boolean {
    const key = at ? `${at.file}:${at.line}:${at.column} ${message}` : message;
    if (this.said.has(key)) return true;
    this.said.add(key);
    return false;
  }

  /** All that was kept, and a last one that counts the rest. */
  all(): Diagnostic[] {
    if (this.more === 0) return this.kept;
    const message = `${this.more} more mistakes are not shown`;
    return [...this.kept, { severity: 'error', class: 'general', message }];
  }
}
