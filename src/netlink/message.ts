import { viewOf } from '@keepalived-ts/base/bytes.js';
import type { KernelError } from '@keepalived-ts/base/errors.js';
import { aligned, HOST_LITTLE_ENDIAN, Malformed } from './attributes.js';

/** Something to ask of the kernel; the client adds sequence number and acknowledgement flag. */
export interface Request {
  /** What it does, in words for a KernelError: `add address 10.0.0.1/32 dev 3`. */
  readonly operation: string;
  readonly type: number;
  /** NLM_F_CREATE and the like. NLM_F_REQUEST, NLM_F_ACK and NLM_F_DUMP are the client's. */
  readonly flags: number;
  /** The protocol's fixed header and the attributes: see `Payload`. */
  readonly payload: Uint8Array;
}

/** A message as the kernel sent it. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly port: number;
  /** A view into the datagram. */
  readonly payload: Uint8Array;
}

/** A message that answers a request, acknowledgements excepted. */
export type Reply = Message;

/** What became of one request of a batch. */
export type Outcome =
  | { readonly ok: true; readonly replies: readonly Reply[] }
  | { readonly ok: false; readonly error: KernelError };

/** Size of struct nlmsghdr. */
export const HEADER_LENGTH = 16;

export const encodedLength = (payload: Uint8Array): number =>
  HEADER_LENGTH + aligned(payload.length);

/**
 * Writes the header of a message.
 *
 *     offset  size  field (struct nlmsghdr)
 *     0       4     length with this header
 *     4       2     type
 *     6       2     flags
 *     8       4     sequence number
 *     12      4     port of the sender; 0: the kernel fills it in
 */
function writeHeader(view: DataView, offset: number, message: Message): void {
  view.setUint32(offset, HEADER_LENGTH + message.payload.length, HOST_LITTLE_ENDIAN);
  view.setUint16(offset + 4, message.type, HOST_LITTLE_ENDIAN);
  view.setUint16(offset + 6, message.flags, HOST_LITTLE_ENDIAN);
  view.setUint32(offset + 8, message.sequence, HOST_LITTLE_ENDIAN);
  view.setUint32(offset + 12, message.port, HOST_LITTLE_ENDIAN);
}

/** Several messages as one datagram, which the kernel works off in order. */
export function encodeMessages(messages: readonly Message[]): Uint8Array<ArrayBuffer> {
  const length = messages.reduce((sum, m) => sum + encodedLength(m.payload), 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const message of messages) {
    writeHeader(view, offset, message);
    bytes.set(message.payload, offset + HEADER_LENGTH);
    offset += encodedLength(message.payload);
  }
  return bytes;
}

/** The messages of one datagram. */
export function decodeMessages(bytes: Uint8Array): Message[] | Malformed {
  const view = viewOf(bytes);
  const messages: Message[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < HEADER_LENGTH) return new Malformed('short-message');
    const length = view.getUint32(at, HOST_LITTLE_ENDIAN);
    if (length < HEADER_LENGTH || at + length > bytes.length) {
      return new Malformed('message-length');
    }
    messages.push({
      type: view.getUint16(at + 4, HOST_LITTLE_ENDIAN),
      flags: view.getUint16(at + 6, HOST_LITTLE_ENDIAN),
      sequence: view.getUint32(at + 8, HOST_LITTLE_ENDIAN),
      port: view.getUint32(at + 12, HOST_LITTLE_ENDIAN),
      payload: bytes.subarray(at + HEADER_LENGTH, at + length),
    });
    at += HEADER_LENGTH + aligned(length - HEADER_LENGTH);
  }
  return messages;
}
