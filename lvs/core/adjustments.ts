import type { Diagnostic, Report, Span } from '@keepalived-ts/base/diagnostics.js';

/** Tells the user of an adjustment to a contradictory configuration. */
export type Say = (message: string, at?: Span, options?: Partial<Diagnostic>) => void;

/** Remarks that keepalived makes too, so they count for the exit code of `-t`. */
export const speaker =
  (report: Report, block: Span): Say =>
  (message, at = block, options = {}) =>
    report({ severity: 'warning', class: 'general', message, at, ...options });

/** For a remark that keepalived does not make, which must not count for the exit code. */
export const ADVICE: Partial<Diagnostic> = { class: 'advice' };

/** The same with its heading in docs/warnings.md. */
export const advice = (code: string): Partial<Diagnostic> => ({ ...ADVICE, code });
