import type { Explanation } from '#src/config/traps.js';

/**
 * What is told in passing, while lines are read or plans are made, and has a code as traps have.
 *
 * keepalived tells of most of these too; then they count for the exit code.
 */
export const remarks: Readonly<Record<string, Explanation>> = {
  'not-acted-upon': {
    why: 'The keyword is known and checked, but this program does not do what it asks for; the line says what happens instead.',
    remedy: 'take it out where that is all the same to you',
  },
  'list-without-brace': {
    why: 'The lines of a list stand between braces; without the opening one keepalived reads on and takes whatever follows for items.',
    remedy: 'put a { behind the keyword',
  },
};
