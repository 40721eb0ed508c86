/** Chance that repeats itself. */
export interface Random {
  /** 0 to `limit` - 1. */
  below(limit: number): number;
  one<T>(of: readonly T[]): T;
}

/** The same numbers for the same seed: xorshift32 (Marsaglia, "Xorshift RNGs", 2003). */
export function randomOf(seed: number): Random {
  let state = seed | 0 || 1;
  const below = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  return {
    below,
    one(of) {
      const found = of[below(of.length)];
      if (found === undefined) throw new RangeError('nothing to choose from');
      return found;
    },
  };
}
