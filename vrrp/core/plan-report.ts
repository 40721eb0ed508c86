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
