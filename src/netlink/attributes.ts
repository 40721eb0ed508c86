import { viewOf } from '@keepalived-ts/base/bytes.js';
import { fullLength, type IpAddress, ipFromBytes, putIp } from '@keepalived-ts/base/ip.js';
import { littleEndian } from '@keepalived-ts/raw-socket/host.js';
import { NLA_F_NESTED, NLA_TYPE_MASK } from './constants.js';

/** Netlink speaks the byte order of the machine, but for the fields its headers call big-endian. */
export const HOST_LITTLE_ENDIAN = littleEndian;

/** Bytes that are not what they claim to be. The reason is the name of a counter. */
export class Malformed {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** NLMSG_ALIGN and NLA_ALIGN: everything starts at a multiple of four. */
export const aligned = (length: number): number => (length + 3) & ~3;

const decoder = new TextDecoder('utf-8');
const encoder = new TextEncoder();

/** Bytes to write into, zeros at first. */
class Slab {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
  }
}

/** Room that most payloads get by with. */
const ROOM = 128;
/** Where payloads are written: buffer and views for each would burden the garbage collector. */
let slab = new Slab(0);
let taken = 0;

/**
 * The body of a request, written from front to back: a fixed header, then attributes.
 *
 *     offset  size  field (struct nlattr)
 *     0       2     length, with these four bytes, without the padding
 *     2       2     type; bit 15: nested, bit 14: value in network byte order
 *     4       ...   value, padded to a multiple of four
 */
export class Payload {
  #slab: Slab;
  /** Where it begins in the slab, where it ends so far, and where others' begin. */
  #from: number;
  #end: number;
  #limit: number;

  /** Starts with a header of that many bytes: zeros, or what `fill` puts there. */
  constructor(header: number, fill?: (view: DataView) => void) {
    const length = Math.max(ROOM, aligned(header));
    if (taken + length > slab.bytes.length) {
      slab = new Slab(Math.max(128 * ROOM, length));
      taken = 0;
    }
    this.#slab = slab;
    this.#from = taken;
    this.#end = taken + aligned(header);
    taken += length;
    this.#limit = taken;
    fill?.(new DataView(slab.bytes.buffer, this.#from, header));
  }

  u8(type: number, value: number): this {
    const at = this.#start(type, 1);
    this.#slab.view.setUint8(at, value);
    return this;
  }

  u16(type: number, value: number): this {
    const at = this.#start(type, 2);
    this.#slab.view.setUint16(at, value, HOST_LITTLE_ENDIAN);
    return this;
  }

  /** A port or another 16-bit field in network byte order. */
  be16(type: number, value: number): this {
    const at = this.#start(type, 2);
    this.#slab.view.setUint16(at, value);
    return this;
  }

  u32(type: number, value: number): this {
    const at = this.#start(type, 4);
    this.#slab.view.setUint32(at, value, HOST_LITTLE_ENDIAN);
    return this;
  }

  be32(type: number, value: number): this {
    const at = this.#start(type, 4);
    this.#slab.view.setUint32(at, value);
    return this;
  }

  u64(type: number, value: bigint): this {
    const at = this.#start(type, 8);
    this.#slab.view.setBigUint64(at, value, HOST_LITTLE_ENDIAN);
    return this;
  }

  be64(type: number, value: bigint): this {
    const at = this.#start(type, 8);
    this.#slab.view.setBigUint64(at, value);
    return this;
  }

  bytes(type: number, value: Uint8Array): this {
    const at = this.#start(type, value.length);
    this.#slab.bytes.set(value, at);
    return this;
  }

  /** A string with the NUL that the kernel expects behind it. */
  text(type: number, value: string): this {
    const bytes = encoder.encode(value);
    const at = this.#start(type, bytes.length + 1);
    this.#slab.bytes.set(bytes, at);
    return this;
  }

  /** An address, zeros behind it where there is room for more. */
  ip(type: number, value: IpAddress, room = fullLength(value) / 8): this {
    const at = this.#start(type, room);
    putIp(this.#slab.bytes, at, value);
    return this;
  }

  /** An attribute whose presence is its value. */
  flag(type: number): this {
    this.#start(type, 0);
    return this;
  }

  /** An attribute made of attributes. Marked NLA_F_NESTED, as strict parsers demand. */
  nest(type: number, fill: (payload: Payload) => void): this {
    const start = this.#start(type | NLA_F_NESTED, 0) - this.#from;
    fill(this);
    const at = this.#from + start - 4;
    this.#setLength(at, this.#end - at);
    return this;
  }

  /** A part without an attribute header, such as the struct in front of a nested list. */
  raw(value: Uint8Array): this {
    const at = this.#reserve(value.length);
    this.#slab.bytes.set(value, at);
    return this;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#slab.bytes.subarray(this.#from, this.#end);
  }

  /** Where the value goes. The slab may be another one afterwards. */
  #start(type: number, length: number): number {
    const at = this.#reserve(length + 4);
    this.#setLength(at, length + 4);
    this.#slab.view.setUint16(at + 2, type, HOST_LITTLE_ENDIAN);
    return at + 4;
  }

  #setLength(at: number, length: number): void {
    if (length > 0xffff) throw new RangeError(`attribute of ${length} bytes: 65535 at most`);
    this.#slab.view.setUint16(at, length, HOST_LITTLE_ENDIAN);
  }

  #reserve(length: number): number {
    if (this.#end + aligned(length) > this.#limit) this.#grow(aligned(length));
    const at = this.#end;
    this.#end += aligned(length);
    return at;
  }

  /** Moves to a slab of its own, where there is room for so much more. */
  #grow(more: number): void {
    const written = this.finish();
    const grown = new Slab(2 * (written.length + more));
    grown.bytes.set(written);
    this.#slab = grown;
    this.#from = 0;
    this.#end = written.length;
    this.#limit = grown.bytes.length;
  }
}

