import type { Diagnostic, Span } from '@keepalived-ts/base/diagnostics.js';
import type { Row } from './schema.js';

/** What is said of a keyword or option for its row's sake, wherever it stands. */
export function remarksOn(
  row: Row<unknown>,
  as: { name: string; field: string; deprecated: boolean; at: Span },
): Diagnostic[] {
  const { name, field, deprecated, at } = as;
  const remarks: Diagnostic[] = [];
  const instead = deprecated ? `'${field}'` : row.deprecated;
  if (instead !== undefined) {
    const message = `${name} is deprecated - please use ${instead}`;
    remarks.push({ severity: 'warning', class: 'deprecated', message, at });
  }
  if (row.effect === 'refused') {
    const message = `${name} is not acted upon: ${row.note}`;
    remarks.push({ severity: 'warning', class: 'advice', code: 'not-acted-upon', message, at });
  }
  return remarks;
}
