import type { Span } from '@keepalived-ts/base/diagnostics.js';
import type { ValueType } from './schema.js';

/** A program to run: its argument vector, and as whom. */
export interface ScriptCommand {
  argv: readonly string[];
  user: string | undefined;
  group: string | undefined;
  at: Span;
}

export declare const scriptCommand: ValueType<ScriptCommand>;
