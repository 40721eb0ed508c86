import type { Duration } from '@keepalived-ts/base/time.js';
import type { Target, Verdict } from './define-checker.js';
import { down, undecided } from './define-checker.js';
import type { HttpReply, HttpWants } from './http-reply.js';
import type { BodyPattern } from './regex.js';

/** How to speak TLS. No certificate is ever verified: a check asks for life, not for trust. */
export interface TlsTerms {
  /** The name in the handshake (SNI). */
  serverName: string | undefined;
  /** End the session with close_notify. */
  goodbye: boolean;
}

export interface HttpRequest {
  /** The request, byte for byte. */
  head: string;
  tls: TlsTerms | undefined;
  wants: HttpWants;
}

/** A conversation in lines over TCP. */
export interface Talk {
  /** The next line of the server with its LF, in latin1. What came behind it is dropped. */
  hear(): Promise<string>;
  say(line: string): void;
}

/** One datagram there and one back. */
export interface Exchange {
  /** UDP to the target's port, or ICMP to its address; of IPv4 the reply has its IP header. */
  kind: 'udp' | 'icmp';
  sent: Uint8Array;
  /** Longer replies arrive cut to so many bytes. */
  room: number;
  /** Whether this is the reply; others are passed over. */
  accept(reply: Uint8Array): boolean;
}

export interface ProgramCall {
  argv: readonly string[];
  user: string | undefined;
  group: string | undefined;
  timeout: Duration;
}

/** How a program ended; its exit status, where it had one. */
export type ProgramEnd =
  | { result: 'exited'; status: number }
  | { result: 'signalled'; signal: number }
  | { result: 'timed-out' };

/** All that a probe may do to the world. Implemented in checks/shell, faked in tests. */
export interface ProbeIo {
  /** Connects and closes at once. Rejects with a `ProbeFailure`, as all the others do. */
  tcpConnect(target: Target, signal: AbortSignal): Promise<void>;
  /**
   * Connects, sends the request and reads what comes until the server closes.
   * `target.connectTimeout` bounds the connection and every silence after it; with TLS, the
   * handshake and all that follows together.
   */
  httpGet(target: Target, request: HttpRequest, signal: AbortSignal): Promise<HttpReply>;
  /** Searches a body; `limit`: that took too long and was broken off. */
  search(pattern: BodyPattern, body: Uint8Array): 'found' | 'missing' | 'limit';
  /** Connects and talks. Each line must come within `target.connectTimeout`. */
  converse<T>(target: Target, signal: AbortSignal, use: (talk: Talk) => Promise<T>): Promise<T>;
  /**
   * Sends one datagram and waits for the reply; `undefined` when none has come within
   * `target.connectTimeout`.
   */
  datagram(
    target: Target,
    exchange: Exchange,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined>;
  /** The start of a file; `undefined` where it can't be read. */
  readFile(path: string, signal: AbortSignal): Promise<string | undefined>;
  /** Runs a program; the parent does it. */
  runProgram(call: ProgramCall, signal: AbortSignal): Promise<ProgramEnd>;
}

/** Why a probe got no answer; `reason` is an errno name or a word of ours. */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
  readonly reason: string;

  constructor(reason: string, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/**
 * Errors of `connect` that blame the server or the way to it (reference §9).
 *
 * Any other says that we could not ask: the source address is not ours, no descriptor is left, a
 * local firewall forbids it. That must not take a healthy server out of the pool.
 */
const connectFailures = new Set([
  'timeout',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ECONNREFUSED',
  'EHOSTDOWN',
  'ENETDOWN',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
]);

/** The verdict over a probe that failed. */
export function verdictOn(failure: ProbeFailure): Verdict {
  const blamesUs =
    failure.reason === 'not-run' ||
    (/^E[A-Z0-9]+$/.test(failure.reason) && !connectFailures.has(failure.reason));
  return (blamesUs ? undecided : down)(failure.reason, failure.message);
}
