import { familyOf, type IpAddress, type IpFamily, parseIp } from '@keepalived-ts/base/ip.js';
import { optionLine } from '#src/config/option-line.js';
import { keyword } from '#src/config/schema.js';
import type { ParseContext, ValueType, Word } from '#src/config/value-type.js';
import { integer, mistake } from '#src/config/values.js';
import { dsfield } from './route-names.js';

/** A route through a tunnel that needs no interface (lwtunnel, <linux/lwtunnel.h>). */
export type Encap =
  | { kind: 'ip' | 'ip6'; tunnel: TunnelEncap }
  | { kind: 'mpls'; labels: readonly number[] }
  | { kind: 'ila'; locator: bigint };

/** LWTUNNEL_IP_* and LWTUNNEL_IP6_* of <linux/lwtunnel.h>. */
export interface TunnelEncap {
  id: bigint | undefined;
  dst: IpAddress | undefined;
  src: IpAddress | undefined;
  /** TOS, or the traffic class of IPv6. */
  tos: number | undefined;
  /** TTL, or the hop limit of IPv6. */
  ttl: number | undefined;
  flags: number | undefined;
}

/** An unsigned number of 64 bits, which a JavaScript number cannot hold. */
export const uint64: ValueType<bigint> = {
  usage: 'INTEGER',
  least: 1,
  parse([first], context) {
    if (first === undefined) return undefined;
    const { text } = first;
    if (/^(?:\d{1,20}|0x[0-9a-fA-F]{1,16})$/.test(text) && BigInt(text) < 1n << 64n) {
      return BigInt(text);
    }
    return mistake(context, first, `invalid number '${text}' of 64 bits`);
  },
  print: String,
};

const addressIn = (family: IpFamily): ValueType<IpAddress> => ({
  usage: `IPV${family}`,
  least: 1,
  parse([first], context) {
    const parsed = first && parseIp(first.text);
    if (first === undefined || (parsed !== undefined && familyOf(parsed) === family)) return parsed;
    return mistake(context, first, `invalid IPv${family} address ${first.text} of encap`);
  },
  print: (value) => value,
});

const common = (family: IpFamily) => ({
  id: keyword(uint64, 'Key of the tunnel.'),
  dst: keyword(addressIn(family), 'The far end of the tunnel.'),
  src: keyword(addressIn(family), 'Our end of the tunnel.'),
  flags: keyword(integer(0, 65535, { strict: true }), 'Flags of the tunnel header.'),
});

const byte = integer(0, 255, { strict: true });

const tunnels = {
  ip: optionLine({
    options: {
      ...common(4),
      tos: keyword(dsfield, 'Type of service of the outer header.'),
      ttl: keyword(byte, 'TTL of the outer header.'),
    },
    wholly: true,
    lacking: 'fatal',
  }),
  ip6: optionLine({
    options: {
      ...common(6),
      tos: keyword(dsfield, 'Traffic class of the outer header.').alias('tc'),
      ttl: keyword(byte, 'Hop limit of the outer header.').alias('hoplimit'),
    },
    wholly: true,
    lacking: 'fatal',
  }),
};

/** Words of the tunnel's options: pairs, up to the first that is none. */
function optionWords(words: readonly Word[]): number {
  let n = 0;
  while (TUNNEL_OPTIONS.has(words[n]?.text ?? '')) n += 2;
  return Math.min(n, words.length);
}
const TUNNEL_OPTIONS = new Set(['id', 'dst', 'src', 'tos', 'ttl', 'tc', 'hoplimit', 'flags']);

/** Labels have 20 bits (RFC 3032 §2.1); keepalived takes two at most. */
const MOST_LABEL = 0xfffff;

function mplsLabels(from: Word, context: ParseContext): readonly number[] | undefined {
  const labels = from.text.split('/').map((text) => (/^\d+$/.test(text) ? Number(text) : Infinity));
  if (labels.length <= 2 && labels.every((label) => label <= MOST_LABEL)) return labels;
  const message = `invalid mpls address ${from.text} for encapsulation`;
  return mistake(context, from, message, 'LABEL or LABEL/LABEL');
}

function ilaLocator(from: Word, context: ParseContext): bigint | undefined {
  if (/^[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){3}$/.test(from.text)) {
    return from.text.split(':').reduce((n, group) => (n << 16n) | BigInt(`0x${group}`), 0n);
  }
  const message = `invalid locator ${from.text} for encapsulation`;
  return mistake(context, from, message, 'four groups of hexadecimal digits');
}

const printLocator = (locator: bigint): string =>
  [48n, 32n, 16n, 0n].map((shift) => ((locator >> shift) & 0xffffn).toString(16)).join(':');

export const encap: ValueType<Encap> = {
  usage:
    'ip id INTEGER [dst IPV4] [src IPV4] [tos INTEGER] [ttl INTEGER] [flags INTEGER] | ' +
    'ip6 id INTEGER [dst IPV6] [src IPV6] [tc INTEGER] [hoplimit INTEGER] [flags INTEGER] | ' +
    'mpls INTEGER 0..1048575[/INTEGER] | ila LOCATOR',
  least: 2,
  takes: ([kind, ...rest]) => (isTunnel(kind?.text) ? 1 + optionWords(rest) : 2),
  parse([kind, ...rest], context) {
    const [first] = rest;
    if (kind === undefined) return undefined;
    if (isTunnel(kind.text)) {
      const line = tunnels[kind.text].parse(rest.slice(0, optionWords(rest)), context);
      if (line === undefined) return undefined;
      const { at: _, ...tunnel } = line;
      if (tunnel.id !== undefined || tunnel.dst) return { kind: kind.text, tunnel };
      return mistake(context, kind, `address or id missing for ${kind.text} encapsulation`);
    }
    if (first === undefined) return undefined;
    if (kind.text === 'mpls') {
      const labels = mplsLabels(first, context);
      return labels && { kind: 'mpls', labels };
    }
    if (kind.text === 'ila') {
      const locator = ilaLocator(first, context);
      return locator === undefined ? undefined : { kind: 'ila', locator };
    }
    return mistake(context, kind, `Unknown encap type - ${kind.text}`, 'ip, ip6, mpls or ila');
  },
  print(value) {
    if (value.kind === 'mpls') return `mpls ${value.labels.join('/')}`;
    if (value.kind === 'ila') return `ila ${printLocator(value.locator)}`;
    return `${value.kind} ${tunnels[value.kind].print({ ...value.tunnel, at: NOWHERE })}`;
  },
};

const isTunnel = (text: string | undefined): text is 'ip' | 'ip6' =>
  text === 'ip' || text === 'ip6';
const NOWHERE = { file: '', line: 0, column: 0, length: 1 };
