import { viewOf } from '@keepalived-ts/base/bytes.js';
import { type IpAddress, ipBytes, ipFromBytes, parseIp } from '@keepalived-ts/base/ip.js';
import type { Protocol } from '@keepalived-ts/ipvs-netlink/types.js';
import { objectSchema } from '#src/config/json-form.js';
import { integerOf } from '#src/config/numbers.js';
import type { ParseContext, ValueType, Word } from '#src/config/value-type.js';
import { addressOf, mistake, plainText, quoted } from '#src/config/values.js';

/** What a `virtual_server` line names: an address with a port, a firewall mark, or a group. */
export type ServiceName =
  | { kind: 'address'; address: IpAddress; port: number }
  | { kind: 'fwmark'; mark: number }
  | { kind: 'group'; group: string };

export interface ServerAddress {
  address: IpAddress;
  /** 0: not written. */
  port: number;
}

/** An IPv4 netmask as 32 bits, or an IPv6 prefix length. */
export type Granularity = { family: 4; mask: number } | { family: 6; prefix: number };

/** Seconds that a client stays with its server, where none are written. */
export const DEFAULT_PERSISTENCE = 360;

/** A port, where 0 or nothing means none. */
export function portOf(from: Word | undefined, context: ParseContext): number | undefined {
  if (from === undefined || (from.text.startsWith('0') && /^0+$/.test(from.text))) return 0;
  return integerOf(from, 1, 65535, context, { strict: true });
}

function endpointOf(
  words: readonly Word[],
  context: ParseContext,
  what?: string,
): ServerAddress | undefined {
  const first = words[0];
  const second = words[1];
  if (first === undefined) return undefined;
  const address = addressOf(first, context);
  const port = portOf(second, context);
  if (address !== undefined && port !== undefined) return { address, port };
  const written = `${first.text}/${second?.text ?? ''}`;
  const name = what ?? context.subject.text.replace('_', ' ');
  return mistake(
    context,
    address === undefined || second === undefined ? first : second,
    `Invalid ${name} IP address/port ${written} - skipping`,
  );
}

const printEndpoint = ({ address, port }: ServerAddress): string =>
  port === 0 ? address : `${address} ${port}`;

/** In JSON; port 0 is no port. */
const ENDPOINT = {
  address: { type: 'string' },
  port: { type: 'integer', minimum: 0, maximum: 65535 },
};

export const serverAddress: ValueType<ServerAddress> = {
  usage: 'IPADDR [PORT]',
  least: 1,
  parse: (words, context) => endpointOf(words, context),
  print: printEndpoint,
  json: {
    schema: objectSchema(ENDPOINT, ['address', 'port']),
    of: ({ address: server, port }) => ({ address: server, port }),
  },
};

export const serviceName: ValueType<ServiceName> = {
  usage: 'IPADDR [PORT] | fwmark INTEGER | group STRING',
  least: 1,
  parse(words, context) {
    const [first, second] = words;
    if (first?.text === 'fwmark' || first?.text === 'group') {
      if (second === undefined) {
        return mistake(context, first, `virtual_server ${first.text}: its name is missing`);
      }
      if (first.text === 'group') return { kind: 'group', group: second.text };
      // Mark 0 is no mark at all to the kernel.
      const mark = integerOf(second, 1, 0xffffffff, context, { strict: true });
      return mark === undefined ? undefined : { kind: 'fwmark', mark };
    }
    const endpoint = endpointOf(words, context, 'virtual server');
    return endpoint && { kind: 'address', ...endpoint };
  },
  print(service) {
    if (service.kind === 'address') return printEndpoint(service);
    return service.kind === 'fwmark' ? `fwmark ${service.mark}` : `group ${quoted(service.group)}`;
  },
  json: {
    schema: {
      oneOf: [
        objectSchema(ENDPOINT, ['address', 'port']),
        objectSchema({ fwmark: { type: 'integer', minimum: 1, maximum: 0xffffffff } }, ['fwmark']),
        objectSchema({ group: { type: 'string' } }, ['group']),
      ],
    },
    of(service) {
      if (service.kind === 'address') return { address: service.address, port: service.port };
      return service.kind === 'fwmark' ? { fwmark: service.mark } : { group: service.group };
    },
  },
};

