import { viewOf } from '@keepalived-ts/base/bytes.js';
import type { IpFamily } from '@keepalived-ts/base/ip.js';
import { Attributes, HOST_LITTLE_ENDIAN, Malformed, Payload } from '../attributes.js';
import { NLM_F_CREATE, NLM_F_EXCL, RTM_DELRULE, RTM_GETRULE, RTM_NEWRULE } from '../constants.js';
import type { Message, Request } from '../message.js';
import {
  AF_UNSPEC,
  familyNumber,
  numberOf,
  type Parsed,
  type Prefix,
  present,
  printPrefix,
} from './prefix.js';
import { RT_TABLE_COMPAT } from './route.js';

/** Attributes, actions and flags of <linux/fib_rules.h>. */
const FRA_DST = 1;
const FRA_SRC = 2;
const FRA_IIFNAME = 3;
const FRA_GOTO = 4;
const FRA_PRIORITY = 6;
const FRA_FWMARK = 10;
const FRA_FLOW = 11;
const FRA_TUN_ID = 12;
const FRA_SUPPRESS_IFGROUP = 13;
const FRA_SUPPRESS_PREFIXLEN = 14;
const FRA_TABLE = 15;
const FRA_FWMASK = 16;
const FRA_OIFNAME = 17;
const FRA_L3MDEV = 19;
const FRA_UID_RANGE = 20;
const FRA_PROTOCOL = 21;
const FRA_IP_PROTO = 22;
const FRA_SPORT_RANGE = 23;
const FRA_DPORT_RANGE = 24;

export const FR_ACT_TO_TBL = 1;
export const FR_ACT_GOTO = 2;
export const FR_ACT_NOP = 3;
export const FR_ACT_BLACKHOLE = 6;
export const FR_ACT_UNREACHABLE = 7;
export const FR_ACT_PROHIBIT = 8;

export const FIB_RULE_INVERT = 0x2;

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A rule of the routing policy. What is undefined matches everything. */
export interface Rule {
  readonly family: IpFamily;
  /** FR_ACT_*. */
  readonly action: number;
  /** Where FR_ACT_TO_TBL looks; 0 with another action, or with `l3mdev`. */
  readonly table: number;
  readonly priority?: number;
  readonly source?: Prefix;
  readonly destination?: Prefix;
  readonly tos?: number;
  /** FIB_RULE_*. */
  readonly flags?: number;
  readonly inputName?: string;
  readonly outputName?: string;
  readonly mark?: number;
  readonly markMask?: number;
  readonly goto?: number;
  readonly realm?: number;
  readonly tunnelId?: bigint;
  readonly suppressGroup?: number;
  readonly suppressPrefixLength?: number;
  /** The table of the VRF that the packet belongs to. */
  readonly l3mdev?: boolean;
  readonly uids?: Range;
  /** RTPROT_*: who made it. */
  readonly protocol?: number;
  readonly ipProtocol?: number;
  readonly sourcePorts?: Range;
  readonly destinationPorts?: Range;
}

/** Adds a rule; EEXIST when there is one just like it. */
export function newRule(rule: Rule): Request {
  const operation = `add rule ${printRule(rule)}`;
  const flags = NLM_F_CREATE | NLM_F_EXCL;
  return { operation, type: RTM_NEWRULE, flags, payload: body(rule).finish() };
}

/** Removes the first rule that has all this. */
export function delRule(rule: Rule): Request {
  const operation = `remove rule ${printRule(rule)}`;
  return { operation, type: RTM_DELRULE, flags: 0, payload: body(rule).finish() };
}

/** The rules of one family or of both. */
export function dumpRules(only: { family?: IpFamily } = {}): Request {
  const family = only.family === undefined ? AF_UNSPEC : numberOf(only.family);
  const payload = new Payload(12, (view) => view.setUint8(0, family)).finish();
  return { operation: 'list rules', type: RTM_GETRULE, flags: 0, payload };
}

/** RTM_NEWRULE or RTM_DELRULE as a value. */
export function parseRule(message: Message): Parsed<Rule> {
  if (message.type !== RTM_NEWRULE && message.type !== RTM_DELRULE) return undefined;
  const { payload } = message;
  if (payload.length < 12) return new Malformed('short-header');
  const view = viewOf(payload);
  const number = view.getUint8(0);
  const family = ([4, 6] as const).find((f) => numberOf(f) === number);
  if (family === undefined) return undefined;
  const a = Attributes.parse(payload, 12);
  if (a instanceof Malformed) return a;
  const prefix = (type: number, length: number): Prefix | undefined => {
    const ip = a.ip(type);
    return ip !== undefined && familyNumber(ip) === number ? { ip, length } : undefined;
  };
  return present<Rule>({
    family,
    action: view.getUint8(7),
    table: a.u32(FRA_TABLE) ?? view.getUint8(4),
    priority: a.u32(FRA_PRIORITY),
    source: prefix(FRA_SRC, view.getUint8(2)),
    destination: prefix(FRA_DST, view.getUint8(1)),
    tos: view.getUint8(3) || undefined,
    flags: view.getUint32(8, HOST_LITTLE_ENDIAN) || undefined,
    inputName: a.text(FRA_IIFNAME),
    outputName: a.text(FRA_OIFNAME),
    mark: a.u32(FRA_FWMARK),
    markMask: a.u32(FRA_FWMASK),
    goto: a.u32(FRA_GOTO),
    realm: a.u32(FRA_FLOW),
    tunnelId: a.be64(FRA_TUN_ID),
    suppressGroup: unlessAll(a.u32(FRA_SUPPRESS_IFGROUP)),
    suppressPrefixLength: unlessAll(a.u32(FRA_SUPPRESS_PREFIXLEN)),
    l3mdev: a.u8(FRA_L3MDEV) ? true : undefined,
    uids: range32(a.bytes(FRA_UID_RANGE, 8)),
    protocol: a.u8(FRA_PROTOCOL),
    ipProtocol: a.u8(FRA_IP_PROTO),
    sourcePorts: range16(a.bytes(FRA_SPORT_RANGE, 4)),
    destinationPorts: range16(a.bytes(FRA_DPORT_RANGE, 4)),
  });
}

