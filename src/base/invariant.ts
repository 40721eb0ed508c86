/** Our own mistake. The thread that meets one ends; the parent restarts it. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

/** States what must be true whatever users, peers and kernels do. Throws `Bug` otherwise. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Bug(message);
}

/** Proof to the compiler that a union has been dealt with completely. */
export function unreachable(value: never): never {
  throw new Bug(`unreachable: ${JSON.stringify(value)}`);
}
