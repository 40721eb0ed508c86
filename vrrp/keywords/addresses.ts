import { familyOf, fullLength, type IpAddress, parseIp } from '@keepalived-ts/base/ip.js';
import type { Duration } from '@keepalived-ts/base/time.js';
import { objectOf } from '#src/config/json-form.js';
import { type LineOf, optionLine } from '#src/config/option-line.js';
import { keyword } from '#src/config/schema.js';
import type { ParseContext, ValueType } from '#src/config/value-type.js';
import {
  address,
  duration,
  flag,
  integer,
  interfaceName,
  mistake,
  quoted,
  wholeSeconds,
  word,
} from '#src/config/values.js';
import { scope } from './route-names.js';

/** An address and the length of its prefix; 32 or 128 when none was written. */
export interface AddressWithPrefix {
  address: IpAddress;
  prefix: number;
}

export const addressWithPrefix: ValueType<AddressWithPrefix> = {
  usage: 'IPADDR[/PREFIX]',
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    const [text = '', length] = first.text.split(/\/(.*)/s);
    const parsed = parseIp(text);
    if (parsed === undefined) {
      return mistake(context, first, `VRRP parsed invalid IP ${first.text}. skipping IP...`);
    }
    const full = fullLength(parsed);
    if (length === undefined) return { address: parsed, prefix: full };
    if (/^\d+$/.test(length) && Number(length) <= full) {
      return { address: parsed, prefix: Number(length) };
    }
    const message = `Invalid address prefix len ${length} for address ${first.text} - using ${full}`;
    context.report({ severity: 'error', class: 'number', message, at: first.at });
    return { address: parsed, prefix: full };
  },
  print: (value) =>
    value.prefix === fullLength(value.address) ? value.address : `${value.address}/${value.prefix}`,
  json: objectOf({ address, prefix: integer(0, 128) }),
};

/** An address, `+` (host bits set), `-` (host bits clear). */
const broadcast: ValueType<IpAddress | '+' | '-'> = {
  usage: 'IPV4|+|-',
  least: 1,
  parse([first], context) {
    if (first === undefined || first.text === '+' || first.text === '-') return first?.text as '+';
    const parsed = parseIp(first.text);
    if (parsed !== undefined && familyOf(parsed) === 4) return parsed;
    const message = `invalid broadcast address ${first.text}. skipping VIP...`;
    return mistake(context, first, message, 'an IPv4 address, + or -');
  },
  print: (value) => value,
};

/** IFNAMSIZ of <linux/if.h>, without the NUL: the kernel's limit for labels too. */
const LONGEST_LABEL = 15;

const label: ValueType<string> = {
  ...word,
  usage: 'LABEL',
  parse([first], context) {
    if (first === undefined || first.text.length <= LONGEST_LABEL) return first?.text;
    const message = `Address label ${first.text} is longer than ${LONGEST_LABEL} - removing address`;
    return mistake(context, first, message);
  },
  print: quoted,
};

const time = wholeSeconds(0, 4294967295);

const lifetime: ValueType<Duration | 'forever'> = {
  usage: 'SECONDS|forever',
  least: 1,
  parse: (given, context) =>
    given[0]?.text === 'forever' ? 'forever' : time.parse(given, context),
  print: (value) => (value === 'forever' ? value : duration(0).print(value)),
};

const options = {
  broadcast: keyword(
    broadcast,
    'Broadcast address (IPv4); + sets all host bits of the prefix, - clears them.',
  ).alias('brd'),
  dev: keyword(interfaceName, 'Interface that gets the address, if not the one of the instance.'),
  scope: keyword(scope, 'How far the address is valid, for source selection (IPv4).').default(0),
  label: keyword(label, 'Label that ifconfig shows as an interface of its own (IPv4).'),
  peer: keyword(
    address,
    'The far end of a point-to-point link; the prefix length is 32 or 128 then.',
  ),
  home: keyword(flag, 'Mark an IPv6 address as a home address (RFC 6275).').default(false),
  '-nodad': keyword(flag, 'Let IPv6 detect duplicates of the address before it is used.').default(
    false,
  ),
  mngtmpaddr: keyword(flag, 'Have the kernel derive temporary IPv6 addresses (RFC 8981).').default(
    false,
  ),
  noprefixroute: keyword(flag, 'Add no route for the prefix of the address.').default(false),
  autojoin: keyword(flag, 'Have the kernel join the group of a multicast address.').default(false),
  no_track: keyword(flag, 'Do not react when somebody else deletes the address.').default(false),
  preferred_lft: keyword(
    lifetime,
    'How long IPv6 may choose the address as a source; 0: only if asked for.',
  ).unless('0 for an IPv6 address with prefix length 128, forever otherwise'),
};

interface Settled extends AddressWithPrefix {
  broadcast: IpAddress | '+' | '-' | undefined;
  scope: number;
  label: string | undefined;
  peer: IpAddress | undefined;
}

/** What IPv6 does not have is taken away; a broadcast address drops the line. */
function settle<L extends Settled>(line: L, context: ParseContext): L | undefined {
  const { address: own, peer } = line;
  const about = context.subject;
  let out = line;
  if (peer !== undefined && familyOf(peer) !== familyOf(own)) {
    mistake(context, about, `Peer address ${peer} does not match address family`);
    out = { ...out, peer: undefined };
  }
  if (out.peer !== undefined && line.prefix !== fullLength(own)) {
    const message = 'Cannot specify address prefix when specifying peer address - ignoring';
    mistake(context, about, message);
    out = { ...out, prefix: fullLength(own) };
  }
  if (familyOf(own) === 4) return out;
  if (line.broadcast !== undefined) {
    return mistake(context, about, `IPv6 has no broadcast, so not ${own}. skipping VIP...`);
  }
  if (line.label !== undefined) {
    mistake(context, about, `Cannot specify label for IPv6 addresses (${own}) - ignoring label`);
    out = { ...out, label: undefined };
  }
  if (line.scope !== 0) {
    mistake(context, about, `Cannot specify scope for IPv6 addresses (${own}) - ignoring scope`);
    out = { ...out, scope: 0 };
  }
  return out;
}

const leading = keyword(
  addressWithPrefix,
  'The address; without a prefix length it stands alone in its subnet (/32, /128).',
);

/** A line of `virtual_ipaddress` and `virtual_ipaddress_excluded`. */
export const vipLine = optionLine({
  leading,
  options: {
    ...options,
    use_vmac: keyword(flag, 'Put the address on a macvlan of its own, upon its dev.').default(
      false,
    ),
  },
  wholly: ['broadcast', 'label'],
  settle,
});

/** A line of `static_ipaddress`. */
export const staticAddressLine = optionLine({
  leading,
  options: {
    ...options,
    track_group: keyword(
      word,
      'A track_group whose instances go to FAULT while the interface of the address is down.',
    ),
  },
  wholly: ['broadcast', 'label'],
  settle,
});

export type VipLine = LineOf<typeof vipLine>;
export type StaticAddressLine = LineOf<typeof staticAddressLine>;
