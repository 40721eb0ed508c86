/**
 * How many random cases stand for "whatever comes" in a usual run; `FUZZ=20 npx vitest run
 * --project fuzz` tries twenty times as many.
 */
export const runs = (usually: number): { numRuns: number } => ({
  numRuns: Math.ceil(usually * Number(process.env.FUZZ ?? 1)),
});
