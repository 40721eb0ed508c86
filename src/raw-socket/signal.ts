import { native } from './native.js';

/** The first that glibc leaves to programs, and the last that Linux has (signal(7)). */
const FIRST = 34;
const LAST = 64;

/**
 * Hears some real-time signals and ignores the others, for the whole process; programs that it
 * starts ignore the others as well.
 *
 * Node has no names for them, so it can't listen, and what nobody listens to ends the process. One
 * even number can be heard, which arrives as SIGIO, and one odd number, which arrives as SIGPWR:
 * nobody else sends us those.
 */
export function handleRealTimeSignals(heard: ReadonlyMap<number, () => void>): void {
  for (const [number, hear] of heard) process.on(number % 2 === 0 ? 'SIGIO' : 'SIGPWR', hear);
  // A C library may keep one more for itself, and refuses it.
  for (let number = FIRST; number <= LAST; number++) {
    native.handleSignal(number, heard.has(number) ? 1 : 0);
  }
}
