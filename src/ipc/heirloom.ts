import type { FromWorker, Legacy } from './messages.js';

/** What the kernel had before we came, as a thread that dies leaves it to its successor. */
export interface Heirloom<T> {
  /** What the predecessor has left. */
  readonly found: T | undefined;
  /** Leaves it to whoever comes next; undefined: there is nothing any more to put back. */
  leave(it: T | undefined): void;
}

/** Each kind of legacy by itself: nobody who leaves one touches the others. */
export type Heirlooms = <K extends keyof Legacy>(kind: K) => Heirloom<NonNullable<Legacy[K]>>;

export const heirlooms =
  (legacy: Legacy | undefined, post: (message: FromWorker) => void): Heirlooms =>
  (kind) => ({
    found: legacy?.[kind] ?? undefined,
    leave: (it) => post({ type: 'bequeath', legacy: { [kind]: it } }),
  });
