import type { OptionTable } from './option-line.js';
import type { Row } from './schema.js';
import type { JsonForm, JsonSchema, PrintStyle, ValueType } from './value-type.js';

type Values = Readonly<Record<string, unknown>>;
type Json = Record<string, unknown>;

/** What the values of a type are in JSON: as the type says, a list of its items, or what it prints. */
export function jsonForm(type: ValueType<unknown>): JsonForm<unknown> {
  if (type.json) return type.json;
  if (type.options) return lineForm(type.options);
  const { item } = type;
  if (!item) return { schema: { type: 'string' }, of: (value, style) => type.print(value, style) };
  const form = jsonForm(item);
  return {
    schema: { type: 'array', items: form.schema },
    of: (values, style) => (values as unknown[]).map((value) => form.of(value, style)),
  };
}

/** A value that is an object of values of these types. */
export function objectOf<T>(types: Readonly<Record<string, ValueType<unknown>>>): JsonForm<T> {
  const forms = Object.entries(types).map(([field, type]) => [field, jsonForm(type)] as const);
  return {
    schema: objectSchema(
      Object.fromEntries(forms.map(([field, { schema }]) => [field, schema])),
      forms.map(([field]) => field),
    ),
    of: (value, style) =>
      Object.fromEntries(
        forms.map(([field, { of }]) => [field, of((value as Values)[field], style)]),
      ),
  };
}

export const objectSchema = (
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
): JsonSchema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
  additionalProperties: false,
});

/** A line with options: the fields of what it begins with, and one for each option. */
function lineForm({ leading, loose, options }: OptionTable): JsonForm<unknown> {
  const lead = leading?.type && asObject(jsonForm(leading.type));
  const rows = [...Object.entries(loose), ...Object.entries(options)];
  const schemas = rows.flatMap(([field, row]) => {
    const schema = valueSchema(row);
    return schema ? [[field, schema] as const] : [];
  });
  const first = lead?.schema as { properties?: Json; required?: string[] } | undefined;
  return {
    schema: objectSchema(
      { ...(first?.properties as Record<string, JsonSchema>), ...Object.fromEntries(schemas) },
      [
        ...(first?.required ?? []),
        ...rows.flatMap(([name, row]) => (row.hasDefault ? [name] : [])),
      ],
    ),
    of(line, style) {
      const json: Json = { ...(lead?.of(line, style) as Json) };
      for (const [field, row] of rows) {
        const value = valueJson(row, (line as Values)[field], style);
        if (value !== undefined) json[field] = value;
      }
      return json;
    },
  };
}

/** What a line begins with, as fields of the line; `value` where it is no object. */
function asObject(form: JsonForm<unknown>): JsonForm<unknown> {
  if ('properties' in form.schema) return form;
  return {
    schema: objectSchema({ value: form.schema }, ['value']),
    of: (value, style) => ({ value: form.of(value, style) }),
  };
}

/** The value of a row in JSON; `undefined` where there is none. */
export function valueJson(row: Row<unknown>, value: unknown, style: PrintStyle): unknown {
  if (!row.type || value === undefined) return undefined;
  const form = jsonForm(row.type);
  if (!row.isRepeatable) return form.of(value, style);
  return (value as unknown[]).map((one) => form.of(one, style));
}

/** The schema of what `valueJson` gives, with what the manual says of the row. */
export function valueSchema(row: Row<unknown>): JsonSchema | undefined {
  if (!row.type) return undefined;
  const { schema, of } = jsonForm(row.type);
  const unit = row.unit || row.type.unit;
  const description = unit ? `${row.doc} In ${unit}.` : row.doc;
  const remarks = { description, ...(row.deprecated !== undefined && { deprecated: true }) };
  if (row.isRepeatable) return { ...remarks, type: 'array', items: schema };
  if (!row.hasDefault) return { ...remarks, ...schema };
  const normal = of(row.defaultValue, {});
  // A default such as 0 for "off" may lie outside the range of what can be written.
  const { minimum, maximum } = schema as { minimum?: number; maximum?: number };
  const isOutside =
    typeof normal === 'number' && (normal < (minimum ?? normal) || normal > (maximum ?? normal));
  const whole = isOutside ? { anyOf: [schema, { const: normal }] } : schema;
  return { ...remarks, ...whole, default: normal };
}
