import type { ParseContext, ValueType, Word } from '#src/config/value-type.js';
import { mistake } from '#src/config/values.js';
import { numbered } from './route-names.js';

const MOST32 = 4294967295;

/** A number as C reads it in base 0: decimal, 0x hexadecimal, 0 octal. */
function anyBase(text: string): number | undefined {
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return /^(?:\d+|0x[0-9a-fA-F]+)$/.test(text) ? Number(text) : undefined;
}

function unsigned(text: string, at: Word, context: ParseContext): number | undefined {
  const value = anyBase(text);
  if (value !== undefined && value <= MOST32) return value;
  const message = `invalid ${context.subject.text} '${text}' of a rule`;
  const hint = `an integer between 0 and ${MOST32}`;
  context.report({ severity: 'error', class: 'number', message, hint, at: at.at });
  return undefined;
}

export const rulePreference: ValueType<number> = {
  usage: `INTEGER 0..${MOST32}`,
  least: 1,
  parse: ([first], context) => first && unsigned(first.text, first, context),
  print: String,
};

/** A firewall mark, and which of its bits count; undefined: all. */
export interface Fwmark {
  mark: number;
  mask: number | undefined;
}

export const fwmark: ValueType<Fwmark> = {
  usage: 'INTEGER 0..4294967295[/INTEGER]',
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    const [text = '', maskText] = first.text.split(/\/(.*)/s);
    const mark = unsigned(text, first, context);
    const mask = maskText === undefined ? undefined : unsigned(maskText, first, context);
    if (mark === undefined || (maskText !== undefined && mask === undefined)) return undefined;
    return { mark, mask };
  },
  print: ({ mark, mask }) =>
    `0x${mark.toString(16)}${mask === undefined ? '' : `/0x${mask.toString(16)}`}`,
};

/** From the first number to the last, both included. */
export interface NumberRange {
  start: number;
  end: number;
}

/** `START-END`. Compat: a single number is refused. */
export const numberRange = (most: number): ValueType<NumberRange> => ({
  usage: 'START-END',
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    const [, start, end] = /^(\d+)-(\d+)$/.exec(first.text) ?? [];
    if (start !== undefined && end !== undefined && Number(start) <= most && Number(end) <= most) {
      return { start: Number(start), end: Number(end) };
    }
    const message = `invalid ${context.subject.text} range ${first.text}`;
    return mistake(context, first, message, `START-END, both 0..${most}`);
  },
  print: ({ start, end }) => `${start}-${end}`,
});

/** The names of protocols(5) that a rule is likely to select by. */
export const ipProtocol = numbered('ipproto', 255, {
  icmp: 1,
  igmp: 2,
  ipip: 4,
  tcp: 6,
  egp: 8,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  rsvp: 46,
  gre: 47,
  esp: 50,
  ah: 51,
  'ipv6-icmp': 58,
  ospf: 89,
  pim: 103,
  vrrp: 112,
  l2tp: 115,
  sctp: 132,
  udplite: 136,
});

/** What a rule can do with a packet itself, rather than look it up. */
export type Refusal = 'blackhole' | 'unreachable' | 'prohibit';
const REFUSALS: readonly string[] = ['blackhole', 'unreachable', 'prohibit'];

export const refusal: ValueType<Refusal> = {
  usage: REFUSALS.join('|'),
  least: 1,
  accepts: (text) => REFUSALS.includes(text),
  parse: ([first]) => first?.text as Refusal | undefined,
  print: (value) => value,
};

/** A word that may stand before another and adds nothing to it: its value is as without it. */
export const filler: ValueType<boolean> = {
  usage: '',
  least: 0,
  parse: () => false,
  print: () => '',
  unwritten: () => true,
};
