import { all, type Meanings } from '#src/config/diff/meaning.js';
import type { commonKeywords } from './common-keywords.js';

type Common = keyof typeof commonKeywords;

/**
 * What changes of checkers mean when they are reloaded (reference §7): one that asks something
 * else, or somewhere else, forgets what it knew. How often and how patiently it asks does not
 * matter to what it knows.
 */
export const checkMeanings: Meanings = {
  checkers: {
    added: 'checks restart',
    removed: 'none',
    keywords: all<Common>(
      'none',
      ...(['retry', 'delay_before_retry', 'warmup', 'delay_loop'] as const),
      ...(['connect_timeout', 'alpha', 'log_all_failures'] as const),
    ),
    others: 'checks restart',
  },
};
