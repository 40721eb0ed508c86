/** Gives the same object for equal values: plain ones, of which JSON shows everything. */
export type Share = <T extends object>(value: T) => T;

/** So many of the last values are compared without making their JSON: most checkers ask alike. */
const RECENT = 6;

export function sharing(): Share {
  const known = new Map<string, object>();
  let recent: object[] = [];
  return <T extends object>(value: T): T => {
    const near = recent.find((other) => areAlike(other, value));
    if (near) return near as T;
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
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every(
    (name) =>
      name in b && areAlike((a as Record<string, unknown>)[name], (b as typeof a)[name as never]),
  );
}
