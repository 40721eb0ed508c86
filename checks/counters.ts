/** Every number the check thread counts, by real server of a service. */
export const checkCounters = {
  up: 'Checks that found the server healthy.',
  down: 'Checks that found the server failed.',
  undecided: 'Checks that could not ask the server at all.',
};

export type CheckCounter = keyof typeof checkCounters;
