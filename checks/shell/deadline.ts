/**
 * Calls back when the time is up, and gives what calls that off.
 *
 * What has come in until then is heard first. Node runs timers before it reads sockets, so after a
 * stall of the machine every answer that is waiting would otherwise be taken for silence, and all
 * servers for dead.
 */
export function deadline(milliseconds: number, late: () => void): () => void {
  let turn: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    turn = setImmediate(late);
  }, milliseconds);
  return () => {
    clearTimeout(timer);
    if (turn) clearImmediate(turn);
  };
}
