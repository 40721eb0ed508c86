import type { OptionTable } from '../option-line.js';
import type { Block, Effect, Row } from '../schema.js';
import type { Entry, Tables } from '../table.js';

/** A keyword at one of the places where it may stand. */
export interface KeywordEntry {
  /** The path of its block. */
  block: string;
  /** As written; of a value without a name, its grammar. */
  name: string;
  /** What stands behind the name. */
  grammar: string;
  doc: string;
  /** What it does here: a keyword in a block that is not acted upon is not acted upon either. */
  effect: Effect;
  note: string;
  row: Row<unknown>;
  /** Has a name of its own, that is, it is no value that a line begins with. */
  isNamed: boolean;
  /** The row's name, where this is another spelling of it. */
  aliasOf: string | undefined;
  isDeprecated: boolean;
  /** The path of what it opens. */
  opens: string | undefined;
}

/** What holds keywords: a block, the lines of a list, or the arguments of a keyword. */
export interface PlaceEntry {
  /**
   * Names of blocks from the outermost one: `(root)`, `virtual_server/real_server`, and
   * `vrrp_instance/virtual_ipaddress (line)`, `vrrp_instance/use_vmac (arguments)`.
   */
  path: string;
  kind: 'block' | 'line' | 'arguments';
  /** Of a block. */
  block: Block | undefined;
  /** The keyword that opens it; the outermost level has none. */
  opener: KeywordEntry | undefined;
  keywords: KeywordEntry[];
}

export const ROOT = '(root)';

/** Every place and every keyword that a configuration may have, from the outermost level on. */
export function collect(root: Block, tables: Tables): PlaceEntry[] {
  const places: PlaceEntry[] = [];
  visitBlock(root, ROOT, undefined, tables, places);
  return places;
}

function visitBlock(
  block: Block,
  path: string,
  opener: KeywordEntry | undefined,
  tables: Tables,
  places: PlaceEntry[],
): void {
  const place: PlaceEntry = { path, kind: 'block', block, opener, keywords: [] };
  places.push(place);
  for (const entry of tables.of(block).entries.values()) {
    const { row, name } = entry;
    const inner = path === ROOT ? name : `${path}/${name}`;
    const item = row.type?.item ?? row.type;
    const kind = row.type?.item ? 'line' : 'arguments';
    const options = entry.block ? undefined : item?.options;
    const opens = entry.block ? inner : options && `${inner} (${kind})`;
    const keyword = {
      ...effectOf(row, opener),
      block: path,
      name,
      grammar: grammarOf(entry),
      doc: entry.block?.doc ?? row.doc,
      row,
      isNamed: true,
      aliasOf: aliased(entry),
      isDeprecated: entry.deprecated || row.deprecated !== undefined,
      opens,
    };
    place.keywords.push(keyword);
    if (entry.block) visitBlock(entry.block, inner, keyword, tables, places);
    else if (options && opens) visitOptions(options, opens, kind, keyword, places);
  }
}

function visitOptions(
  table: OptionTable,
  path: string,
  kind: 'line' | 'arguments',
  opener: KeywordEntry,
  places: PlaceEntry[],
): void {
  const place: PlaceEntry = { path, kind, block: undefined, opener, keywords: [] };
  places.push(place);
  const add = (row: Row<unknown>, name: string, alias?: { of: string; deprecated: boolean }) =>
    place.keywords.push({
      ...effectOf(row, opener),
      block: path,
      name,
      grammar: name === row.type?.usage ? '' : (row.type?.usage ?? ''),
      doc: row.doc,
      row,
      isNamed: name !== row.type?.usage,
      aliasOf: alias?.of,
      isDeprecated: alias?.deprecated ?? row.deprecated !== undefined,
      opens: undefined,
    });
  const unnamed = [...(table.leading ? [table.leading] : []), ...Object.values(table.loose)];
  for (const row of unnamed) add(row, row.type?.usage ?? '');
  for (const [name, row] of Object.entries(table.options)) {
    add(row, name);
    for (const { name: other, deprecated } of row.aliases)
      add(row, other, { of: name, deprecated });
  }
}

function effectOf(row: Row<unknown>, around?: KeywordEntry): { effect: Effect; note: string } {
  const from = around && around.effect !== 'full' ? around : row;
  return { effect: from.effect, note: from.note };
}

/** The blocks of a slot have names of their own, which are no aliases. */
const aliased = ({ row, name, field }: Entry): string | undefined =>
  row.kind === 'slot' || name === field ? undefined : field;

function grammarOf({ row, block }: Entry): string {
  if (!block) return row.type?.usage ?? '';
  const header = block.header?.type.usage;
  return header === undefined ? '{ ... }' : `${header} { ... }`;
}
