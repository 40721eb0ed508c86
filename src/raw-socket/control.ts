import { viewOf } from '@keepalived-ts/base/bytes.js';
import { littleEndian, wordSize } from './host.js';

/** One control message: struct cmsghdr of <bits/socket.h> without its length. */
export interface ControlMessage {
  level: number;
  type: number;
  data: Uint8Array;
}

/*
 * offset  size  field (64-bit; a word is 4 bytes on a 32-bit machine)
 * 0       8     cmsg_len, with this header, without the padding after the data
 * 8       4     cmsg_level
 * 12      4     cmsg_type
 * 16      -     data, then padding to a whole word
 */
const HEADER = wordSize + 8;
const aligned = (length: number): number => Math.ceil(length / wordSize) * wordSize;

/** The bytes for the `control` of an outgoing datagram. */
export function encodeControl(messages: readonly ControlMessage[]): Uint8Array {
  let size = 0;
  for (const { data } of messages) size += HEADER + aligned(data.length);
  const bytes = new Uint8Array(size);
  const view = viewOf(bytes);
  let at = 0;
  for (const { level, type, data } of messages) {
    const length = HEADER + data.length;
    // A length fits the low half of a word; the high half stays 0.
    view.setUint32(littleEndian ? at : at + wordSize - 4, length, littleEndian);
    view.setInt32(at + wordSize, level, littleEndian);
    view.setInt32(at + wordSize + 4, type, littleEndian);
    bytes.set(data, at + HEADER);
    at += aligned(length);
  }
  return bytes;
}

/** The control messages of a datagram, up to the first that is not whole. Never throws. */
export function decodeControl(bytes: Uint8Array): ControlMessage[] {
  const view = viewOf(bytes);
  const messages: ControlMessage[] = [];
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = wordAt(view, at);
    if (length < HEADER || at + length > bytes.length) break;
    messages.push({
      level: view.getInt32(at + wordSize, littleEndian),
      type: view.getInt32(at + wordSize + 4, littleEndian),
      data: bytes.subarray(at + HEADER, at + length),
    });
    at += aligned(length);
  }
  return messages;
}

const wordAt = (view: DataView, at: number): number =>
  wordSize === 4 ? view.getUint32(at, littleEndian) : Number(view.getBigUint64(at, littleEndian));
