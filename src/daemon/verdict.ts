import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import type { ObjectChange } from '#src/config/diff/diff.js';
import { isUsable } from '#src/config/exit-code.js';

/**
 * The exit code of a daemon that can't run by its configuration, or `undefined`: like keepalived
 * it starts with what it understood of a file with lesser mistakes.
 */
export function startStatus(diagnostics: readonly Diagnostic[]): number | undefined {
  if (isUsable(diagnostics)) return undefined;
  return diagnostics.some((d) => d.class === 'file-missing') ? 6 : 2;
}

/**
 * The errors of a configuration that the one in use does not have as well, wherever they stand.
 *
 * Who has lived with a mistake may reload with it; a new one keeps the configuration in use.
 * Differs: keepalived takes any file that it could start with.
 */
export function newMistakes(
  diagnostics: readonly Diagnostic[],
  inUse: readonly Diagnostic[],
): Diagnostic[] {
  const known = new Map<string, number>();
  for (const key of inUse.filter(isError).map(keyOf)) known.set(key, (known.get(key) ?? 0) + 1);
  return diagnostics.filter(isError).filter((mistake) => {
    const left = known.get(keyOf(mistake)) ?? 0;
    known.set(keyOf(mistake), left - 1);
    return left <= 0;
  });
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';
const keyOf = (mistake: Diagnostic): string => `${mistake.class} ${mistake.message}`;

/** The keywords that have changed though only a restart can change them. */
export const unchangeable = (changes: readonly ObjectChange[]): string[] =>
  changes
    .flatMap(({ keywords }) => keywords)
    .filter(({ meaning }) => meaning === 'restart needed')
    .map(({ keyword }) => keyword);

/** A mistake as one line of the log: `file:line:column: message [code] (hint)`. */
export function mistakeLine({ at, message, hint, code }: Diagnostic): string {
  const place = at ? `${at.file}:${at.line}:${at.column}: ` : '';
  return `${place}${message}${code ? ` [${code}]` : ''}${hint ? ` (${hint})` : ''}`;
}
