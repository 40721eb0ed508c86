import { fullLength, type IpAddress, ip, parseIp } from '@keepalived-ts/base/ip.js';
import { type Duration, microseconds } from '@keepalived-ts/base/time.js';
import { integerOf } from '#src/config/numbers.js';
import type { ParseContext, ValueType, Word } from '#src/config/value-type.js';
import { integer, mistake, word } from '#src/config/values.js';
import { type AddressWithPrefix, addressWithPrefix } from './addresses.js';

const MOST32 = 4294967295;

export const uint32 = integer(0, MOST32, { strict: true });

/** RTN_* of <linux/rtnetlink.h>. */
export const ROUTE_TYPES = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
  nat: 10,
  xresolve: 11,
} as const;
export type RouteType = keyof typeof ROUTE_TYPES;

export const routeType: ValueType<RouteType> = {
  usage: Object.keys(ROUTE_TYPES).join('|'),
  least: 1,
  accepts: (text) => Object.hasOwn(ROUTE_TYPES, text),
  parse: ([first]) => first?.text as RouteType | undefined,
  print: (value) => value,
};

/** All addresses of a family that the rest of the line tells. */
export type Anywhere = 'default';
const ANYWHERE = new Set(['default', 'any', 'all']);

export const DEFAULT: Readonly<Record<4 | 6, AddressWithPrefix>> = {
  4: { address: ip('0.0.0.0'), prefix: 0 },
  6: { address: ip('::'), prefix: 0 },
};

/** Whether a word is meant for a network, right or wrong. */
const isNetwork = (text: string): boolean => ANYWHERE.has(text) || /^[\da-fA-F]*[.:/\d]/.test(text);

/** `[to] PREFIX|default|any|all`, or keepalived's old `default6`. */
export const destination: ValueType<AddressWithPrefix | Anywhere> = {
  usage: '[to] IPADDR[/PREFIX] | default | any | all',
  least: 1,
  takes: ([first]) => (first?.text === 'to' ? 2 : 1),
  accepts: (text) => text === 'to' || text === 'default6' || isNetwork(text),
  parse([first, second], context) {
    const from = first?.text === 'to' ? second : first;
    if (from === undefined) return context.report(lacking(first)) ?? undefined;
    if (ANYWHERE.has(from.text)) return 'default';
    if (from.text !== 'default6') return addressWithPrefix.parse([from], context);
    const message = 'default6 is deprecated - please use inet6 default';
    context.report({ severity: 'warning', class: 'deprecated', message, at: from.at });
    return DEFAULT[6];
  },
  print: (value) => (value === 'default' ? value : printNetwork(value)),
};

const lacking = (at: Word | undefined) => ({
  severity: 'error' as const,
  class: 'missing-argument' as const,
  message: `${at?.text ?? 'to'} lacks its value`,
  ...(at && { at: at.at }),
});

/** A network is printed with its length even where that is full. */
export const printNetwork = ({ address, prefix }: AddressWithPrefix): string =>
  prefix === fullLength(address) ? address : `${address}/${prefix}`;

/** The source or destination that a rule selects by. */
export const selector: ValueType<AddressWithPrefix | Anywhere> = {
  ...destination,
  usage: 'IPADDR[/PREFIX] | default | any | all',
  takes: () => 1,
  accepts: isNetwork,
};

/** An address of a route that stands for itself. Compat: a prefix length is a mistake there. */
export function aloneOf(from: Word, context: ParseContext, what: string): IpAddress | undefined {
  const parsed = parseIp(from.text);
  if (parsed !== undefined) return parsed;
  const [text = ''] = from.text.split('/', 1);
  const hint = from.text === text ? undefined : `${text}, without a prefix length`;
  return mistake(context, from, `invalid ${what} ${from.text}`, hint);
}

export const source: ValueType<IpAddress> = {
  usage: 'IPADDR',
  least: 1,
  parse: ([first], context) => first && aloneOf(first, context, 'route source address'),
  print: (value) => value,
};

/** `[inet|inet6] IPADDR`: the word before the address adds nothing to it. */
export const gateway: ValueType<IpAddress> = {
  usage: '[inet|inet6] IPADDR',
  least: 1,
  takes: ([first]) => (isFamily(first) ? 2 : 1),
  parse([first, second], context) {
    const from = isFamily(first) ? second : first;
    if (from === undefined) return context.report(lacking(first)) ?? undefined;
    return aloneOf(from, context, 'gateway address');
  },
  print: (value) => value,
};

