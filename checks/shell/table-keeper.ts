import type { Table } from '#lvs/core/table.js';
import type { Director, Refusal } from '#lvs/shell/director.js';

/**
 * Brings the kernel in line with the engine, one batch at a time: however many servers change
 * while the kernel works, the next batch takes them all.
 */
export class TableKeeper {
  private readonly director: Pick<Director, 'apply'>;
  private readonly table: () => Table;
  private readonly refused: (refusals: Refusal[]) => void;
  private stale = false;
  private closed = false;
  private work: Promise<void> | undefined;

  constructor(
    director: Pick<Director, 'apply'>,
    table: () => Table,
    refused: (refusals: Refusal[]) => void,
  ) {
    this.director = director;
    this.table = table;
    this.refused = refused;
  }

  /** The wanted table has changed. Resolves when the kernel has answered to it. */
  update(): Promise<void> {
    this.stale = true;
    this.work ??= this.settle();
    return this.work;
  }

  private async settle(): Promise<void> {
    // What else this turn changes joins the first batch.
    await Promise.resolve();
    while (this.stale && !this.closed) {
      this.stale = false;
      const refusals = await this.director.apply(this.table());
      if (refusals.length > 0) this.refused(refusals);
    }
    this.work = undefined;
  }

  /** Sends nothing more. Resolves when the kernel has answered to the batch under way. */
  async close(): Promise<void> {
    this.closed = true;
    await this.work;
  }

  /** Resolves when no batch is under way. */
  async idle(): Promise<void> {
    await this.work;
  }
}
