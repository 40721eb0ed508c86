/** What quorum is decided by. */
export interface QuorumRule {
  quorum: number;
  hysteresis: number;
}

/**
 * Whether the service has enough live weight, given whether it had before.
 *
 * The hysteresis lies on both sides of the quorum, so that one server that comes and goes at the
 * edge does not swap the pool and the sorry server each time (reference §5).
 */
export function quorumHeld(rule: QuorumRule, held: boolean, weight: number): boolean {
  const { quorum, hysteresis } = rule;
  return held ? weight > 0 && weight >= quorum - hysteresis : weight >= quorum + hysteresis;
}
