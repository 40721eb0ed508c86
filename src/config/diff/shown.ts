import type { Block, Row } from '../schema.js';
import type { Tables } from '../table.js';
import type { PrintStyle } from '../value-type.js';

/** A value as the configuration spells it; an item or a line each where there are several. */
export type Shown = string | readonly string[];

type Values = Readonly<Record<string, unknown>>;

const IN_CLEAR: PrintStyle = { secrets: true };

/** Whether two values of a row are spelled alike; secrets are looked at, and not shown. */
export function sameValue(tables: Tables, row: Row<unknown>, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b) && a.length + b.length === 0) return true;
  const [one, other] = [a, b].map((value) => shown(tables, row, value, IN_CLEAR));
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A row's value; `undefined` where the file has none and there is no default either. */
export function shown(
  tables: Tables,
  row: Row<unknown>,
  value: unknown,
  style?: PrintStyle,
): Shown | undefined {
  const { type, block } = row;
  if (row.kind === 'block') {
    return value && block ? inOneLine(tables, block, value as Values, style) : undefined;
  }
  if (row.kind === 'blocks') {
    const blocks = (value ?? []) as readonly Values[];
    return some(blocks.map((config) => (block ? inOneLine(tables, block, config, style) : '')));
  }
  if (!type || value === undefined || type.unwritten?.(value)) return undefined;
  const item = row.isRepeatable ? type : type.item;
  if (!item) return unbroken(type.print(value, style));
  return some((value as unknown[]).map((v) => unbroken(item.print(v, style))));
}

/** Without the line breaks that a value with a block of its own is printed with. */
const unbroken = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

const some = (lines: readonly string[]): readonly string[] | undefined =>
  lines.length > 0 ? lines : undefined;

/** A block without a name, which is a value of the block around it: `{ path /; digest ... }`. */
function inOneLine(tables: Tables, block: Block, config: Values, style?: PrintStyle): string {
  const words = tables.of(block).rows.flatMap(([field, row]) => {
    if (row.hasDefault && config[field] === row.defaultValue) return [];
    const value = shown(tables, row, config[field], style);
    if (value === undefined) return [];
    return [value].flat().map((text) => `${field} ${text}`.trim());
  });
  return `{ ${words.join('; ')} }`;
}
