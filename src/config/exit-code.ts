import type { Diagnostic, MistakeClass } from '@keepalived-ts/base/diagnostics.js';

/**
 * keepalived records the highest level of all mistakes, so a mere warning hides a bad interface
 * and a security finding hides everything (config-language reference §8).
 */
const LEVELS: Record<
  Exclude<MistakeClass, 'advice' | 'missing-argument' | 'no-namespace'>,
  number
> = {
  remark: 0,
  'file-missing': 0,
  'bad-interface': 2,
  fatal: 3,
  'unknown-keyword': 5,
  'unexpected-open': 6,
  'missing-open': 7,
  'extra-close': 8,
  'missing-close': 9,
  quote: 10,
  number: 12,
  general: 13,
  deprecated: 15,
  security: 16,
};

/** The exit code of `-t`: 0, 2, 4, 5 or 6. */
export function exitCode(diagnostics: readonly Diagnostic[]): 0 | 2 | 4 | 5 | 6 {
  let highest = 0;
  for (const { class: kind, unread } of diagnostics) {
    if (unread) continue;
    // keepalived stops at the first of these, whatever it has found so far.
    if (kind === 'missing-argument') return 2;
    if (kind === 'no-namespace') return 0;
    if (kind !== 'advice') highest = Math.max(highest, LEVELS[kind]);
  }
  if (highest === 0) return 0;
  if (highest <= LEVELS.fatal) return 4;
  return highest < LEVELS.security ? 5 : 6;
}

/** Whether a daemon can run by the configuration, with its mistakes adjusted or left out. */
export const isUsable = (diagnostics: readonly Diagnostic[]): boolean =>
  !diagnostics.some(({ class: kind, unusable }) => unusable || UNUSABLE.has(kind));

const UNUSABLE = new Set<MistakeClass>(['file-missing', 'fatal', 'missing-argument']);
