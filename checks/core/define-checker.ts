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
  /** A `remark` is logged whenever it is another than last time. */
  | { is: 'up'; detail: string; weight?: WeightWord; remark?: string }
  | { is: 'down' | 'undecided'; reason: string; detail: string };

/** What a healthy server should weigh: instead of its configured weight, or on top of it. */
export type WeightWord = { instead: number } | { plus: number };

export const up = (detail: string, weight?: WeightWord): Verdict & { is: 'up' } => ({
  is: 'up',
  detail,
  ...(weight && { weight }),
});
export const down = (reason: string, detail: string): Verdict => ({ is: 'down', reason, detail });
export const undecided = (reason: string, detail: string): Verdict => ({
  is: 'undecided',
  reason,
  detail,
});

/** Where to ask, and from where: the real server, after connect_ip, bindto and their like. */
export interface Target {
  address: IpAddress;
  port: number;
  bindTo: IpAddress | undefined;
  bindPort: number | undefined;
  bindIf: string | undefined;
  /** SO_MARK of the packets; 0 is none. */
  mark: number;
  connectTimeout: Duration;
}

/** A checker's own keywords as the user set them. */
export type OptionsOf<K extends Keywords> = { -readonly [N in keyof K]: K[N]['value'] };

/** A file with a number, as its `track_file` block has it. */
export interface TrackFile {
  name: string;
  file: string;
  weight: { weight: number; reverse: boolean };
}

/** What the blocks around a checker say, which some checkers fall back to. */
export interface Surroundings {
  /** `virtualhost` of the real server, else of the virtual server. */
  virtualhost: string | undefined;
  /** That of the virtual server alone. */
  serviceHost: string | undefined;
  /** `delay_loop` of the virtual server. */
  serviceDelay: Duration;
  /** The `track_file` block that the checker names. */
  trackFile: TrackFile | undefined;
}

export interface Probe<O> {
  target: Target;
  options: O;
  surroundings: Surroundings;
  /** Which of the checker's `questions` is asked, from 0. */
  question: number;
  io: ProbeIo;
  /** Aborted at the deadline; a probe that has not ended then has failed. */
  signal: AbortSignal;
}

/** What a checker's log line tells of: that a server came up, or went down. */
export interface Occasion<O> {
  server: string;
  service: string;
  options: O;
  verdict: Exclude<Verdict, { is: 'undecided' }>;
  /** `retry`, the attempts after the first one. */
  retry: number;
  /** The same, but 0 when it was the very first check of all, which is not repeated. */
  retries: number;
}

/** `TCP_CHECK on service [10.0.0.1]:tcp:80 failed after 2 retries.` */
export const failedAfter = (label: string, server: string, retries: number): string =>
  `${label} on service ${server} failed${retries > 0 ? ` after ${retries} retries` : ''}.`;

/** `TCP CHECK succeed on service`, or `failed`. */
export const succeedOrFail =
  (label: string) =>
  ({ is }: Verdict): string =>
    `${label} ${is === 'up' ? 'succeed' : 'failed'} on service`;

/** A checker: one file in checks/checkers/, its default export made by `defineChecker`. */
export interface Checker<K extends Keywords = Keywords> {
  /** The block's name in the configuration. */
  keyword: string;
  doc: string;
  /** Paragraphs of the manual, in Markdown, and a configuration that shows its use. */
  manual?: string;
  example?: string;
  /** Which rows of common-keywords.ts it has: all, unless said; `pace`: when, but not where. */
  common?: 'all' | 'pace' | 'none';
  /** Its own rows, or its own view of a common one; see common-keywords.ts. */
  keywords: K;
  /** Cross checks between its keywords when the configuration is read. */
  check?(options: OptionsOf<K>, report: (message: string, options?: CheckOptions) => void): void;
  /** Its log line: `TCP connection to [10.0.0.1]:tcp:80 success.` */
  phrase(occasion: Occasion<OptionsOf<K>>): string;
  /** What a mail says of its word (reference §8), `CHECK failed on service` unless given. */
  mail?(verdict: Exclude<Verdict, { is: 'undecided' }>): string;
  /** What stands for `retry` and `delay_before_retry` where nobody says: 1, and 1 s. */
  defaults?: { retry?: number; delayBeforeRetry?: Duration | 'delay_loop' };
  /** What of its pace is no choice of the user's. */
  pace?: { delayLoop: Duration; warmup: Duration; retry: number; alpha: boolean };
  /** The pauses count from the start of a probe; otherwise from its end. */
  paced?: 'from-start';
  /** It asks an address, not a port. */
  knowsNoPorts?: boolean;
  /** It speaks TLS, which is loaded before the first probe. */
  speaksTls?: boolean;
  /** Its first word is mailed too, not only those that change something. */
  mailsFirstWord?: boolean;
  /** A server that is down is retried like one that is up, not asked just once each time. */
  retriesWhenDown?: boolean;
  /**
   * How many questions make a round, one unless said otherwise; one is asked each `delay_loop`.
   * HTTP_GET has one for each url.
   */
  questions?(options: OptionsOf<K>): number;
  /** Whether a server that comes back is asked the questions of a round without pause. */
  recoversFast?(options: OptionsOf<K>): boolean;
  /** Further checkers that it stands for, by the values of their common rows. */
  also?(options: OptionsOf<K>): readonly object[];
  /** What makes it the same question after a reload; all its own options unless said otherwise. */
  identity?(options: OptionsOf<K>): unknown;
  /** How many `connect_timeout`s make the deadline of a probe with several steps: 1. */
  patience?: number;
  /** The deadline where it does not follow from `connect_timeout`. */
  deadline?(options: OptionsOf<K>, surroundings: Surroundings): Duration;
  /** Asks once. A rejection other than `ProbeFailure` is our own bug and ends the thread. */
  probe(probe: Probe<OptionsOf<K>>): Promise<Verdict>;
}

/** All checkers by keyword, as the registry found them. */
export type Checkers = ReadonlyMap<string, Checker>;

export const defineChecker = <const K extends Keywords>(checker: Checker<K>): Checker<K> => checker;
