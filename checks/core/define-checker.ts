import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Duration } from '@keepalived-ts/base/time.js';
import type { CheckOptions, Keywords } from '#src/config/schema.js';
import type { ProbeIo } from './probe-io.js';

/**
 * What a probe found. `reason` is a stable word, `detail` the story for the log.
 *
 * `undecided` is for our own troubles: no descriptor left, a source address that is not ours. The
 * server keeps its state and is asked again after `delay_loop`.
 */
export type Verdict =
  | { is: 'up'; detail: string }
  | { is: 'down' | 'undecided'; reason: string; detail: string };

export const up = (detail: string): Verdict => ({ is: 'up', detail });
export const down = (reason: string, detail: string): Verdict => ({ is: 'down', reason, detail });
export const undecided = (reason: string, detail: string): Verdict => ({
  is: 'undecided',
  reason,
  detail,
});

/** Where to ask: the real server, after connect_ip, connect_port, bindto and bind_port. */
export interface Target {
  address: IpAddress;
  port: number;
  bindTo: IpAddress | undefined;
  bindPort: number | undefined;
  connectTimeout: Duration;
}

/** A checker's own keywords as the user set them. */
export type OptionsOf<K extends Keywords> = { -readonly [N in keyof K]: K[N]['value'] };

export interface Probe<O> {
  target: Target;
  options: O;
  /** `virtualhost` of the real server, else of the virtual server. */
  virtualhost: string | undefined;
  /** Which of the checker's `questions` is asked, from 0. */
  question: number;
  io: ProbeIo;
  /** Aborted at the deadline; a probe that has not ended then has failed. */
  signal: AbortSignal;
}

/** A checker's log lines for one real server. */
export interface Phrases {
  /** `TCP connection to [10.0.0.1]:tcp:80 success.` */
  up: string;
  /** When a server that was up is given up after its retries. */
  down: string;
  /** When its very first check fails. */
  downAtFirst: string;
}

/** `TCP_CHECK on service [10.0.0.1]:tcp:80 failed after 2 retries.` */
export const failedAfter = (label: string, server: string, retries: number): string =>
  `${label} on service ${server} failed${retries > 0 ? ` after ${retries} retries` : ''}.`;

/** A checker: one file in checks/checkers/, its default export made by `defineChecker`. */
export interface Checker<K extends Keywords = Keywords> {
  /** The block's name in the configuration. */
  keyword: string;
  doc: string;
  /** Its own rows, or its own view of a common one; see common-keywords.ts. */
  keywords: K;
  /** Cross checks between its keywords when the configuration is read. */
  check?(options: OptionsOf<K>, report: (message: string, options?: CheckOptions) => void): void;
  phrases(server: string, retries: number): Phrases;
  /** What stands for `retry` and `delay_before_retry` where nobody says: 1, and 1 s. */
  defaults?: { retry?: number; delayBeforeRetry?: Duration };
  /**
   * How many questions make a round, one unless said otherwise; one is asked each `delay_loop`.
   * HTTP_GET has one for each url.
   */
  questions?(options: OptionsOf<K>): number;
  /** Whether a server that comes back is asked the questions of a round without pause. */
  recoversFast?(options: OptionsOf<K>): boolean;
  /** What makes it the same question after a reload; all its own options unless said otherwise. */
  identity?(options: OptionsOf<K>): unknown;
  /** How many `connect_timeout`s make the deadline of a probe with several steps: 1. */
  patience?: number;
  /** Asks once. A rejection other than `ProbeFailure` is our own bug and ends the thread. */
  probe(probe: Probe<OptionsOf<K>>): Promise<Verdict>;
}

/** All checkers by keyword, as the registry found them. */
export type Checkers = ReadonlyMap<string, Checker>;

export const defineChecker = <const K extends Keywords>(checker: Checker<K>): Checker<K> => checker;
