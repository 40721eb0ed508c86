import type { Report } from '@keepalived-ts/base/diagnostics.js';
import { type Line, wordsOf } from './line.js';

/** What makes a problem of an `include` a mistake; without, it is only remarked on. */
export interface Checks {
  /** A file that cannot be read. */
  read: boolean;
  /** A plain name that there is no file of. */
  match: boolean;
  /** A pattern that matches nothing. */
  wildcard_match: boolean;
  /** An alternative between braces that matches nothing. */
  brace_match: boolean;
}

const NONE: Checks = { read: false, match: false, wildcard_match: false, brace_match: false };
export const ALL: Checks = { read: true, match: true, wildcard_match: true, brace_match: true };

/** The six variants of the keyword, and what each adds to the checks in force. */
const VARIANTS: Readonly<Record<string, Partial<Checks>>> = {
  include: {},
  includer: { read: true },
  includem: { read: true, match: true },
  includew: { read: true, match: true, wildcard_match: true },
  includeb: { read: true, brace_match: true },
  includea: ALL,
};

/** The checks of one line; `inForce` are those of `include_check` and the command line. */
export const checksOf = (keyword: string, inForce: Checks): Checks => ({
  ...inForce,
  ...VARIANTS[keyword],
});

const isCheck = (word: string): word is keyof Checks => word in NONE;

/**
 * `include_check [+|-]WORD ...`: the checks from here on.
 *
 * No word means all, the first plain word begins anew, and a second plain one is an error.
 * `readable` is how keepalived's manual spells `read`, which its program does not know.
 */
export function includeChecks(line: Line, before: Checks, report: Report): Checks {
  const [, ...words] = wordsOf(line);
  if (words.length === 0) return ALL;
  let checks = { ...before };
  let isFresh = false;
  for (const word of words) {
    const [, sign = '', name = ''] = /^([+-]?)(.*)$/s.exec(word.text) ?? [];
    const mistake = (message: string, hint: string): void =>
      report({ severity: 'error', class: 'general', message, hint, at: word.at });
    if (sign === '' && isFresh) {
      mistake(`Duplicate include_check '${name}' specified - ignoring`, 'write + before it');
    } else if (!isCheck(name)) {
      const known = `one of ${Object.keys(NONE).join(', ')}`;
      mistake(`Unknown include_check type '${name}' - ignoring`, known);
    } else {
      checks = { ...(sign === '' ? NONE : checks), [name]: sign !== '-' };
    }
    isFresh ||= sign === '';
  }
  return checks;
}

/** The keyword of the line and the rest of it, which is the pattern, blanks and all. */
export function includeParts(line: Line): { keyword: string; pattern: string } {
  const [, keyword = '', pattern = ''] = /^(\S+)\s+(.*)$/s.exec(line.text) ?? [];
  return { keyword, pattern };
}

export const noChecks = NONE;
