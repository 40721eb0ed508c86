import type { Span } from '@keepalived-ts/base/diagnostics.js';
import {
  familyOf,
  fullLength,
  type IpAddress,
  type IpFamily,
  ipBytes,
  ipFromBytes,
  parseIp,
} from '@keepalived-ts/base/ip.js';
import { integerOf } from '#src/config/numbers.js';
import { keyword, repeated } from '#src/config/schema.js';
import type { ParseContext, ValueType, Word } from '#src/config/value-type.js';
import { choice, mistake, namedList, word } from '#src/config/values.js';
import { portOf } from './values.js';

/** Addresses one after the other, all with one port. */
export interface GroupRange {
  kind: 'range';
  first: IpAddress;
  last: IpAddress;
  port: number;
  at: Span;
}

export interface GroupMark {
  kind: 'fwmark';
  mark: number;
  /** As written. */
  family: IpFamily | undefined;
  at: Span;
}

/** A line of a virtual_server_group. */
export type GroupEntry = GroupRange | GroupMark;

const asNumber = (ip: IpAddress): bigint =>
  ipBytes(ip).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** The address so many above this one, in the same family. */
function asAddress(value: bigint, family: IpFamily): IpAddress {
  const bytes = new Uint8Array(family === 4 ? 4 : 16);
  let rest = value;
  for (let i = bytes.length - 1; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return ipFromBytes(bytes);
}

/** How many addresses a range has. */
export const sizeOf = ({ first, last }: GroupRange): bigint =>
  asNumber(last) - asNumber(first) + 1n;

/** The addresses of a range, in order. */
export function* addressesOf({ first, last }: GroupRange): Generator<IpAddress> {
  const family = familyOf(first);
  const end = asNumber(last);
  for (let n = asNumber(first); n <= end; n++) yield asAddress(n, family);
}

interface Bounds {
  first: IpAddress;
  last: IpAddress;
}

/** `10.0.0.1`, `10.0.0.1-9`, `10.0.0.1-10.0.1.9` or `10.0.0.0/24`; or what is wrong with it. */
function boundsOf(text: string): Bounds | string {
  const [start = '', ...ends] = text.split('-');
  if (ends.length > 0) return rangeOf(text, start, ends.join('-'));
  const [address = '', prefix] = text.split('/', 2);
  const first = parseIp(address);
  if (first === undefined) return 'Invalid virtual server group IP address';
  if (prefix === undefined) return { first, last: first };
  return prefixOf(text, first, prefix);
}

function rangeOf(text: string, start: string, end: string): Bounds | string {
  const first = parseIp(start);
  if (first === undefined) return 'Invalid virtual server group IP address';
  const family = familyOf(first);
  const whole = parseIp(end);
  if (whole !== undefined) {
    if (familyOf(whole) !== family) return 'Address range of two families';
    return asNumber(whole) < asNumber(first)
      ? `Address range end is less than address range start - ${text} - skipping`
      : { first, last: whole };
  }
  const digits = family === 4 ? /^\d{1,9}$/ : /^[\da-f]{1,9}$/i;
  if (!digits.test(end)) {
    return `Virtual server group range '${text}' has extra characters at end '${end}'`;
  }
  const part = BigInt(Number.parseInt(end, family === 4 ? 10 : 16));
  const mask = family === 4 ? 0xffn : 0xffffn;
  if (part > mask) return `Virtual server group range '${text}' end '${end}' too large`;
  const from = asNumber(first);
  if (part <= (from & mask)) {
    return `Address range end is not greater than address range start - ${text} - skipping`;
  }
  return { first, last: asAddress((from & ~mask) | part, family) };
}

function prefixOf(text: string, first: IpAddress, prefix: string): Bounds | string {
  const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : 0;
  const most = fullLength(first);
  if (length < 1 || length > most) return `Invalid netmask - ${text} - skipping`;
  const hosts = (1n << BigInt(most - length)) - 1n;
  const from = asNumber(first);
  if ((from & hosts) !== 0n) return `Address mask bits not empty - ${text} - skipping`;
  return { first, last: asAddress(from | hosts, familyOf(first)) };
}

function range([first, second]: readonly Word[], context: ParseContext): GroupRange | undefined {
  if (first === undefined) return undefined;
  const bounds = boundsOf(first.text);
  if (typeof bounds === 'string') return mistake(context, first, bounds, RANGES);
  const port = portOf(second, context);
  return port === undefined ? undefined : { kind: 'range', ...bounds, port, at: first.at };
}

function mark([, number, family]: readonly Word[], context: ParseContext): GroupMark | undefined {
  if (number === undefined) {
    const message = 'fwmark is missing its number';
    context.report({ severity: 'error', class: 'missing-argument', message });
    return undefined;
  }
  const value = integerOf(number, 0, 0xffffffff, context, { strict: true, name: 'fwmark' });
  if (value === undefined) return undefined;
  const { at } = context.subject;
  if (family === undefined) return { kind: 'fwmark', mark: value, family: undefined, at };
  const which = FAMILIES.parse([family], context);
  return which && { kind: 'fwmark', mark: value, family: which === 'inet' ? 4 : 6, at };
}

const RANGES = '10.0.0.1, 10.0.0.1-9, 10.0.0.1-10.0.0.9, 10.0.0.0/24, 2001:db8::1-f';
const FAMILIES = choice('inet', 'inet6');

/** The grammar of one form of a line, for the manual; `groupEntry` reads it. */
const form = (usage: string): ValueType<unknown> => ({ ...word, usage, print: String });

export const groupEntry: ValueType<GroupEntry> = {
  usage: 'IPADDR[-LAST|-IPADDR|/PREFIX] [PORT] | fwmark INTEGER [inet|inet6]',
  least: 1,
  options: {
    leading: keyword(form('IPADDR[-LAST|-IPADDR|/PREFIX]'), 'An address, a range, or a prefix.')
      .explained(
        'LAST is the last number of the last address: decimal in IPv4, hexadecimal in IPv6.' +
          ' A prefix must have no bits set behind its length.',
      )
      .shown('10.0.0.1-9 80'),
    loose: { port: keyword(form('[PORT]'), 'Port of these addresses; 0 or none for every port.') },
    options: {
      fwmark: keyword(
        form('INTEGER 0..4294967295 [inet|inet6]'),
        'Packets that the firewall has marked with this number, of one family.',
      ).unless('the family of the real servers'),
    },
  },
  json: {
    schema: { type: 'object', properties: { kind: { enum: ['range', 'fwmark'] } } },
    of: ({ at: _, ...entry }) => entry,
  },
  parse: (words, context) =>
    words[0]?.text === 'fwmark' ? mark(words, context) : range(words, context),
  print(entry) {
    if (entry.kind === 'fwmark') {
      const family = entry.family && (entry.family === 4 ? ' inet' : ' inet6');
      return `fwmark ${entry.mark}${family ?? ''}`;
    }
    const { first, last, port } = entry;
    return `${first}${last === first ? '' : `-${last}`}${port === 0 ? '' : ` ${port}`}`;
  },
};

/** `virtual_server_group NAME { ... }`, as often as one likes. */
export const virtualServerGroup = repeated(
  namedList(word, groupEntry),
  'Addresses, ranges and firewall marks that one virtual_server serves together.',
)
  .explained('A `virtual_server group NAME` uses it, whichever of the two stands first.')
  .shown('virtual_server_group web {\n  192.0.2.1-9 80\n  fwmark 5\n}');
