import type { Span } from '@keepalived-ts/base/diagnostics.js';
import { familyOf, fullLength, type IpAddress, parseIp } from '@keepalived-ts/base/ip.js';
import { integerOf } from '#src/config/numbers.js';
import type { ParseContext, ValueType, Word } from '#src/config/schema.js';
import { mistake, quoted } from '#src/config/values.js';

/** A line of `virtual_ipaddress`: ADDRESS[/LEN] [brd X] [dev IF] [scope S] [label L] ... */
export interface VipLine {
  address: IpAddress;
  /** Prefix length; 32 or 128 when none was written. */
  prefix: number;
  dev: string | undefined;
  /** An address, `+` (host bits set), `-` (host bits clear). */
  broadcast: IpAddress | '+' | '-' | undefined;
  /** RT_SCOPE_* of <linux/rtnetlink.h>; global unless written. */
  scope: number;
  label: string | undefined;
  no_track: boolean;
  at: Span;
}

export interface InterfaceTracker {
  interface: string;
  /** 0: the interface going down is a FAULT. */
  weight: number;
  reverse: boolean;
  at: Span;
}

export interface ScriptTracker {
  script: string;
  /** undefined: the script's own weight. */
  weight: number | undefined;
  reverse: boolean | undefined;
  at: Span;
}

/** RT_SCOPE_* of <linux/rtnetlink.h>. */
const SCOPES: Record<string, number> = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 };
/** IFNAMSIZ of <linux/if.h>, without the NUL; labels have the same limit. */
const LONGEST_NAME = 15;

/** Words of a VIP line that the program knows and does not act upon, and whether a value follows. */
const LATER: Record<string, boolean> = {
  peer: true,
  preferred_lft: true,
  home: false,
  '-nodad': false,
  mngtmpaddr: false,
  noprefixroute: false,
  autojoin: false,
  use_vmac: false,
  track_group: true,
};

/** How each option of a VIP line changes the line; `undefined`, once reported, changes nothing. */
const options: Record<
  string,
  (value: Word, context: ParseContext, line: VipLine) => Partial<VipLine> | undefined
> = {
  dev: (value, context) =>
    value.text.length <= LONGEST_NAME
      ? { dev: value.text }
      : mistake(context, value, `Interface name '${value.text}' too long - ignoring`),
  label: (value, context) =>
    value.text.length <= LONGEST_NAME
      ? { label: value.text }
      : mistake(context, value, `label '${value.text}' too long - ignoring`),
  scope(value, context) {
    const named = SCOPES[value.text];
    if (named !== undefined) return { scope: named };
    if (/^\d+$/.test(value.text) && Number(value.text) <= 255) return { scope: Number(value.text) };
    return mistake(
      context,
      value,
      `invalid scope '${value.text}'`,
      `0..255 or ${Object.keys(SCOPES).join(', ')}`,
    );
  },
  brd: broadcast,
  broadcast,
};

function broadcast(
  value: Word,
  context: ParseContext,
  line: VipLine,
): Partial<VipLine> | undefined {
  if (value.text === '+' || value.text === '-') return { broadcast: value.text };
  const parsed = parseIp(value.text);
  if (parsed !== undefined && familyOf(parsed) === 4 && familyOf(line.address) === 4) {
    return { broadcast: parsed };
  }
  return mistake(
    context,
    value,
    `invalid broadcast address '${value.text}'`,
    'an IPv4 address, + or -',
  );
}

