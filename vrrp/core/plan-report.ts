import type { Report, Span } from '@keepalived-ts/base/diagnostics.js';

/** Something the user wrote was changed or ignored; keepalived counts it as a general mistake. */
export function adjust(
  report: Report,
  message: string,
  options: {
    at?: Span | undefined;
    unusable?: boolean;
    severity?: 'error' | 'warning';
    code?: string;
    ofBlock?: boolean;
  } = {},
): void {
  const { at, severity = 'error', ...rest } = options;
  report({ severity, class: 'general', message, ...(at && { at }), ...rest });
}

/** An instance that needs what this version cannot do. Always false: it is not in the plan. */
export function leaveOut(report: Report, vr: { name: string; at: Span }, what: string): false {
  report({
    severity: 'error',
    class: 'advice',
    code: 'not-acted-upon',
    message: `(${vr.name}) ${what} comes with a later version; the instance is left out`,
    at: vr.at,
  });
  return false;
}
