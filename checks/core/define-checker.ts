import type { Span } from '@keepalived-ts/base/diagnostics.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Duration } from '@keepalived-ts/base/time.js';
import type { Keywords, Keyword } from '#src/config/schema.js';
import type { ProbeIo } from './probe-io.js';

/** What a probe found. `reason` is a stable word, `detail` the story for the log. */
export type Verdict =
  | { up: true; detail: string }
  | { up: false; reason: string; detail: string };

export const up = (detail: string): Verdict => ({ up: true, detail });
export const down = (reason: string, detail: string): Verdict => ({ up: false, reason, detail });

/** Where to ask: the real server, after connect_ip, connect_port, bindto, bind_if and fwmark. */
export interface Target {
  address: IpAddress;
  port: number;
  bindTo: IpAddress | undefined;
  bindPort: number | undefined;
  bindInterface: string | undefined;
  fwmark: number | undefined;
  connectTimeout: Duration;
}

type OptionsOf<K extends Keywords> = { -readonly [N in keyof K]: K[N]['value'] } & { at: Span };

export interface Probe<O> {
  target: Target;
  options: O;
  io: ProbeIo;
  /** Aborted at the deadline; a probe that has not ended then has failed. */
  signal: AbortSignal;
}

/** A checker: one file in checks/checkers/, its default export made by `defineChecker`. */
export interface Checker<K extends Keywords = Keywords> {
  keyword: string;
  doc: string;
  keywords: K;
  /** As it reads in the log: `TCP_CHECK on service ... failed`. */
  label?: string;
  defaults?: { retry?: number; delayBeforeRetry?: Duration };
  probe(probe: Probe<OptionsOf<K>>): Promise<Verdict>;
}

export const defineChecker = <const K extends Record<string, Keyword<unknown>>>(
  checker: Checker<K>,
): Checker<K> => checker;
