import type { Diagnostic, MistakeClass, Span } from '@keepalived-ts/base/diagnostics.js';
import { exitCode, isUsable } from './exit-code.js';

/** Severity as it is told: advice is no warning of keepalived's. */
export type Kind = 'error' | 'warning' | 'advice';

export const kindOf = ({ severity, class: kind }: Diagnostic): Kind =>
  kind === 'advice' ? 'advice' : severity;

export interface Counts {
  errors: number;
  warnings: number;
  advice: number;
}

export function counted(diagnostics: readonly Diagnostic[]): Counts {
  const counts: Counts = { errors: 0, warnings: 0, advice: 0 };
  const names = { error: 'errors', warning: 'warnings', advice: 'advice' } as const;
  for (const diagnostic of diagnostics) counts[names[kindOf(diagnostic)]]++;
  return counts;
}

type Place = Omit<Span, 'origin'>;

/** A diagnostic in the document; the place's fields are absent where no line is at fault. */
export interface Finding extends Partial<Place> {
  severity: Kind;
  class: MistakeClass;
  code?: string;
  message: string;
  hint?: string;
  /** Where the text was written, if it came to its place out of a definition. */
  origin?: Place;
  /** Page and heading that explain the code. */
  docs?: string;
}

/** What `-t --format json` prints. Fields are added, never renamed or removed. */
export interface VerdictDocument {
  file: string;
  exitCode: number;
  /** Whether a daemon would start with it. */
  usable: boolean;
  diagnostics: Finding[];
  counts: Counts;
}

export const verdictDocument = (
  file: string,
  diagnostics: readonly Diagnostic[],
): VerdictDocument => ({
  file,
  exitCode: exitCode(diagnostics),
  usable: isUsable(diagnostics),
  diagnostics: diagnostics.map(finding),
  counts: counted(diagnostics),
});

function finding(diagnostic: Diagnostic): Finding {
  const { class: kind, code, message, hint, at } = diagnostic;
  return {
    severity: kindOf(diagnostic),
    class: kind,
    ...(code !== undefined && { code }),
    message,
    ...(hint !== undefined && { hint }),
    ...(at && placeOf(at)),
    ...(at?.origin && { origin: placeOf(at.origin) }),
    ...(code !== undefined && { docs: `docs/warnings.md#${code}` }),
  };
}

const placeOf = ({ file, line, column, length }: Span): Place => ({ file, line, column, length });
