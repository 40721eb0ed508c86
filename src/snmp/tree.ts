import { compareOids, type Oid, startsWith } from './oid.js';
import type { Value } from './value.js';

/** Numbers of RFC 3416 §3 for a value that can't be set. */
export type SetError = 'wrong-type' | 'wrong-value' | 'not-writable' | 'no-access' | 'no-creation';

/** What setting a value comes to: messages to whoever has the value, and back. */
export interface Change<C> {
  apply: C;
  undo: C;
}

/** One column of a table: its number in the MIB, its name there, and where the value comes from. */
export interface Column<R, C = never> {
  number: number;
  name: string;
  /** undefined: this row has no such object. */
  value: (row: R) => Value | undefined;
  set?: (row: R, value: Value) => Change<C> | SetError;
}

/** A column whose values have one SYNTAX. */
export const column = <R, T>(
  number: number,
  name: string,
  syntax: (value: T) => Value,
  value: (row: R) => T | undefined,
): Column<R> => ({
  number,
  name,
  value: (row) => {
    const found = value(row);
    return found === undefined ? undefined : syntax(found);
  },
});

/** A column that may be set. */
export const writable = <R, C>(
  shown: Column<R>,
  set: (row: R, value: Value) => Change<C> | SetError,
): Column<R, C> => ({ ...shown, set });

/** A row and its index: what its variables' names end in. */
export interface Row<R> {
  index: Oid;
  row: R;
}

/** A conceptual table (RFC 2578 §7.1.12) over a view of type `V`. */
export interface Table<V, R, C = never> {
  /** The OID of the entry; that of a column is this and its number. */
  entry: Oid;
  rows: (view: V) => readonly Row<R>[];
  columns: readonly Column<R, C>[];
}

/** Rows numbered from 1 in their order, as all tables of KEEPALIVED-MIB are. */
export const numbered = <R>(rows: readonly R[], before: Oid = []): Row<R>[] =>
  rows.map((row, i) => ({ index: [...before, i + 1], row }));

/** Scalars: a table with one row, whose index is 0. */
export const scalars = <V>(entry: Oid, columns: readonly Column<V>[]): Table<V, V> => ({
  entry,
  rows: (view) => [{ index: [0], row: view }],
  columns,
});

/** One column of some table, with the type of its rows hidden. */
export interface Branch<V, C> {
  oid: Oid;
  /** Rows in the order of their index, as `value` and `set` want them. */
  rows: (view: V) => readonly Row<unknown>[];
  value: (row: unknown) => Value | undefined;
  set?: (row: unknown, value: Value) => Change<C> | SetError;
}

export interface Found {
  oid: Oid;
  value: Value;
}

/**
 * All tables of an agent, as the columns they are walked by. Values are made when they are asked
 * for; the rows of a table once for each view.
 */
export class Tree<V extends object, C = never> {
  private readonly branches: readonly Branch<V, C>[];

  constructor(tables: readonly AnyTable<V, C>[]) {
    this.branches = tables
      .flatMap((table) => table.branches())
      .sort((a, b) => compareOids(a.oid, b.oid));
  }

  get(view: V, oid: Oid): Value | 'no-such-object' | 'no-such-instance' {
    const branch = this.branchOf(oid);
    if (!branch) return 'no-such-object';
    const row = this.rowOf(branch, view, oid);
    return (row && branch.value(row.row)) ?? 'no-such-instance';
  }

  /** The first variable after `start`, or there if `include`, and before `end` if that is given. */
  next(view: V, start: Oid, include: boolean, end: Oid): Found | undefined {
    for (let i = this.firstFrom(start); i < this.branches.length; i++) {
      const branch = this.branches[i];
      if (!branch) return undefined;
      const rows = branch.rows(view);
      const below = startsWith(start, branch.oid) ? start.slice(branch.oid.length) : undefined;
      for (let n = below ? firstRow(rows, below, include) : 0; n < rows.length; n++) {
        const row = rows[n];
        const value = row && branch.value(row.row);
        if (!row || !value) continue;
        const oid = [...branch.oid, ...row.index];
        return end.length > 0 && compareOids(oid, end) >= 0 ? undefined : { oid, value };
      }
    }
    return undefined;
  }

  set(view: V, oid: Oid, value: Value): Change<C> | SetError {
    const branch = this.branchOf(oid);
    if (!branch) return 'no-access';
    const row = this.rowOf(branch, view, oid);
    if (!row || branch.value(row.row) === undefined) return 'no-creation';
    return branch.set ? branch.set(row.row, value) : 'not-writable';
  }

  private branchOf(oid: Oid): Branch<V, C> | undefined {
    const branch = this.branches[this.firstFrom(oid)];
    return branch && startsWith(oid, branch.oid) ? branch : undefined;
  }

  private rowOf(branch: Branch<V, C>, view: V, oid: Oid): Row<unknown> | undefined {
    const index = oid.slice(branch.oid.length);
    const rows = branch.rows(view);
    const row = rows[firstRow(rows, index, true)];
    return row && compareOids(row.index, index) === 0 ? row : undefined;
  }

  /** The branch that `oid` lies in, or else the first after it. */
  private firstFrom(oid: Oid): number {
    return firstThat(this.branches.length, (i) => {
      const { oid: own } = this.branches[i] ?? { oid: [] };
      return compareOids(own, oid) >= 0 || startsWith(oid, own);
    });
  }
}

const firstRow = (rows: readonly Row<unknown>[], index: Oid, include: boolean): number =>
  firstThat(rows.length, (n) => {
    const order = compareOids(rows[n]?.index ?? [], index);
    return include ? order >= 0 : order > 0;
  });

/** The first of `count` numbers that holds, where all after one that holds do, too. */
function firstThat(count: number, holds: (n: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A table whose type of rows is of no interest any more. */
export interface AnyTable<V, C> {
  branches(): Branch<V, C>[];
  /** Numbers and names of the columns, for tests and documentation. */
  readonly entry: Oid;
  readonly columns: readonly { number: number; name: string }[];
}

/** The same tables over a part of a larger view; without that part they are empty. */
export const within = <V, W extends object, C>(
  tables: readonly AnyTable<W, C>[],
  pick: (view: V) => W | undefined,
): AnyTable<V, C>[] =>
  tables.map((one) => ({
    ...one,
    branches: () =>
      one.branches().map((branch) => ({
        ...branch,
        rows: (view: V) => {
          const part = pick(view);
          return part ? branch.rows(part) : [];
        },
      })),
  }));

/** Declares a table for a tree. */
export function table<V extends object, R, C = never>(of: Table<V, R, C>): AnyTable<V, C> {
  const known = new WeakMap<V, readonly Row<R>[]>();
  const rows = (view: V): readonly Row<R>[] => {
    const made =
      known.get(view) ?? [...of.rows(view)].sort((a, b) => compareOids(a.index, b.index));
    known.set(view, made);
    return made;
  };
  return {
    entry: of.entry,
    columns: of.columns,
    branches: () =>
      of.columns.map(({ number, value, set }) => ({
        oid: [...of.entry, number],
        rows,
        // The rows of a branch come from its own `rows`, so they are of type R.
        value: (row) => value(row as R),
        ...(set && { set: (row: unknown, to: Value) => set(row as R, to) }),
      })),
  };
}
