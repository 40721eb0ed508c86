import type { Program } from './program.js';

/** A change of an object, and the programs that it is worth, in the order they are to run. */
export interface Change {
  /** Whose programs run one at a time. */
  object: string;
  state: string;
  /** Tells of an event, not of how the object stands from now on. */
  passing: boolean;
  programs: readonly Program[];
}

/**
 * The changes that a later one of their kind makes out of date, oldest first. How the object stands
 * in the end is never among them.
 */
export function superseded(changes: readonly Change[]): Change[] {
  const last = new Map(changes.map((change) => [change.passing, change]));
  return changes.filter((change) => last.get(change.passing) !== change);
}
