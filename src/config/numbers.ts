import { type Duration, microseconds } from '@keepalived-ts/base/time.js';
import type { ParseContext, ValueType, Word } from './value-type.js';

export interface NumberOptions {
  /** What the number is, for messages, where it is not the keyword. */
  name?: string;
  /** A number with something behind it is refused whole; otherwise what is in front counts. */
  strict?: boolean;
  /** Stands for a number out of range; otherwise the line is ignored. */
  outside?: number;
  /** What 0 means where 1 is the least: an error is reported, and this is taken. */
  zero?: number;
}

function wrong(context: ParseContext, at: Word, message: string, hint: string): undefined {
  context.report({ severity: 'error', class: 'number', message, hint, at: at.at });
}

const range = (min: number | string, max: number | string): string =>
  `outside range [${min}, ${max}]`;

/**
 * An integer as strtol(3) reads it in base 10.
 *
 * Compat: `6x` is an error, but it counts as 6 where keepalived takes the leading number.
 */
export const integer = (
  min: number,
  max: number,
  options: NumberOptions = {},
): ValueType<number> => ({
  usage: `INTEGER ${min}..${max}`,
  least: 1,
  parse: ([first], context) => first && integerOf(first, min, max, context, options),
  print: String,
  json: { schema: { type: 'integer', minimum: min, maximum: max }, of: (value) => value },
});

/** The same for one word of a longer line. */
export function integerOf(
  from: Word,
  min: number,
  max: number,
  context: ParseContext,
  options: NumberOptions = {},
): number | undefined {
  const { text } = from;
  const plain = digitsOf(text);
  if (plain >= min && plain <= max) return plain;
  const [, digits = '', rest = ''] = /^\s*([+-]?\d+)?(.*)$/s.exec(text) ?? [];
  const hint = `${options.name ?? context.subject.text} takes an integer between ${min} and ${max}`;
  if (digits === '')
    return wrong(context, from, `invalid number '${text}'`, hint) ?? options.outside;
  if (rest !== '') {
    wrong(context, from, `invalid number '${text}'`, hint);
    if (options.strict) return options.outside;
  }
  const value = Number(digits);
  if (value >= min && value <= max && (min < 0 || !digits.startsWith('-'))) return value + 0;
  if (rest === '') wrong(context, from, `number '${text}' ${range(min, max)}`, hint);
  return value === 0 ? (options.zero ?? options.outside) : options.outside;
}

/** A number that is nothing but a few digits, as nearly all are; NaN for any other. */
function digitsOf(text: string): number {
  if (text.length === 0 || text.length > 9) return Number.NaN;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Decimal digits to a whole number of `10^-decimals`; rounds half up. */
function scaled(
  text: string,
  decimals: number,
): { value: number; exact: boolean; clean: boolean } | undefined {
  const pattern = decimals === 0 ? WHOLE : DECIMAL;
  const [, whole = '', fraction = '', rest = ''] = pattern.exec(text) ?? [];
  if (whole === '' && fraction === '') return undefined;
  const kept = fraction.slice(0, decimals).padEnd(decimals, '0');
  const round = (fraction[decimals] ?? '0') >= '5' ? 1 : 0;
  const value = Number(whole || '0') * 10 ** decimals + Number(kept || '0') + round;
  return { value, exact: fraction.length <= decimals, clean: rest === '' };
}
const WHOLE = /^[ \t]*\+?(\d*)()(.*)$/s;
const DECIMAL = /^[ \t]*\+?(\d*)(?:\.(\d*))?(.*)$/s;

export interface DurationOptions extends NumberOptions {
  /** Decimals a user may write: 6, or 3, or 0 for whole seconds. */
  decimals?: number;
}

const text = (micros: number): string => {
  const fraction = String(micros % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${Math.floor(micros / 1_000_000)}${fraction && `.${fraction}`}`;
};

/** Seconds with up to 6 decimals; min and max in seconds. */
export const duration = (
  min: number,
  max = 4294967295,
  options: DurationOptions = {},
): ValueType<Duration> => {
  const decimals = options.decimals ?? 6;
  const unit = 10 ** (6 - decimals);
  const [low, high] = [Math.round(min * 1e6), Math.round(max * 1e6)];
  return {
    usage: `${decimals === 0 ? 'SECONDS' : 'DECIMAL'} ${min}..${max}`,
    unit: 'seconds',
    least: 1,
    parse([first], context) {
      if (first === undefined) return undefined;
      const instead =
        options.outside === undefined ? undefined : microseconds(options.outside * 1e6);
      const hint = `${context.subject.text} takes seconds between ${min} and ${max}`;
      const number = scaled(first.text, decimals);
      if (!number) return wrong(context, first, `invalid number '${first.text}'`, hint) ?? instead;
      if (!number.clean) wrong(context, first, `invalid number '${first.text}'`, hint);
      else if (!number.exact) {
        const message = `number '${first.text}' has too many decimal places`;
        wrong(context, first, message, `at most ${decimals} count`);
      }
      const micros = number.value * unit;
      if (micros >= low && micros <= high) return microseconds(micros);
      if (number.clean) wrong(context, first, `number '${first.text}' ${range(min, max)}`, hint);
      if (micros === 0 && options.zero !== undefined) return microseconds(options.zero * 1e6);
      return instead;
    },
    print: text,
    json: {
      schema: { type: 'number', minimum: min, maximum: max },
      of: (value) => value / 1_000_000,
    },
  };
};

/** A number of whole seconds. */
export const wholeSeconds = (
  min: number,
  max: number,
  options: NumberOptions = {},
): ValueType<Duration> => duration(min, max, { ...options, decimals: 0 });

export interface Weight {
  weight: number;
  reverse: boolean;
}

/**
 * A priority adjustment.
 *
 * Compat: with `keep` a weight out of range is an error and counts nevertheless, as keepalived
 * has it for `vrrp_script`.
 */
export const weight = (limit: number, options: { keep?: boolean } = {}): ValueType<Weight> => ({
  usage: `INTEGER ${-limit}..${limit} [reverse]`,
  least: 1,
  parse([first, second], context) {
    if (first === undefined) return undefined;
    const given = Number(first.text);
    const outside = options.keep && Number.isSafeInteger(given) ? given : undefined;
    const value = integerOf(first, -limit, limit, context, { outside });
    if (second && second.text !== 'reverse') {
      const message = `unknown weight option '${second.text}'`;
      context.report({ severity: 'error', class: 'general', message, at: second.at });
    }
    return value === undefined ? undefined : { weight: value, reverse: second?.text === 'reverse' };
  },
  print: ({ weight: value, reverse }) => `${value}${reverse ? ' reverse' : ''}`,
  json: {
    schema: {
      type: 'object',
      properties: { weight: { type: 'integer' }, reverse: { type: 'boolean' } },
      required: ['weight', 'reverse'],
      additionalProperties: false,
    },
    of: (value) => value,
  },
});
