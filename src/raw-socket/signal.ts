import { native } from './native.js';

/** The first that glibc leaves to programs, and the last that Linux has (signal(7)). */
const FIRST = 34;
const LAST = 64;

/**
 * Ignores the real-time signals, for the whole process and the programs it starts.
 *
 * Node has no names for them, so it can't listen; and what nobody listens to ends the process.
 */
export function ignoreRealTimeSignals(): void {
  // A C library may keep one more for itself, and refuses it.
  for (let number = FIRST; number <= LAST; number++) native.ignoreSignal(number);
}
