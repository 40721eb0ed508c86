import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';

/** Diagnostics as the files have their lines; what concerns no line comes last. */
export function inOrder(
  diagnostics: readonly Diagnostic[],
  texts: ReadonlyMap<string, string>,
): Diagnostic[] {
  const rank = new Map([...texts.keys()].map((file, i) => [file, i]));
  const fileOf = ({ at }: Diagnostic): number => (at && rank.get(at.file)) ?? texts.size;
  return diagnostics.toSorted(
    (a, b) =>
      fileOf(a) - fileOf(b) ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
}
