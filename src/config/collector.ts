import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';

/** Mistakes beyond this many are counted, not kept: a binary file would make millions. */
const MOST = 2000;

/** Gathers diagnostics in order, up to a number that a person may still read. */
export class Collector {
  private readonly kept: Diagnostic[] = [];
  private readonly kinds = new Set<string>();
  private readonly said = new Set<string>();
  private more = 0;

  readonly report = (diagnostic: Diagnostic): void => {
    if (this.isRepeated(diagnostic)) return;
    if (this.kept.length < MOST || this.isNewKind(diagnostic)) {
      this.kinds.add(kindOf(diagnostic));
      this.kept.push(diagnostic);
    } else {
      this.more++;
    }
  };

  /** A line that `~SEQ` repeats is wrong in the same way each time; once is enough. */
  private isRepeated({ at, message }: Diagnostic): boolean {
    if (!at || this.kept.length >= MOST) return false;
    const key = `${at.file}:${at.line}:${at.column} ${message}`;
    if (this.said.has(key)) return true;
    this.said.add(key);
    return false;
  }

  /** The first of each class is kept in any case: exit code and use go by the worst. */
  private isNewKind(diagnostic: Diagnostic): boolean {
    return !this.kinds.has(kindOf(diagnostic));
  }

  /** All that was kept, and a last one that counts the rest. */
  all(): Diagnostic[] {
    if (this.more === 0) return this.kept;
    const message = `${this.more} more mistakes are not shown`;
    return [...this.kept, { severity: 'error', class: 'general', message }];
  }
}

const kindOf = ({ class: kind, unusable }: Diagnostic): string => `${kind} ${unusable === true}`;