const isFamily = (from: Word | undefined): boolean =>
  from?.text === 'inet' || from?.text === 'inet6';

/** A metric that TCP may be kept from changing (RTAX_LOCK of <linux/rtnetlink.h>). */
export interface Lockable<T> {
  value: T;
  lock: boolean;
}

export const lockable = <T>(type: ValueType<T>): ValueType<Lockable<T>> => ({
  usage: `[lock] ${type.usage}`,
  least: 1,
  takes: ([first]) => (first?.text === 'lock' ? 2 : 1),
  parse([first, second], context) {
    const lock = first?.text === 'lock';
    const from = lock ? second : first;
    if (from === undefined) return context.report(lacking(first)) ?? undefined;
    const value = type.parse([from], context);
    return value === undefined ? undefined : { value, lock };
  },
  print: ({ value, lock }) => `${lock ? 'lock ' : ''}${type.print(value)}`,
});

/** What the kernel takes for a round trip; keepalived raises or lowers others to it. */
const SHORTEST = microseconds(200_000);
const LONGEST = microseconds(120_000_000);
const UNITS: Readonly<Record<string, number>> = { ms: 1000, s: 1e6, sec: 1e6, secs: 1e6 };

/** `200ms`, `1.5s`, or a bare number of units of `microsPerUnit`. */
export const roundTrip = (microsPerUnit: number): ValueType<Duration> => ({
  usage: 'TIME',
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|sec|secs)?$/.exec(first.text) ?? [];
    if (number === undefined || (unit === '' && number.includes('.'))) {
      const message = `invalid ${context.subject.text} '${first.text}'`;
      return mistake(context, first, message, 'such as 300ms or 1.5s');
    }
    const micros = Math.round(Number(number) * (UNITS[unit] ?? microsPerUnit));
    return microseconds(Math.min(Math.max(micros, SHORTEST), LONGEST));
  },
  print: (value) => `${value / 1000}ms`,
});

/** The one route feature that has a name (RTAX_FEATURE_ECN); others are told and left out. */
export const features: ValueType<readonly 'ecn'[]> = {
  usage: 'ecn',
  least: 1,
  parse([first], context) {
    if (first?.text === 'ecn') return ['ecn'];
    if (first) mistake(context, first, `feature ${first.text} not supported`, 'ecn');
    return [];
  },
  print: () => 'ecn',
  unwritten: (value) => value.length === 0,
};

/** TCP_CA_NAME_MAX of <net/tcp.h>, without the NUL. */
const LONGEST_ALGORITHM = 15;

export const algorithm: ValueType<string> = {
  ...word,
  parse([first], context) {
    if (first === undefined || first.text.length <= LONGEST_ALGORITHM) return first?.text;
    const message = `congestion control algorithm ${first.text} has too long a name`;
    const code = 'algorithm-too-long';
    context.report({ severity: 'warning', class: 'advice', code, message, at: first.at });
    return first.text;
  },
};

/** ICMPV6_ROUTER_PREF_* of <linux/icmpv6.h>. */
const PREFERENCES: Readonly<Record<string, number>> = { medium: 0, high: 1, low: 3 };

export const preference: ValueType<number> = {
  usage: 'low|medium|high|INTEGER 0..255',
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    return PREFERENCES[first.text] ?? integerOf(first, 0, 255, context, { strict: true });
  },
  print: (value) => Object.entries(PREFERENCES).find(([, n]) => n === value)?.[0] ?? `${value}`,
};

export const enabled: ValueType<boolean> = {
  usage: 'enabled|disabled',
  least: 1,
  parse([first], context) {
    if (first?.text === 'enabled') return true;
    if (first?.text === 'disabled') return false;
    const message = `${context.subject.text} value ${first?.text} not recognised`;
    return first && mistake(context, first, message, 'enabled or disabled');
  },
  print: (value) => (value ? 'enabled' : 'disabled'),
};

/** `as [to] ADDR`, which only MPLS routes could have: it is told, and says nothing. */
export const asTo: ValueType<boolean> = {
  usage: '[to] ADDR',
  least: 1,
  takes: ([first]) => (first?.text === 'to' ? 2 : 1),
  parse(_, context) {
    mistake(context, context.subject, '"as to" for MPLS only - ignoring');
    return false;
  },
  print: () => '',
  unwritten: () => true,
};
