import { viewOf } from '@keepalived-ts/base/bytes.js';
import { Reader, Writer } from './agentx-data.js';
import type { Oid } from './oid.js';
import type { VarBind } from './value.js';

/*
 * Messages between an SNMP master agent and its sub-agents: AgentX, RFC 2741 §6. Each begins with
 *
 *   0  1  version, 1
 *   1  1  type
 *   2  1  flags; 0x10: numbers are in network byte order, 0x08: a context follows the header
 *   3  1  reserved
 *   4  4  session
 *   8  4  transaction
 *  12  4  packet
 *  16  4  length of what follows
 */

export const HEADER = 20;
const VERSION = 1;
const NON_DEFAULT_CONTEXT = 0x08;
const NETWORK_BYTE_ORDER = 0x10;
/** A message that is longer is none: a request names some hundred variables at most. */
export const LONGEST = 1 << 20;

/** RFC 2741 §6.1. */
const types = {
  open: 1,
  close: 2,
  register: 3,
  get: 5,
  'get-next': 6,
  'get-bulk': 7,
  'test-set': 8,
  'commit-set': 9,
  'undo-set': 10,
  'cleanup-set': 11,
  notify: 12,
  ping: 13,
  response: 18,
} as const;
const typeOf = new Map<number, keyof typeof types>(
  Object.entries(types).map(([name, number]) => [number, name as keyof typeof types]),
);

/** From `start`, itself only if `include`, up to but without `end`, which may be empty. */
export interface SearchRange {
  start: Oid;
  include: boolean;
  end: Oid;
}

/** What tells a message from others of the connection. */
export interface Envelope {
  session: number;
  transaction: number;
  packet: number;
}

/** What the master asks of us. */
export type Request =
  | { type: 'get' | 'get-next'; ranges: readonly SearchRange[] }
  | {
      type: 'get-bulk';
      /** So many of the ranges are asked for one value only. */
      nonRepeaters: number;
      repetitions: number;
      ranges: readonly SearchRange[];
    }
  | { type: 'test-set'; varBinds: readonly VarBind[] }
  | { type: 'commit-set' | 'undo-set' | 'cleanup-set' }
  | { type: 'close'; reason: number };

export interface Response {
  type: 'response';
  /** 0, or a number of RFC 2741 §6.2.16. */
  error: number;
  /** Which variable is to blame, counted from 1; 0 for none. */
  index: number;
  varBinds: readonly VarBind[];
}

/** What we ask of the master. */
export type Administration =
  | { type: 'open'; timeout: number; description: string }
  | { type: 'close'; reason: number }
  | { type: 'register'; subtree: Oid; priority: number; timeout: number }
  | { type: 'notify'; varBinds: readonly VarBind[] }
  | { type: 'ping' };

/** The bytes of a message, in network byte order. */
export function encode(envelope: Envelope, message: Administration | Response): Uint8Array {
  const payload = new Writer();
  writePayload(payload, message);
  const body = payload.bytes();
  const head = new Writer();
  for (const byte of [VERSION, types[message.type], NETWORK_BYTE_ORDER, 0]) head.u8(byte);
  for (const n of [envelope.session, envelope.transaction, envelope.packet, body.length]) {
    head.u32(n);
  }
  return Buffer.concat([head.bytes(), body]);
}

function writePayload(out: Writer, message: Administration | Response): void {
  switch (message.type) {
    case 'open':
      out.bytesOf(message.timeout, 0, 0, 0);
      out.oid([]);
      out.octets(Buffer.from(message.description));
      return;
    case 'close':
      out.bytesOf(message.reason, 0, 0, 0);
      return;
    case 'register':
      out.bytesOf(message.timeout, message.priority, 0, 0);
      out.oid(message.subtree);
      return;
    case 'notify':
      out.varBinds(message.varBinds);
      return;
    case 'ping':
      return;
    case 'response':
      // Only the master's own sysUpTime counts: zero (§6.2.16).
      out.u32(0);
      out.u16(message.error);
      out.u16(message.index);
      out.varBinds(message.varBinds);
  }
}

/** How long the message is that begins here; undefined until its header is there. */
export function messageLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < HEADER) return undefined;
  return HEADER + viewOf(bytes).getUint32(16, isLittle(bytes));
}

const isLittle = (bytes: Uint8Array): boolean => ((bytes[2] ?? 0) & NETWORK_BYTE_ORDER) === 0;

/** A whole message of the master; undefined for garbage and for what no master sends. */
export function decode(
  bytes: Uint8Array,
): { envelope: Envelope; message: Request | Response } | undefined {
  if (bytes.length < HEADER || bytes[0] !== VERSION) return undefined;
  const type = typeOf.get(bytes[1] ?? 0);
  const from = new Reader(bytes, HEADER, isLittle(bytes));
  const head = new Reader(bytes, 4, isLittle(bytes));
  const envelope = { session: head.u32(), transaction: head.u32(), packet: head.u32() };
  if (((bytes[2] ?? 0) & NON_DEFAULT_CONTEXT) !== 0) from.octets();
  const message = type && readPayload(type, from);
  return message && !from.failed ? { envelope, message } : undefined;
}

function readPayload(type: keyof typeof types, from: Reader): Request | Response | undefined {
  switch (type) {
    case 'get':
    case 'get-next':
      return { type, ranges: ranges(from) };
    case 'get-bulk': {
      const [nonRepeaters, repetitions] = [from.u16(), from.u16()];
      return { type, nonRepeaters, repetitions, ranges: ranges(from) };
    }
    case 'test-set':
      return { type, varBinds: varBinds(from) };
    case 'commit-set':
    case 'undo-set':
    case 'cleanup-set':
      return { type };
    case 'close':
      return { type, reason: from.u8() };
    case 'response': {
      from.u32();
      const [error, index] = [from.u16(), from.u16()];
      return { type, error, index, varBinds: varBinds(from) };
    }
    default:
      return undefined;
  }
}

function ranges(from: Reader): SearchRange[] {
  const found: SearchRange[] = [];
  while (from.left > 0 && !from.failed) {
    const { value: start, include } = from.oid();
    found.push({ start, include, end: from.oid().value });
  }
  return found;
}

function varBinds(from: Reader): VarBind[] {
  const found: VarBind[] = [];
  while (from.left > 0 && !from.failed) {
    const bind = from.varBind();
    if (bind) found.push(bind);
  }
  return found;
}
