import { jsonForm, valueJson } from './json-form.js';
import type { Block, ConfigOf, Filling, Row } from './schema.js';
import type { Tables } from './table.js';
import type { PrintStyle } from './value-type.js';

type Values = Readonly<Record<string, unknown>>;
type Json = Record<string, unknown>;

/**
 * A configuration as JSON has it: every value, defaults included, numbers as numbers, times in
 * seconds. `schemaOf` describes it.
 */
export function dumpJson<B extends Block>(
  block: B,
  config: ConfigOf<B>,
  tables: Tables,
  style: PrintStyle = {},
): Json {
  return new JsonDumper(tables, style).block(block, config as Values);
}

class JsonDumper {
  private readonly tables: Tables;
  private readonly style: PrintStyle;

  constructor(tables: Tables, style: PrintStyle) {
    this.tables = tables;
    this.style = style;
  }

  block(block: Block, config: Values): Json {
    const { header } = block;
    const json: Json = {};
    if (header) json[header.field] = jsonForm(header.type).of(config[header.field], this.style);
    for (const [field, row] of this.tables.of(block).rows) {
      const value = config[field];
      const written = value === undefined ? undefined : this.row(field, row, value);
      if (written !== undefined) json[field] = written;
    }
    return json;
  }

  private row(field: string, row: Row<unknown>, value: unknown): unknown {
    const { block } = row;
    switch (row.kind) {
      case 'block':
        return block && this.block(block, value as Values);
      case 'blocks':
        return block && (value as Values[]).map((one) => this.block(block, one));
      case 'slot':
        return (value as Filling[]).flatMap(({ keyword, config }) => {
          const filling = this.tables.slotOf(field).find((b) => b.keyword === keyword);
          return filling ? [{ keyword, ...this.block(filling, config) }] : [];
        });
      case 'value':
        return valueJson(row, value, this.style);
    }
  }
}
