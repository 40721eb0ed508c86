import type { Span } from '@keepalived-ts/base/diagnostics.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { ValueType } from '#src/config/schema.js';

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

export declare const vipLine: ValueType<VipLine>;
export declare const interfaceTracker: ValueType<InterfaceTracker>;
export declare const scriptTracker: ValueType<ScriptTracker>;
