import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Secret } from '@keepalived-ts/base/secret.js';
import type { Duration } from '@keepalived-ts/base/time.js';
import type { ValueType } from './schema.js';

export declare const word: ValueType<string>;
export declare const words: (least: number, most: number) => ValueType<string[]>;
export declare const integer: (min: number, max: number) => ValueType<number>;
/** Seconds with up to 6 decimals; min and max in seconds. */
export declare const duration: (min: number, max?: number) => ValueType<Duration>;
/** on/true/yes, off/false/no, or nothing for on. */
export declare const boolean: ValueType<boolean>;
/** A keyword without argument. */
export declare const flag: ValueType<boolean>;
export declare const choice: <const C extends readonly string[]>(...names: C) => ValueType<C[number]>;
export declare const address: ValueType<IpAddress>;
export declare const interfaceName: ValueType<string>;
export declare const passwordOf: (longest: number) => ValueType<Secret>;
export declare const weight: (limit: number) => ValueType<{ weight: number; reverse: boolean }>;
/** One item a line between braces. */
export declare const list: <T>(item: ValueType<T>) => ValueType<T[]>;
