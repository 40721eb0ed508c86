/**
 * How many random edits a test of reloads makes: as many as fit into the time of a whole run of
 * the tests, or what the environment asks for (`EDITS=200`).
 */
export const editCount = (usual: number): number => Number(process.env.EDITS ?? usual);

/** The longest time without an event between two instants, in the same units. */
export function longestGap(begin: number, events: readonly number[], end: number): number {
  const times = [begin, ...events.filter((at) => at > begin && at < end), end];
  return Math.max(...times.slice(1).map((at, i) => at - (times[i] ?? 0)));
}
