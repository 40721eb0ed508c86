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
 *
 * Differs: no weight is never enough. Where all servers have weight 0, keepalived settles for a
 * quorum of 0, which it then gains and loses in turn at every change.
 */
export function quorumHeld(rule: QuorumRule, held: boolean, weight: number): boolean {
  const { quorum, hysteresis } = rule;
  return weight > 0 && weight >= (held ? quorum - hysteresis : quorum + hysteresis);
}
