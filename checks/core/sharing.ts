/** Gives the same object for equal values: plain ones, of which JSON shows everything. */
export type Share = <T extends object>(value: T) => T;

/** So many of the last values are compared without making their JSON: most checkers ask alike. */
const RECENT = 6;

export function sharing(): Share {
  const known = new Map<string, object>();
  let recent: object[] = [];
  return <T extends object>(value: T): T => {
    for (const other of recent) if (areAlike(other, value)) return other as T;
    const key = JSON.stringify(value);
    const shared = known.get(key) ?? value;
    known.set(key, shared);
    recent = [shared, ...recent.slice(0, RECENT - 1)];
    return shared as T;
  };
}

function areAlike(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>];
  let more = 0;
  for (const name in one) {
    if (!areAlike(one[name], other[name])) return false;
    more++;
  }
  for (const _ in other) more--;
  return more === 0;
}
