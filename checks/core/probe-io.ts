import type { Target, Verdict } from './define-checker.js';
import { down, undecided } from './define-checker.js';

/** What came back from an HTTP server. */
export interface HttpReply {
  status: number;
  /** MD5 in lower-case hex of the body, or of what arrived of it before the server closed. */
  md5: string;
}

/** All that a probe may do to the world. Implemented in checks/shell, faked in tests. */
export interface ProbeIo {
  /** Connects and closes at once. Rejects with a `ProbeFailure`. */
  tcpConnect(target: Target, signal: AbortSignal): Promise<void>;
  /**
   * Connects, sends `head` and reads the reply to its end. `target.connectTimeout` bounds the
   * connection and every silence after it. Rejects with a `ProbeFailure`.
   */
  httpGet(target: Target, head: string, signal: AbortSignal): Promise<HttpReply>;
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
  const blamesUs = /^E[A-Z0-9]+$/.test(failure.reason) && !connectFailures.has(failure.reason);
  return (blamesUs ? undecided : down)(failure.reason, failure.message);
}
