import fc from 'fast-check';
import {
  collect,
  type KeywordEntry,
  type PlaceEntry,
  ROOT,
} from '#src/config/reference/collect.js';
import type { Block } from '#src/config/schema.js';
import { root, tablesOf } from '#src/daemon/root.js';
import { checkers } from './config.js';
import { textOf } from './grammar.js';

/** Every place of the configuration language. */
export const places: readonly PlaceEntry[] = collect(root as unknown as Block, tablesOf(checkers));

/** How blocks begin of which the grammar does not tell all that matters. */
const HEADS: Readonly<Record<string, string>> = {
  vrrp_instance: 'vrrp_instance V {\ninterface eth0\nvirtual_router_id 1',
  virtual_server: 'virtual_server 192.0.2.1 80 {\nlvs_sched sh\nlvs_method NAT\nprotocol TCP',
  real_server: 'real_server 192.0.2.2 80 {',
};

/** The beginning of a block: its name and what it cannot do without. */
function headOf(path: string, name: string, without?: KeywordEntry): string {
  const known = HEADS[name];
  if (known !== undefined) return known;
  const place = places.find((one) => one.path === path);
  const needed = (place?.keywords ?? []).flatMap(({ row, name: keyword, aliasOf }) =>
    row.isRequired && row.type && aliasOf === undefined && row !== without?.row
      ? [`${keyword} ${fc.sample(textOf(row.type), { numRuns: 1, seed: 1 })[0]}`]
      : [],
  );
  return [`${name} ${place?.block?.header ? NAMED : ''} {`, ...needed].join('\n');
}

/** What must stand above a keyword for it to mean something. */
const before = ({ row }: KeywordEntry): string => {
  const { field, one } = row.follows ?? {};
  if (field === undefined) return '';
  return field === 'sorry_server' ? 'sorry_server 192.0.2.9' : `${field} ${one?.[0] ?? ''}`;
};

/** A configuration in which these lines stand at a place. */
export function around(keyword: KeywordEntry, lines: string): string {
  const path = keyword.block === ROOT ? [] : keyword.block.split('/');
  const heads = path.map((name, i) => headOf(path.slice(0, i + 1).join('/'), name, keyword));
  return [...named(keyword), ...heads, before(keyword), lines, ...path.map(() => '}'), ''].join(
    '\n',
  );
}

/** The block that the keyword's values name, called `NAMED`. */
function named({ row: { names } }: KeywordEntry): string[] {
  if (!names) return [];
  return [headOf(names.block, names.block), '}'];
}
/** The name of every block that this file makes up. */
export const NAMED = 'declared';
