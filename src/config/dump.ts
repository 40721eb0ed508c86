import type { Block, ConfigOf, Filling, Row } from './schema.js';
import { Tables } from './table.js';
import type { NamedList, PrintStyle, ValueType } from './value-type.js';

type Values = Readonly<Record<string, unknown>>;

/**
 * A configuration in its normal form: every value that differs from the default, in the order of
 * the tables, old spellings replaced, secrets as `***` unless asked for. Reading it gives the same
 * configuration.
 */
export function dump<B extends Block>(
  block: B,
  config: ConfigOf<B>,
  tables: Tables = new Tables(),
  style: PrintStyle = {},
): string {
  return new Dumper(tables, style)
    .body(block, config as Values, 0)
    .join('\n')
    .concat('\n');
}

class Dumper {
  private readonly tables: Tables;
  private readonly style: PrintStyle;

  constructor(tables: Tables, style: PrintStyle) {
    this.tables = tables;
    this.style = style;
  }

  body(block: Block, config: Values, depth: number): string[] {
    return this.tables.of(block).rows.flatMap(([field, row]) => {
      const value = config[field];
      if (value === undefined) return [];
      return this.row(field, row, value, depth);
    });
  }

  private row(field: string, row: Row<unknown>, value: unknown, depth: number): string[] {
    switch (row.kind) {
      case 'block':
        return row.block ? this.block(row.block, value as Values, depth, row.isAlways) : [];
      case 'blocks':
        return (value as Values[]).flatMap((v) =>
          row.block ? this.block(row.block, v, depth) : [],
        );
      case 'slot':
        return (value as Filling[]).flatMap((filling) => {
          const entry = this.tables.slotOf(field).find((b) => b.keyword === filling.keyword);
          return entry ? this.block(entry, filling.config, depth) : [];
        });
      case 'value':
        return this.value(field, row, value, depth);
    }
  }

  private value(field: string, row: Row<unknown>, value: unknown, depth: number): string[] {
    const { type } = row;
    if (!type || type.unwritten?.(value)) return [];
    const pad = indent(depth);
    const { heading } = type;
    if (heading) {
      return (value as NamedList<unknown>[]).flatMap(({ name, items }) =>
        this.list(`${field} ${heading.print(name)}`, type, items, depth),
      );
    }
    if (type.item) {
      const items = value as unknown[];
      return items.length > 0 ? this.list(field, type, items, depth) : [];
    }
    const values = row.isRepeatable ? (value as unknown[]) : [value];
    const lines = values.map((v) => `${field} ${type.print(v, this.style)}`.trimEnd());
    if (row.hasDefault && !row.isRepeatable) {
      const normal = `${field} ${type.print(row.defaultValue, this.style)}`.trimEnd();
      if (lines[0] === normal && !type.unwritten) return [];
    }
    return lines.map((line) => pad + line);
  }

  private list(head: string, type: ValueType<unknown>, items: readonly unknown[], depth: number) {
    const lines = items.map((v) => `${indent(depth + 1)}${type.item?.print(v, this.style)}`);
    return [`${indent(depth)}${head} {`, ...lines, `${indent(depth)}}`];
  }

  private block(block: Block, config: Values, depth: number, onlyIfFilled = false): string[] {
    const body = this.body(block, config, depth + 1);
    if (onlyIfFilled && body.length === 0) return [];
    const { header } = block;
    const head = header ? ` ${header.type.print(config[header.field])}` : '';
    return [`${indent(depth)}${block.keyword}${head} {`, ...body, `${indent(depth)}}`];
  }
}

const indent = (depth: number): string => '  '.repeat(depth);
