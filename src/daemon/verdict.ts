import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { isUsable } from '#src/config/exit-code.js';

/**
 * The exit code of a daemon that can't run by its configuration, or `undefined`: like keepalived
 * it starts with what it understood of a file with lesser mistakes.
 */
export function startStatus(diagnostics: readonly Diagnostic[]): number | undefined {
  if (isUsable(diagnostics)) return undefined;
  return diagnostics.some((d) => d.class === 'file-missing') ? 6 : 2;
}

/** A reload with any error keeps the configuration in use. Differs: keepalived takes it. */
export const mayReload = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.every((d) => d.severity !== 'error');

/** A mistake as one line of the log: `file:line:column: message (hint)`. */
export function mistakeLine({ at, message, hint }: Diagnostic): string {
  const place = at ? `${at.file}:${at.line}:${at.column}: ` : '';
  return `${place}${message}${hint ? ` (${hint})` : ''}`;
}
