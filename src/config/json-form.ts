import type { JsonForm, ValueType } from './schema.js';

/** What the values of a type are in JSON: as the type says, a list of its items, or what it prints. */
export function jsonForm(type: ValueType<unknown>): JsonForm<unknown> {
  if (type.json) return type.json;
  const { item } = type;
  if (!item) return { schema: { type: 'string' }, of: (value, style) => type.print(value, style) };
  const form = jsonForm(item);
  return {
    schema: { type: 'array', items: form.schema },
    of: (values, style) => (values as unknown[]).map((value) => form.of(value, style)),
  };
}
