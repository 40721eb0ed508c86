import { familyOf, type IpAddress, isMulticast, parseIp } from '@keepalived-ts/base/ip.js';
import { MASKED, reveal, type Secret, secret } from '@keepalived-ts/base/secret.js';
import { objectOf } from './json-form.js';
import type { JsonForm, NamedList, ParseContext, ValueType, Word } from './value-type.js';

/** Reports a mistake about one word, in the way all value types do. */
export function mistake(
  context: ParseContext,
  at: Word,
  message: string,
  hint?: string,
): undefined {
  context.report({
    severity: 'error',
    class: 'general',
    message,
    at: at.at,
    ...(hint && { hint }),
  });
  return undefined;
}

/**
 * As it must be written to be read again: quoted where the lexer would split it, and where it
 * would take a line that begins with it for something else.
 */
export const quoted = (text: string): string =>
  text === '' || /^(?:[$@~]|include)|[\s#!{}]/.test(text) ? `"${text}"` : text;

/** Of a value that is a string in JSON, without the quotes that a file may need. */
export const plainText: JsonForm<string> = { schema: { type: 'string' }, of: (value) => value };

export const word: ValueType<string> = {
  usage: 'STRING',
  least: 1,
  parse: ([first]) => first?.text,
  print: quoted,
  json: plainText,
};

/** Between `least` and `most` words; what is surplus is ignored. */
export const words = (least: number, most: number): ValueType<string[]> => ({
  usage: Array.from({ length: Math.min(most, 4) }, (_, i) =>
    i < least ? 'STRING' : '[STRING]',
  ).join(' '),
  least,
  parse: (given) => given.slice(0, most).map((w) => w.text),
  print: (value) => value.map(quoted).join(' '),
  json: {
    schema: { type: 'array', items: { type: 'string' }, minItems: least, maxItems: most },
    of: (value) => value,
  },
});

const truth: JsonForm<boolean> = { schema: { type: 'boolean' }, of: (value) => value };

/** A keyword without argument. */
export const flag: ValueType<boolean> = {
  usage: '',
  least: 0,
  parse: () => true,
  print: () => '',
  unwritten: (value) => !value,
  json: truth,
};

const TRUE = new Set(['on', 'true', 'yes']);
const FALSE = new Set(['off', 'false', 'no']);

/** on/true/yes, off/false/no, or nothing for on. */
export const boolean: ValueType<boolean> = {
  usage: '[on|off]',
  least: 0,
  parse([first], context) {
    if (first === undefined || TRUE.has(first.text)) return true;
    if (FALSE.has(first.text)) return false;
    const subject = context.subject.text;
    return mistake(
      context,
      first,
      `${subject}: invalid value '${first.text}'`,
      'on, true, yes, off, false or no',
    );
  },
  print: (value) => (value ? 'on' : 'off'),
  json: truth,
};

export const choice = <const C extends readonly string[]>(...names: C): ValueType<C[number]> => ({
  usage: names.join('|'),
  least: 1,
  parse([first], context) {
    if (first === undefined || names.includes(first.text)) return first?.text;
    const subject = context.subject.text;
    return mistake(
      context,
      first,
      `unknown ${subject} '${first.text}'`,
      `one of ${names.join(', ')}`,
    );
  },
  print: (value) => value,
  json: { schema: { enum: names }, of: (value) => value },
});

/**
 * An address as inet_pton(3) reads it; names are not looked up.
 *
 * Compat: a prefix length is cut off with a remark, where keepalived's parser does so in silence.
 */
export const address: ValueType<IpAddress> = {
  usage: 'IPADDR',
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    const parsed = addressOf(first, context);
    if (parsed !== undefined) return parsed;
    const hint = 'a numeric IPv4 or IPv6 address';
    return mistake(
      context,
      first,
      `${context.subject.text}: invalid IP address '${first.text}'`,
      hint,
    );
  },
  print: (value) => value,
};

