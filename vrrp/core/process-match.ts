import type { ProcessPlan } from './types.js';

/** What /proc tells of a process. */
export interface ProcessFacts {
  /** Its name, of at most 15 characters. */
  comm: string;
  /** Program and parameters, as it was started or has set them. */
  argv: readonly string[];
}

/** TASK_COMM_LEN of <linux/sched.h>, without the zero at the end. */
const COMM_LENGTH = 15;

type Question = Pick<ProcessPlan, 'process' | 'parameters' | 'match' | 'fullCommand'>;

/**
 * Whether a process is the one that is asked for (reference §7): by its name, or with
 * `full_command`, parameters or `param_match` by its command line.
 */
export function isWanted(
  { process, parameters, match, fullCommand }: Question,
  { comm, argv: [program, ...given] }: ProcessFacts,
): boolean {
  const asksForParameters = parameters.length > 0 || match !== 'equal';
  if (!fullCommand && !asksForParameters) return comm === process.slice(0, COMM_LENGTH);
  if (program !== process) return false;
  if (!asksForParameters) return true;
  const isSame = (upTo: number): boolean =>
    parameters.slice(0, upTo).every((wanted, i) => wanted === given[i]);
  switch (match) {
    case 'none':
      return given.length === 0;
    case 'equal':
      return given.length === parameters.length && isSame(parameters.length);
    case 'partial':
      return isSame(parameters.length);
    case 'initial': {
      const last = parameters.length - 1;
      return isSame(last) && (given[last] ?? '').startsWith(parameters[last] ?? '');
    }
  }
}
