import type { Block } from './schema.js';
import type { Table, Tables } from './table.js';

/** Optimal string alignment: insert, delete, replace, or swap two neighbours. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}

/** The name most like the one written, if one is close enough to be meant. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let closest = Math.min(3, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= closest) continue;
    const distance = editDistance(name, candidate);
    if (distance < closest) [closest, best] = [distance, candidate];
  }
  return best;
}

const LONGEST_NAME = 40;

/** What a user may have meant by a keyword that this block does not have. */
export function hintFor(
  name: string,
  table: Table,
  root: Block,
  tables: Tables,
): string | undefined {
  if (name === '}' || name.length > LONGEST_NAME) return undefined;
  const home = homesOf(root, tables).get(name);
  if (home !== undefined) return `'${name}' belongs in ${home}`;
  const meant = nearest(name, table.entries.keys());
  return meant === undefined ? undefined : `did you mean '${meant}'?`;
}

const cache = new WeakMap<Tables, Map<string, string>>();

/** For each keyword the blocks it may stand in, in words. */
function homesOf(root: Block, tables: Tables): Map<string, string> {
  const known = cache.get(tables);
  if (known) return known;
  const homes = new Map<string, Set<string>>();
  const seen = new Set<Block>();
  const visit = (block: Block, path: string): void => {
    if (seen.has(block)) return;
    seen.add(block);
    for (const [name, entry] of tables.of(block).entries) {
      const at = path === '' ? 'the outermost level' : `block ${path}`;
      homes.set(name, (homes.get(name) ?? new Set()).add(at));
      if (entry.block) visit(entry.block, path === '' ? name : `${path}/${name}`);
    }
  };
  visit(root, '');
  const said = [...homes].map(([name, paths]): [string, string] => {
    const [first = '', ...more] = paths;
    return [name, more.length === 0 ? first : `${first} and others`];
  });
  const map = new Map(said);
  cache.set(tables, map);
  return map;
}