const PROTOCOLS: Record<string, Protocol> = { tcp: 'TCP', udp: 'UDP', sctp: 'SCTP' };

export const protocol: ValueType<Protocol> = {
  usage: 'TCP|UDP|SCTP',
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    const known = PROTOCOLS[first.text.toLowerCase()];
    return known ?? mistake(context, first, `Unknown protocol ${first.text} - ignoring`);
  },
  print: (value) => value,
  json: { schema: { enum: Object.values(PROTOCOLS) }, of: (value) => value },
};

/** IP_VS_PENAME_MAXLEN of <linux/ip_vs.h>, without the NUL. */
const LONGEST_ENGINE = 15;

/** The name of a persistence engine; what is too long is cut, with an error. */
export const engineName: ValueType<string> = {
  usage: 'STRING',
  least: 1,
  parse([first], context) {
    if (first === undefined || first.text.length <= LONGEST_ENGINE) return first?.text;
    mistake(context, first, `persistence_name too long, truncating - ${first.text}`);
    return first.text.slice(0, LONGEST_ENGINE);
  },
  print: quoted,
  json: plainText,
};

/** Every scheduler of the kernel, oldest first. */
export const SCHEDULERS = [
  ...[
    'rr',
    'wrr',
    'lc',
    'wlc',
    'lblc',
    'lblcr',
    'dh',
    'sh',
    'sed',
    'nq',
    'fo',
    'ovf',
    'mh',
    'twos',
  ],
] as const;

export const scheduler: ValueType<string> = {
  usage: SCHEDULERS.join('|'),
  least: 1,
  parse([first], context) {
    if (first === undefined || SCHEDULERS.some((name) => name === first.text)) return first?.text;
    const message = `Invalid lvs_scheduler '${first.text}' - ignoring`;
    return mistake(context, first, message, `one of ${SCHEDULERS.join(', ')}`);
  },
  print: (value) => value,
  json: { schema: { enum: SCHEDULERS }, of: (value) => value },
};

/** `[SECONDS]`: 360 when the keyword stands alone. */
export const optionalTimeout: ValueType<number> = {
  usage: '[INTEGER 1..2678400]',
  least: 0,
  parse: ([first], context) =>
    first === undefined ? DEFAULT_PERSISTENCE : integerOf(first, 1, 2678400, context),
  unit: 'seconds',
  print: String,
  json: { schema: { type: 'integer', minimum: 1, maximum: 2678400 }, of: (value) => value },
};

/**
 * A netmask with any bits, or an IPv6 prefix length.
 *
 * Differs: a plain number is an IPv6 prefix, which an IPv4 service passes over with a remark;
 * keepalived reads `24` as the netmask 0.0.0.24 there.
 */
export const granularity: ValueType<Granularity> = {
  usage: 'NETMASK | INTEGER 1..128',
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    if (first.text.includes('.')) {
      const mask = parseIp(first.text);
      if (mask !== undefined && !mask.includes(':')) {
        return { family: 4, mask: viewOf(ipBytes(mask)).getUint32(0) };
      }
      return mistake(
        context,
        first,
        `Invalid IPv4 persistence_granularity specified - ${first.text}`,
      );
    }
    const prefix = integerOf(first, 1, 128, context, { strict: true });
    return prefix === undefined ? undefined : { family: 6, prefix };
  },
  print(value) {
    if (value.family === 6) return String(value.prefix);
    const bytes = new Uint8Array(4);
    viewOf(bytes).setUint32(0, value.mask);
    return ipFromBytes(bytes);
  },
};
