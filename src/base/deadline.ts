export interface Deadline {
  /** Begins the time anew. */
  extend(): void;
  callOff(): void;
}

/**
 * Calls back when the time is up.
 *
 * What has come in until then is heard first. Node runs timers before it reads sockets or hears of
 * children, so after a stall of the machine every answer that is waiting would otherwise be taken
 * for silence, and all servers for dead.
 */
export function deadline(milliseconds: number, late: () => void): Deadline {
  let turn: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    turn = setImmediate(late);
  }, milliseconds);
  return {
    extend() {
      clearImmediate(turn);
      timer.refresh();
    },
    callOff() {
      clearImmediate(turn);
      clearTimeout(timer);
    },
  };
}
