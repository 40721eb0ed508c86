/** An object identifier by its numbers: 1.3.6.1.2.1 is [1, 3, 6, 1, 2, 1]. */
export type Oid = readonly number[];

export const oid = (text: string): Oid => text.split('.').map(Number);

export const oidText = (value: Oid): string => value.join('.');

/** Orders as SNMP walks: number by number, a prefix before what it is a prefix of. */
export function compareOids(a: Oid, b: Oid): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Whether `value` is `prefix`, or lies below it. */
export const startsWith = (value: Oid, prefix: Oid): boolean =>
  value.length >= prefix.length && prefix.every((n, i) => value[i] === n);
