import type { Report, Span } from '@keepalived-ts/base/diagnostics.js';

export type Tell = (at: Span, message: string) => void;

/** What docs/warnings.md says of a code, under a heading of that name. */
export interface Explanation {
  /** Why it bites, in a sentence. */
  why: string;
  /** What to do; the hint of the diagnostic. */
  remedy: string;
}

/** Something that keepalived lets pass and that bites later. */
export interface Trap<C> extends Explanation {
  /** Tells each place of a configuration that is caught. */
  find(config: C, tell: Tell): void;
}

/** Traps by their codes. */
export type Traps<C> = Readonly<Record<string, Trap<C>>>;

/**
 * Reports what configurations, or parts of one, are caught in, as advice: it changes neither use nor
 * exit code. All traps look at one part before the next, which is in the processor's cache then.
 */
export function advise<C>(traps: Traps<C>, configs: readonly C[], report: Report): void {
  const tellers = Object.entries(traps).map(([code, { remedy: hint, find }]) => {
    const tell: Tell = (at, message) =>
      report({ severity: 'warning', class: 'advice', code, message, hint, at });
    return { find, tell };
  });
  for (const config of configs) for (const { find, tell } of tellers) find(config, tell);
}

/** The first of two things that have the same name, for telling about the second. */
export function repeats<T>(things: readonly T[], keyOf: (thing: T) => string): [T, T][] {
  const known = new Map<string, T>();
  const pairs: [T, T][] = [];
  for (const thing of things) {
    const key = keyOf(thing);
    const first = known.get(key);
    if (first === undefined) known.set(key, thing);
    else pairs.push([first, thing]);
  }
  return pairs;
}
