/**
 * Signals as --signum tells their numbers on Linux. Compat: the last ones are SIGRTMAX - 1 and
 * SIGRTMIN + 2 of glibc.
 */
export const SIGNAL_NUMBERS = {
  STOP: 15,
  RELOAD: 1,
  DATA: 10,
  STATS: 12,
  STATS_CLEAR: 63,
  JSON: 36,
} as const;
