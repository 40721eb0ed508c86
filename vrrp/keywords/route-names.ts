import type { ParseContext, ValueType } from '#src/config/value-type.js';
import { mistake } from '#src/config/values.js';

/** The kinds of numbers that iproute2 gives names to, in files of their own. */
export type NumberKind = 'table' | 'protocol' | 'scope' | 'dsfield' | 'realm' | 'group' | 'ipproto';

/** A number of the kernel's that has names. */
export const numbered = (
  kind: NumberKind,
  most: number,
  names: Readonly<Record<string, number>>,
): ValueType<number> => {
  const nameOf = new Map(Object.entries(names).map(([name, number]) => [number, name]));
  return {
    usage: [`INTEGER 0..${most}`, ...Object.keys(names)].join('|'),
    least: 1,
    parse([first], context) {
      if (first === undefined) return undefined;
      const number = numberOf(first.text, kind, most, names, context);
      if (number !== undefined) return number;
      const known = Object.keys(names);
      const hint = `0..${most}${known.length > 0 ? `, or ${known.join(', ')}` : ''}`;
      return mistake(context, first, `invalid ${kind} '${first.text}' - ignoring`, hint);
    },
    print: (value) => nameOf.get(value) ?? String(value),
  };
};

function numberOf(
  text: string,
  kind: NumberKind,
  most: number,
  names: Readonly<Record<string, number>>,
  context: ParseContext,
): number | undefined {
  if (Object.hasOwn(names, text)) return names[text];
  if (/^(?:\d+|0x[0-9a-fA-F]+)$/.test(text)) {
    return Number(text) <= most ? Number(text) : undefined;
  }
  return context.numberOf?.(kind, text);
}

/** RT_SCOPE_* of <linux/rtnetlink.h>. */
export const scope = numbered('scope', 255, {
  global: 0,
  site: 200,
  link: 253,
  host: 254,
  nowhere: 255,
});

const MOST32 = 4294967295;

/** RT_TABLE_* of <linux/rtnetlink.h>. */
export const table = numbered('table', MOST32, { default: 253, main: 254, local: 255 });

/** RTPROT_KEEPALIVED of <linux/rtnetlink.h>. */
export const PROTOCOL_KEEPALIVED = 18;

/** RTPROT_* of <linux/rtnetlink.h>. */
export const protocol = numbered('protocol', 255, {
  redirect: 1,
  kernel: 2,
  boot: 3,
  static: 4,
  gated: 8,
  ra: 9,
  mrt: 10,
  zebra: 11,
  bird: 12,
  dnrouted: 13,
  xorp: 14,
  ntk: 15,
  dhcp: 16,
  keepalived: PROTOCOL_KEEPALIVED,
  babel: 42,
  bgp: 186,
  isis: 187,
  ospf: 188,
  rip: 189,
  eigrp: 192,
});

/** The TOS byte, printed as iproute2 shows it; its names are those of rt_dsfield. */
export const dsfield: ValueType<number> = {
  ...numbered('dsfield', 255, {}),
  print: (value) => `0x${value.toString(16).padStart(2, '0')}`,
};

/** A group of interfaces, as in `ip link set eth0 group red`. */
export const linkGroup = numbered('group', MOST32, { default: 0 });

export interface Realms {
  /** Undefined: the kernel's 0, any. */
  from: number | undefined;
  to: number;
}

const realm = numbered('realm', 65535, { cosmos: 0 });

/** `[FROM/]TO`. */
export const realms: ValueType<Realms> = {
  usage: 'INTEGER 0..65535[/INTEGER]',
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    const parts = first.text.split('/');
    const numbers = parts.map((text) => realm.parse([{ ...first, text, at: first.at }], context));
    const [a, b] = numbers;
    if (parts.length > 2) return mistake(context, first, `Invalid realms ${first.text}`);
    if (numbers.includes(undefined) || a === undefined) return undefined;
    return b === undefined ? { from: undefined, to: a } : { from: a, to: b };
  },
  print: ({ from, to }) => (from === undefined ? '' : `${realm.print(from)}/`) + realm.print(to),
};
