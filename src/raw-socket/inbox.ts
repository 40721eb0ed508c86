import { MSG_CTRUNC, MSG_TRUNC } from './constants.js';
import { type Handle, native } from './native.js';

/** One datagram as it came. */
export interface Incoming {
  data: Uint8Array;
  /** Its sender's socket address; empty when the socket has none to tell. */
  from: Uint8Array;
  /** Its control data; see `decodeControl`. */
  control: Uint8Array;
  /** The datagram was longer than the buffer; the rest is lost. */
  truncated: boolean;
  /** There was more control data than room. */
  controlTruncated: boolean;
}

/** sizeof(struct sockaddr_storage) */
const NAME_ROOM = 128;

/**
 * The memory a socket receives into, used again for every batch.
 *
 * The kernel writes into it and what came is copied out once. Pages never written to cost nothing,
 * so many large slots are cheap as long as datagrams are small.
 */
export class Inbox {
  readonly buffer: number;
  readonly most: number;
  readonly #controlRoom: number;
  readonly #slab: Uint8Array;
  readonly #lengths: Int32Array;

  constructor(buffer: number, most: number, controlRoom: number) {
    this.buffer = buffer;
    this.most = most;
    this.#controlRoom = controlRoom;
    this.#slab = new Uint8Array(most * (NAME_ROOM + controlRoom + buffer));
    this.#lengths = new Int32Array(4 * most);
  }

  /** One recvmmsg; the datagrams, or a negative errno. */
  take(socket: Handle, most: number, flags: number): Incoming[] | number {
    const room = this.#controlRoom;
    const lengths = most < this.most ? this.#lengths.subarray(0, 4 * most) : this.#lengths;
    const slab = this.#slab;
    const count = native.receive(socket, flags, slab, lengths, NAME_ROOM, room, this.buffer);
    if (count < 0) return count;
    const batch: Incoming[] = [];
    for (let i = 0; i < count; i++) {
      const start = i * (NAME_ROOM + room + this.buffer);
      const [name = 0, controls = 0, length = 0, seen = 0] = lengths.subarray(4 * i, 4 * i + 4);
      const data = NAME_ROOM + room;
      const fromEnd = Math.min(name, NAME_ROOM);
      const controlEnd = fromEnd + controls;
      // One buffer for the three of them: many small ones would burden the garbage collector.
      const kept = new Uint8Array(controlEnd + length);
      kept.set(slab.subarray(start, start + fromEnd));
      kept.set(slab.subarray(start + NAME_ROOM, start + NAME_ROOM + controls), fromEnd);
      kept.set(slab.subarray(start + data, start + data + length), controlEnd);
      batch.push({
        from: kept.subarray(0, fromEnd),
        control: kept.subarray(fromEnd, controlEnd),
        data: kept.subarray(controlEnd),
        truncated: (seen & MSG_TRUNC) !== 0,
        controlTruncated: (seen & MSG_CTRUNC) !== 0,
      });
    }
    return batch;
  }
}
