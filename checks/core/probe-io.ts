import type { Target } from './define-checker.js';

/** All that a probe may do to the world. Implemented in checks/shell, faked in tests. */
export interface ProbeIo {
  /** Connects and closes at once. Rejects with a `ProbeFailure`. */
  tcpConnect(target: Target, signal: AbortSignal): Promise<void>;
}
