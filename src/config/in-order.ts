import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';

/** Diagnostics as the files have their lines; what concerns no line comes last. */
export function inOrder(
  diagnostics: readonly Diagnostic[],
  texts: ReadonlyMap<string, string>,
): Diagnostic[] {
  const rank = new Map([...texts.keys()].map((file, i) => [file, i]));
  const fileOf = ({ at }: Diagnostic): number => (at && rank.get(at.file)) ?? texts.size;
  // What ended the reading is told first: it may stand behind a thousand mistakes.
  const isEnd = ({ class: kind, unusable }: Diagnostic): number =>
    kind === 'fatal' && unusable ? 0 : 1;
  return diagnostics.toSorted(
    (a, b) =>
      isEnd(a) - isEnd(b) ||
      fileOf(a) - fileOf(b) ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
}