export const vipLine: ValueType<VipLine> = {
  usage: 'IPADDR[/PREFIX] [brd IPADDR|+|-] [dev IFNAME] [scope SCOPE] [label LABEL] [no_track]',
  least: 1,
  parse([first, ...rest], context) {
    if (first === undefined) return undefined;
    const base = addressAndPrefix(first, context);
    if (base === undefined) return undefined;
    let line: VipLine = {
      ...base,
      dev: undefined,
      broadcast: undefined,
      scope: 0,
      label: undefined,
      no_track: false,
      at: first.at,
    };
    for (let i = 0; i < rest.length; i++) {
      const name = rest[i];
      if (name === undefined) break;
      const option = Object.hasOwn(options, name.text) ? options[name.text] : undefined;
      if (name.text === 'no_track') {
        line.no_track = true;
      } else if (option) {
        const value = rest[++i];
        if (value === undefined) mistake(context, name, `${name.text} lacks its value`);
        else line = { ...line, ...option(value, context, line) };
      } else if (Object.hasOwn(LATER, name.text)) {
        if (LATER[name.text]) i++;
        const message = `${name.text} of an address is not acted upon yet`;
        context.report({ severity: 'warning', class: 'advice', message, at: name.at });
      } else {
        mistake(
          context,
          name,
          `unknown option '${name.text}' for an address - ignoring`,
          vipLine.usage,
        );
      }
    }
    return line;
  },
  print(line) {
    const scope = Object.entries(SCOPES).find(([, number]) => number === line.scope)?.[0];
    return [
      line.prefix === fullLength(line.address) ? line.address : `${line.address}/${line.prefix}`,
      line.broadcast && `brd ${line.broadcast}`,
      line.dev && `dev ${quoted(line.dev)}`,
      line.scope !== 0 && `scope ${scope ?? line.scope}`,
      line.label && `label ${quoted(line.label)}`,
      line.no_track && 'no_track',
    ]
      .filter(Boolean)
      .join(' ');
  },
};

function addressAndPrefix(
  from: Word,
  context: ParseContext,
): { address: IpAddress; prefix: number } | undefined {
  const [text = '', length] = from.text.split(/\/(.*)/s);
  const address = parseIp(text);
  if (address === undefined) {
    return mistake(context, from, `VRRP parsed invalid IP ${from.text}. skipping IP...`);
  }
  const full = fullLength(address);
  if (length === undefined) return { address, prefix: full };
  if (/^\d+$/.test(length) && Number(length) <= full) return { address, prefix: Number(length) };
  const message = `Invalid address prefix len ${length} for address ${from.text} - using ${full}`;
  context.report({ severity: 'error', class: 'number', message, at: from.at });
  return { address, prefix: full };
}

/** Tracker weights one beyond the limit are cut to it. */
const LIMIT = 253;

function trackerOptions(
  words: readonly Word[],
  context: ParseContext,
): { weight: number | undefined; reverse: boolean | undefined } {
  let weight: number | undefined;
  let reverse: boolean | undefined;
  for (let i = 0; i < words.length; i++) {
    const name = words[i];
    if (name === undefined) break;
    const value = words[i + 1];
    if (name.text === 'weight' && value) {
      const given = integerOf(value, -LIMIT - 1, LIMIT + 1, context, { name: 'weight' });
      weight = given === undefined ? undefined : Math.max(-LIMIT, Math.min(LIMIT, given));
      if (given !== weight) {
        const message = `weight ${value.text} cut to ${weight}`;
        context.report({ severity: 'error', class: 'number', message, at: value.at });
      }
      i++;
    } else if (name.text === 'reverse') {
      reverse = true;
    } else if (name.text === 'noreverse') {
      reverse = false;
    } else {
      mistake(
        context,
        name,
        `unknown option '${name.text}' of a tracker - ignoring`,
        'weight N [reverse]',
      );
    }
  }
  return { weight, reverse };
}

const printOptions = (weight: number | undefined, reverse: boolean | undefined): string =>
  (weight === undefined ? '' : ` weight ${weight}`) +
  (reverse === undefined ? '' : reverse ? ' reverse' : ' noreverse');

export const interfaceTracker: ValueType<InterfaceTracker> = {
  usage: `IFNAME [weight -${LIMIT}..${LIMIT} [reverse]]`,
  least: 1,
  parse([first, ...rest], context) {
    if (first === undefined) return undefined;
    if (first.text.length > LONGEST_NAME) {
      return mistake(context, first, `Interface name '${first.text}' too long - ignoring`);
    }
    const { weight = 0, reverse = false } = trackerOptions(rest, context);
    return { interface: first.text, weight, reverse, at: first.at };
  },
  print: (t) => quoted(t.interface) + printOptions(t.weight || undefined, t.reverse || undefined),
};

export const scriptTracker: ValueType<ScriptTracker> = {
  usage: `SCRIPT [weight -${LIMIT}..${LIMIT} [reverse|noreverse]]`,
  least: 1,
  parse([first, ...rest], context) {
    if (first === undefined) return undefined;
    return { script: first.text, ...trackerOptions(rest, context), at: first.at };
  },
  print: (t) => quoted(t.script) + printOptions(t.weight, t.reverse),
};
