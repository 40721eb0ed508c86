import { viewOf } from '@keepalived-ts/base/bytes.js';

/** The types that DNS_CHECK can ask for, by their numbers (RFC 1035 §3.2.2 and later). */
export const recordTypes = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  RRSIG: 46,
  DNSKEY: 48,
} as const;
export type RecordType = keyof typeof recordTypes;

/** RFC 1035 §2.3.4, in bytes. */
export const LONGEST_LABEL = 63;
export const LONGEST_NAME = 255;

const HEADER = 12;
const RECURSION_DESIRED = 0x0100;
const IN = 1;

/** A name's labels; the root has none, and a dot at the end means nothing. */
export const labelsOf = (name: string): string[] => {
  const bare = name.endsWith('.') ? name.slice(0, -1) : name;
  return bare === '' ? [] : bare.split('.');
};

/**
 * A query (RFC 1035 §4.1) of one question:
 *
 *   0  2  id    2  2  flags    4  2  questions    6  6  other counts
 *   then the labels, each with its length, a 0, type and class
 */
export function query(id: number, name: string, type: RecordType): Uint8Array {
  const labels = labelsOf(name).map((label) => Buffer.from(label));
  const size = labels.reduce((sum, label) => sum + 1 + label.length, HEADER) + 5;
  const bytes = new Uint8Array(size);
  const view = viewOf(bytes);
  view.setUint16(0, id);
  view.setUint16(2, RECURSION_DESIRED);
  view.setUint16(4, 1);
  let at = HEADER;
  for (const label of labels) {
    bytes[at] = label.length;
    bytes.set(label, at + 1);
    at += 1 + label.length;
  }
  view.setUint16(at + 1, recordTypes[type]);
  view.setUint16(at + 3, IN);
  return bytes;
}

/** Whether a datagram answers that query; nothing behind the header is looked at. */
export function isReplyTo(id: number, datagram: Uint8Array): boolean {
  if (datagram.length < HEADER) return false;
  const view = viewOf(datagram);
  return view.getUint16(0) === id && (view.getUint8(2) & 0x80) !== 0;
}

/** What the server made of the query: RCODE, 0 for well (RFC 1035 §4.1.1). */
export const resultCode = (reply: Uint8Array): number => (reply[3] ?? 0) & 0x0f;