/** The address in one word; a prefix length behind it gets a remark, the rest is the caller's. */
export function addressOf(from: Word, context: ParseContext): IpAddress | undefined {
  if (!from.text.includes('/')) return parseIp(from.text);
  const [text = '', prefix] = from.text.split('/', 2);
  const parsed = parseIp(text);
  if (parsed !== undefined && prefix !== undefined) {
    const message = `${context.subject.text}: prefix length '/${prefix}' is ignored`;
    const code = 'prefix-cut-off';
    context.report({ severity: 'warning', class: 'advice', code, message, at: from.at });
  }
  return parsed;
}

/** An address of a multicast group, of one family or of either. */
export const multicast = (family?: 4 | 6): ValueType<IpAddress> => ({
  ...address,
  usage: 'MULTICAST-IPADDR',
  parse(given, context) {
    const parsed = address.parse(given, context);
    const [first] = given;
    if (parsed === undefined || first === undefined) return undefined;
    if (isMulticast(parsed) && (!family || familyOf(parsed) === family)) return parsed;
    const kind = family ? `an IPv${family} multicast address` : 'a multicast address';
    const message = `${context.subject.text} ${first.text} is not ${kind}. Skipping`;
    return mistake(context, first, message);
  },
});

/** IFNAMSIZ of <linux/if.h>, without the NUL. */
const LONGEST_INTERFACE = 15;

export const interfaceName: ValueType<string> = {
  usage: 'IFNAME',
  least: 1,
  parse([first], context) {
    if (first === undefined || first.text.length <= LONGEST_INTERFACE) return first?.text;
    const message = `Interface name '${first.text}' too long - ignoring`;
    return mistake(context, first, message, `at most ${LONGEST_INTERFACE} characters`);
  },
  print: quoted,
  json: { ...plainText, schema: { type: 'string', maxLength: LONGEST_INTERFACE } },
};

/** A password of which `longest` bytes count, as they do on the wire. */
export const passwordOf = (longest: number): ValueType<Secret> => ({
  usage: 'STRING',
  least: 1,
  parse([first], context) {
    // Compat: an empty password is none.
    if (first === undefined || first.text === '') return undefined;
    const bytes = Buffer.from(first.text, first.latin1 ? 'latin1' : 'utf8');
    if (bytes.length > longest) {
      const message = `Truncating ${context.subject.text} to ${longest} characters`;
      const code = 'password-too-long';
      context.report({ severity: 'error', class: 'general', code, message, at: first.at });
    }
    return secret(bytes.subarray(0, longest));
  },
  print: (value, style) => (style?.secrets ? quoted(reveal(value).toString()) : MASKED),
  json: {
    schema: { type: 'string', maxLength: longest },
    of: (value, style) => (style.secrets ? reveal(value).toString() : MASKED),
  },
});

export interface ListOptions {
  /** Each word is an item, not each line. */
  words?: boolean;
  /** What to say of an empty list; nothing, usually. */
  empty?: string;
}

/** One item a line between braces. The reader goes through the lines; see `read.ts`. */
export const list = <T>(item: ValueType<T>, options: ListOptions = {}): ValueType<T[]> => ({
  usage: `{ ${item.usage} ... }`,
  least: 0,
  item: item as ValueType<unknown>,
  itemIs: options.words ? 'word' : 'line',
  ...(options.empty !== undefined && { emptyIs: options.empty }),
  parse: () => [],
  print: (values, style) => values.map((v) => item.print(v, style)).join('\n'),
});

/** The same with a name before the `{`, such as `virtual_server_group NAME { ... }`. */
export const namedList = <T>(
  name: ValueType<string>,
  item: ValueType<T>,
): ValueType<NamedList<T>> => ({
  usage: `${name.usage} { ${item.usage} ... }`,
  least: name.least,
  item: item as ValueType<unknown>,
  itemIs: 'line',
  heading: name,
  parse: () => undefined,
  print: (value, style) =>
    `${name.print(value.name)} { ${value.items.map((v) => item.print(v, style)).join(', ')} }`,
  json: objectOf({
    name: name as ValueType<unknown>,
    items: list(item) as ValueType<unknown>,
  }),
});

export { duration, integer, weight, wholeSeconds } from './numbers.js';
