import {
  collect,
  type KeywordEntry,
  type PlaceEntry,
  ROOT,
} from '#src/config/reference/collect.js';
import type { Block } from '#src/config/schema.js';
import { root, tablesOf } from '#src/daemon/root.js';
import { checkers } from './config.js';

/** Every place of the configuration language. */
export const places: readonly PlaceEntry[] = collect(root as unknown as Block, tablesOf(checkers));

/** A name for each block that wants one, and what it cannot do without. */
const HEADS: Readonly<Record<string, string>> = {
  vrrp_instance: 'vrrp_instance V {\ninterface eth0\nvirtual_router_id 1',
  virtual_server: 'virtual_server 192.0.2.1 80 {\nlvs_sched sh\nlvs_method NAT\nprotocol TCP',
  real_server: 'real_server 192.0.2.2 80 {',
  vrrp_script: 'vrrp_script s {\nscript /bin/true',
  url: 'url {\npath /',
};

/** What must stand above a keyword for it to mean something. */
const before = ({ row }: KeywordEntry): string => {
  const { field, one } = row.follows ?? {};
  if (field === undefined) return '';
  return field === 'sorry_server' ? 'sorry_server 192.0.2.9' : `${field} ${one?.[0] ?? ''}`;
};

/** A configuration in which these lines stand at a place. */
export function around(keyword: KeywordEntry, lines: string): string {
  const path = keyword.block === ROOT ? [] : keyword.block.split('/');
  const heads = path.map((name) => HEADS[name] ?? `${name} ${hasHeader(name) ? 'X' : ''} {`);
  return [...named(keyword), ...heads, before(keyword), lines, ...path.map(() => '}'), ''].join(
    '\n',
  );
}

/** The block that the keyword's values name, called `NAMED`. */
function named({ row: { names } }: KeywordEntry): string[] {
  if (!names) return [];
  const [, ...needs] = (HEADS[names.block] ?? '').split('\n');
  return [`${names.block} ${NAMED} {`, ...needs, '}'];
}
export const NAMED = 'declared';

const hasHeader = (name: string): boolean =>
  places.some(({ block }) => block?.keyword === name && block.header !== undefined);
