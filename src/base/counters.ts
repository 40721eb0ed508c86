/**
 * Tables of counters: each part lists in its `counters.ts` every number it can count, with a
 * sentence of help. SNMP, metrics and the statistics dump are derived from these tables.
 */
export type CounterTable = Record<string, string>;
export type Counters<T extends CounterTable> = { -readonly [K in keyof T]: number };

/** All counters of a table at zero. */
export const zeroed = <T extends CounterTable>(table: T): Counters<T> =>
  Object.fromEntries(Object.keys(table).map((name) => [name, 0])) as Counters<T>;
