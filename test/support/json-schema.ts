/**
 * Checks a value against a JSON schema: the part of draft 2020-12 that our schema uses. A keyword
 * it does not know is a mistake, so nothing passes for want of being looked at.
 */
export function violations(schema: unknown, value: unknown, at = '$'): string[] {
  if (schema === true) return [];
  if (schema === false) return [`${at}: nothing may stand here`];
  return Object.entries(schema as Record<string, unknown>).flatMap(([keyword, rule]) => {
    const check = checks[keyword];
    if (!check) throw new Error(`the test's validator does not know '${keyword}'`);
    return check(rule as never, value, at, schema as Record<string, unknown>);
  });
}

type Check = (rule: never, value: unknown, at: string, schema: Record<string, unknown>) => string[];

const typeOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
const isOf = (type: string, value: unknown): boolean =>
  type === 'integer' ? Number.isInteger(value) : typeOf(value) === type;
const isObject = (value: unknown): value is Record<string, unknown> => typeOf(value) === 'object';
const unless = (fine: boolean, complaint: string): string[] => (fine ? [] : [complaint]);
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const remark: Check = () => [];

const checks: Readonly<Record<string, Check>> = {
  $schema: remark,
  title: remark,
  description: remark,
  default: remark,
  deprecated: remark,
  type: (rule: string | string[], value, at) =>
    unless(
      [rule].flat().some((one) => isOf(one, value)),
      `${at}: ${JSON.stringify(value)} is no ${[rule].flat().join(' or ')}`,
    ),
  const: (rule: unknown, value, at) => unless(same(rule, value), `${at}: is not ${String(rule)}`),
  enum: (rule: unknown[], value, at) =>
    unless(
      rule.some((one) => same(one, value)),
      `${at}: ${JSON.stringify(value)} is none of ${rule.join(', ')}`,
    ),
  minimum: (rule: number, value, at) =>
    unless(typeof value !== 'number' || value >= rule, `${at}: ${String(value)} < ${rule}`),
  maximum: (rule: number, value, at) =>
    unless(typeof value !== 'number' || value <= rule, `${at}: ${String(value)} > ${rule}`),
  maxLength: (rule: number, value, at) =>
    unless(typeof value !== 'string' || [...value].length <= rule, `${at}: longer than ${rule}`),
  pattern: (rule: string, value, at) =>
    unless(typeof value !== 'string' || new RegExp(rule, 'u').test(value), `${at}: not ${rule}`),
  minItems: (rule: number, value, at) =>
    unless(!Array.isArray(value) || value.length >= rule, `${at}: fewer than ${rule} items`),
  maxItems: (rule: number, value, at) =>
    unless(!Array.isArray(value) || value.length <= rule, `${at}: more than ${rule} items`),
  items: (rule: unknown, value, at) =>
    Array.isArray(value) ? value.flatMap((v, i) => violations(rule, v, `${at}[${i}]`)) : [],
  required: (rule: string[], value, at) =>
    isObject(value)
      ? rule.flatMap((name) => unless(Object.hasOwn(value, name), `${at}: no ${name}`))
      : [],
  properties: (rule: Record<string, unknown>, value, at) =>
    isObject(value)
      ? Object.entries(rule).flatMap(([name, inner]) =>
          Object.hasOwn(value, name) ? violations(inner, value[name], `${at}.${name}`) : [],
        )
      : [],
  additionalProperties: (_rule, value, at, { properties }) =>
    isObject(value)
      ? Object.keys(value).flatMap((name) =>
          unless(Object.hasOwn(properties ?? {}, name), `${at}: ${name} is not in the schema`),
        )
      : [],
  anyOf: (rule: unknown[], value, at) =>
    unless(
      rule.some((one) => violations(one, value, at).length === 0),
      `${at}: ${JSON.stringify(value)} fits none of ${rule.length} schemas`,
    ),
  oneOf: (rule: unknown[], value, at) => {
    const tried = rule.map((one) => violations(one, value, at));
    const fitting = tried.filter((found) => found.length === 0).length;
    if (fitting === 1) return [];
    const nearest = tried.toSorted((a, b) => a.length - b.length)[0] ?? [];
    return [`${at}: fits ${fitting} of ${rule.length} schemas`, ...nearest];
  },
};