/**
 * The attributes of a message, looked up by type; of several of one type the last counts, as in
 * the kernel's nla_parse().
 *
 * An attribute too short for the type it is read as counts as absent, so no getter throws.
 */
export class Attributes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Type, start and end of the value of each attribute. */
  readonly #index: readonly number[];

  private constructor(bytes: Uint8Array, view: DataView, index: readonly number[]) {
    this.#bytes = bytes;
    this.#view = view;
    this.#index = index;
  }

  /** Attributes from `offset` (where the fixed header ends) on. */
  static parse(bytes: Uint8Array, offset = 0): Attributes | Malformed {
    if (offset > bytes.length) return new Malformed('short-header');
    const view = viewOf(bytes);
    const index: number[] = [];
    for (let at = offset; bytes.length - at >= 4; ) {
      const length = view.getUint16(at, HOST_LITTLE_ENDIAN);
      if (length < 4 || at + length > bytes.length) return new Malformed('attribute-length');
      const type = view.getUint16(at + 2, HOST_LITTLE_ENDIAN) & NLA_TYPE_MASK;
      index.push(type, at + 4, at + length);
      at += aligned(length);
    }
    return new Attributes(bytes, view, index);
  }

  has(type: number): boolean {
    return this.#find(type, 0) >= 0;
  }

  u8(type: number): number | undefined {
    const at = this.#find(type, 1);
    return at < 0 ? undefined : this.#view.getUint8(at);
  }

  u16(type: number): number | undefined {
    const at = this.#find(type, 2);
    return at < 0 ? undefined : this.#view.getUint16(at, HOST_LITTLE_ENDIAN);
  }

  be16(type: number): number | undefined {
    const at = this.#find(type, 2);
    return at < 0 ? undefined : this.#view.getUint16(at);
  }

  u32(type: number): number | undefined {
    const at = this.#find(type, 4);
    return at < 0 ? undefined : this.#view.getUint32(at, HOST_LITTLE_ENDIAN);
  }

  be32(type: number): number | undefined {
    const at = this.#find(type, 4);
    return at < 0 ? undefined : this.#view.getUint32(at);
  }

  s32(type: number): number | undefined {
    const at = this.#find(type, 4);
    return at < 0 ? undefined : this.#view.getInt32(at, HOST_LITTLE_ENDIAN);
  }

  u64(type: number): bigint | undefined {
    const at = this.#find(type, 8);
    return at < 0 ? undefined : this.#view.getBigUint64(at, HOST_LITTLE_ENDIAN);
  }

  be64(type: number): bigint | undefined {
    const at = this.#find(type, 8);
    return at < 0 ? undefined : this.#view.getBigUint64(at);
  }

  /** A view of the value's bytes, at least `least` of them. */
  bytes(type: number, least = 0): Uint8Array | undefined {
    const i = this.#entry(type, least);
    return i < 0 ? undefined : this.#bytes.subarray(this.#index[i + 1], this.#index[i + 2]);
  }

  /** A string up to its first NUL. */
  text(type: number): string | undefined {
    const bytes = this.bytes(type);
    if (bytes === undefined) return undefined;
    const end = bytes.indexOf(0);
    return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  /** An address of exactly 4 or 16 bytes. */
  ip(type: number): IpAddress | undefined {
    const bytes = this.bytes(type);
    return bytes?.length === 4 || bytes?.length === 16 ? ipFromBytes(bytes) : undefined;
  }

  /** The attributes inside one; undefined when it is absent or no list of attributes. */
  nested(type: number, offset = 0): Attributes | undefined {
    const bytes = this.bytes(type);
    const inner = bytes && Attributes.parse(bytes, offset);
    return inner instanceof Attributes ? inner : undefined;
  }

  /** Every attribute in order, for arrays whose types are mere positions. */
  *entries(): Generator<readonly [type: number, value: Uint8Array]> {
    for (let i = 0; i < this.#index.length; i += 3) {
      yield [this.#index[i] ?? 0, this.#bytes.subarray(this.#index[i + 1], this.#index[i + 2])];
    }
  }

  #find(type: number, least: number): number {
    const i = this.#entry(type, least);
    return i < 0 ? -1 : (this.#index[i + 1] ?? -1);
  }

  #entry(type: number, least: number): number {
    for (let i = this.#index.length - 3; i >= 0; i -= 3) {
      if (this.#index[i] !== type) continue;
      return (this.#index[i + 2] ?? 0) - (this.#index[i + 1] ?? 0) >= least ? i : -1;
    }
    return -1;
  }
}