/** `100 from 10.0.0.0/8 to all table 5`, in the manner of ip-rule(8). */
export function printRule({ priority, source, destination, table }: Rule): string {
  const side = (prefix: Prefix | undefined): string => (prefix ? printPrefix(prefix) : 'all');
  const first = priority === undefined ? '' : `${priority} `;
  return `${first}from ${side(source)} to ${side(destination)} table ${table}`;
}

/**
 *     offset  size  field (struct fib_rule_hdr)
 *     0       1     family
 *     1       2     prefix lengths of destination and source
 *     3       1     type of service
 *     4       1     table, RT_TABLE_COMPAT if it needs more than a byte
 *     7       1     action
 *     8       4     flags
 */
function body(rule: Rule): Payload {
  const payload = new Payload(12, (view) => {
    view.setUint8(0, numberOf(rule.family));
    view.setUint8(1, rule.destination?.length ?? 0);
    view.setUint8(2, rule.source?.length ?? 0);
    view.setUint8(3, rule.tos ?? 0);
    view.setUint8(4, rule.table > 255 ? RT_TABLE_COMPAT : rule.table);
    view.setUint8(7, rule.action);
    view.setUint32(8, rule.flags ?? 0, HOST_LITTLE_ENDIAN);
  });
  if (rule.destination !== undefined) payload.ip(FRA_DST, rule.destination.ip);
  if (rule.source !== undefined) payload.ip(FRA_SRC, rule.source.ip);
  if (rule.inputName !== undefined) payload.text(FRA_IIFNAME, rule.inputName);
  if (rule.outputName !== undefined) payload.text(FRA_OIFNAME, rule.outputName);
  for (const [type, value] of words(rule)) if (value !== undefined) payload.u32(type, value);
  if (rule.tunnelId !== undefined) payload.be64(FRA_TUN_ID, rule.tunnelId);
  if (rule.l3mdev) payload.u8(FRA_L3MDEV, 1);
  if (rule.protocol !== undefined) payload.u8(FRA_PROTOCOL, rule.protocol);
  if (rule.ipProtocol !== undefined) payload.u8(FRA_IP_PROTO, rule.ipProtocol);
  if (rule.uids) payload.bytes(FRA_UID_RANGE, bytes32(rule.uids));
  if (rule.sourcePorts) payload.bytes(FRA_SPORT_RANGE, bytes16(rule.sourcePorts));
  if (rule.destinationPorts) payload.bytes(FRA_DPORT_RANGE, bytes16(rule.destinationPorts));
  return payload;
}

/** A table of 0 is left out: the kernel refuses one beside FRA_L3MDEV. */
const words = (rule: Rule) =>
  [
    [FRA_TABLE, rule.table === 0 ? undefined : rule.table],
    [FRA_PRIORITY, rule.priority],
    [FRA_FWMARK, rule.mark],
    [FRA_FWMASK, rule.markMask],
    [FRA_GOTO, rule.goto],
    [FRA_FLOW, rule.realm],
    [FRA_SUPPRESS_IFGROUP, rule.suppressGroup],
    [FRA_SUPPRESS_PREFIXLEN, rule.suppressPrefixLength],
  ] as const;

/** The kernel writes -1 for "suppresses nothing". */
const unlessAll = (value: number | undefined): number | undefined =>
  value === 0xffffffff ? undefined : value;

/** Two words in the order of the machine: struct fib_rule_uid_range. */
const bytes32 = ({ from, to }: Range): Uint8Array =>
  new Uint8Array(Uint32Array.of(from, to).buffer);
const bytes16 = ({ from, to }: Range): Uint8Array =>
  new Uint8Array(Uint16Array.of(from, to).buffer);

function range32(bytes: Uint8Array | undefined): Range | undefined {
  if (bytes === undefined) return undefined;
  const view = viewOf(bytes);
  return {
    from: view.getUint32(0, HOST_LITTLE_ENDIAN),
    to: view.getUint32(4, HOST_LITTLE_ENDIAN),
  };
}

function range16(bytes: Uint8Array | undefined): Range | undefined {
  if (bytes === undefined) return undefined;
  const view = viewOf(bytes);
  return {
    from: view.getUint16(0, HOST_LITTLE_ENDIAN),
    to: view.getUint16(2, HOST_LITTLE_ENDIAN),
  };
}
