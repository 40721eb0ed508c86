import { jsonForm, objectSchema, valueSchema } from '../json-form.js';
import type { Block, Row } from '../schema.js';
import type { Tables } from '../table.js';
import type { JsonSchema } from '../value-type.js';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** The JSON schema of what `dumpJson` makes of a configuration. */
export function schemaOf(root: Block, tables: Tables, title: string): JsonSchema {
  return { $schema: DIALECT, title, ...blockSchema(root, tables) };
}

function blockSchema(block: Block, tables: Tables, keyword?: string): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  if (keyword !== undefined) {
    properties.keyword = { const: keyword };
    required.push('keyword');
  }
  const { header } = block;
  if (header) {
    properties[header.field] = jsonForm(header.type).schema;
    required.push(header.field);
  }
  for (const [field, row] of tables.of(block).rows) {
    const schema = rowSchema(field, row, tables);
    if (!schema) continue;
    properties[field] = schema;
    if (row.isRequired || row.hasDefault || row.isAlways) required.push(field);
  }
  return {
    ...(block.doc && { description: block.doc }),
    ...objectSchema(properties, required),
  };
}

function rowSchema(field: string, row: Row<unknown>, tables: Tables): JsonSchema | undefined {
  const { block } = row;
  switch (row.kind) {
    case 'block':
      return block && blockSchema(block, tables);
    case 'blocks':
      return block && { type: 'array', items: blockSchema(block, tables) };
    case 'slot': {
      const fillings = tables.slotOf(field).map((one) => blockSchema(one, tables, one.keyword));
      const items = fillings.length > 0 ? { oneOf: fillings } : false;
      return { type: 'array', description: row.doc, items };
    }
    case 'value':
      return valueSchema(row);
  }
}
