import { viewOf } from '@keepalived-ts/base/bytes.js';
import type { Oid } from './oid.js';
import type { Value, VarBind } from './value.js';

/** Types of values, RFC 2741 §5.4. */
const types = {
  integer: 2,
  octets: 4,
  null: 5,
  oid: 6,
  'ip-address': 64,
  counter32: 65,
  gauge32: 66,
  'time-ticks': 67,
  opaque: 68,
  counter64: 70,
  'no-such-object': 128,
  'no-such-instance': 129,
  'end-of-mib-view': 130,
} as const;
type TypeName = keyof typeof types;
const typeOf = new Map<number, TypeName>(
  Object.entries(types).map(([name, number]) => [number, name as TypeName]),
);

/** 1.3.6.1, which one byte after it may follow in the short form (§5.1). */
const INTERNET = [1, 3, 6, 1] as const;

/** Puts data into bytes, in network byte order. */
export class Writer {
  private readonly parts: Uint8Array[] = [];

  bytes(): Uint8Array {
    return Buffer.concat(this.parts);
  }

  bytesOf(...values: number[]): void {
    this.parts.push(Uint8Array.from(values));
  }

  u8(value: number): void {
    this.bytesOf(value);
  }

  u16(value: number): void {
    this.bytesOf(value >> 8, value & 0xff);
  }

  u32(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value >>> 0);
    this.parts.push(bytes);
  }

  /** §5.1: count, prefix, include, reserved, then the numbers. */
  oid(value: Oid, include = false): void {
    const fifth = value[4] ?? 0;
    const isShort = INTERNET.every((n, i) => value[i] === n) && fifth >= 1 && fifth <= 255;
    const rest = isShort ? value.slice(5) : value;
    this.bytesOf(rest.length, isShort ? fifth : 0, include ? 1 : 0, 0);
    for (const n of rest) this.u32(n);
  }

  /** §5.3: length, then the bytes, padded to a multiple of four. */
  octets(value: Uint8Array): void {
    this.u32(value.length);
    this.parts.push(value, new Uint8Array(-value.length & 3));
  }

  varBinds(all: readonly VarBind[]): void {
    for (const bind of all) this.varBind(bind);
  }

  private varBind({ oid, value }: VarBind): void {
    this.u16(types[value.type]);
    this.u16(0);
    this.oid(oid);
    switch (value.type) {
      case 'integer':
      case 'counter32':
      case 'gauge32':
      case 'time-ticks':
        this.u32(value.value);
        return;
      case 'octets':
      case 'ip-address':
      case 'opaque':
        this.octets(value.value);
        return;
      case 'oid':
        this.oid(value.value);
        return;
      case 'counter64': {
        this.u32(Number(value.value >> 32n));
        this.u32(Number(value.value & 0xffffffffn));
      }
    }
  }
}

/** Reads data from bytes. Behind their end everything is zero, and `failed` says so. */
export class Reader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly little: boolean;
  private at: number;
  failed = false;

  constructor(bytes: Uint8Array, start: number, little: boolean) {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.at = start;
    this.little = little;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  private take(length: number): number | undefined {
    const { at } = this;
    if (length > this.left) {
      this.failed = true;
      return undefined;
    }
    this.at += length;
    return at;
  }

  u8(): number {
    const at = this.take(1);
    return at === undefined ? 0 : this.view.getUint8(at);
  }

  u16(): number {
    const at = this.take(2);
    return at === undefined ? 0 : this.view.getUint16(at, this.little);
  }

  u32(): number {
    const at = this.take(4);
    return at === undefined ? 0 : this.view.getUint32(at, this.little);
  }

  oid(): { value: Oid; include: boolean } {
    const [count, prefix, include] = [this.u8(), this.u8(), this.u8()];
    this.u8();
    const value: number[] = prefix === 0 ? [] : [...INTERNET, prefix];
    for (let i = 0; i < count && !this.failed; i++) value.push(this.u32());
    return { value, include: include !== 0 };
  }

  octets(): Uint8Array {
    const length = this.u32();
    const at = this.take(length);
    this.take(-length & 3);
    return Uint8Array.from(at === undefined ? [] : this.bytes.subarray(at, at + length));
  }

  varBind(): VarBind | undefined {
    const type = typeOf.get(this.u16());
    this.u16();
    const { value: oid } = this.oid();
    const value = type && this.value(type);
    if (value === undefined) this.failed = true;
    return value && { oid, value };
  }

  private value(type: TypeName): VarBind['value'] {
    switch (type) {
      case 'integer':
        return { type, value: this.u32() | 0 };
      case 'counter32':
      case 'gauge32':
      case 'time-ticks':
        return { type, value: this.u32() };
      case 'octets':
      case 'ip-address':
      case 'opaque':
        return { type, value: this.octets() };
      case 'oid':
        return { type, value: this.oid().value };
      case 'counter64':
        return { type, value: this.u64() };
      default:
        return { type };
    }
  }

  private u64(): Extract<Value, { type: 'counter64' }>['value'] {
    const [first, second] = [BigInt(this.u32()), BigInt(this.u32())];
    return this.little ? (second << 32n) | first : (first << 32n) | second;
  }
}
