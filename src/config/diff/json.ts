import type { ObjectChange } from './diff.js';
import { summed } from './meaning.js';

/** A diff for programs: an array of changed objects, `meanings` from the least to the gravest. */
export function diffJson(changes: readonly ObjectChange[]): string {
  const objects = changes.map(({ kind, name, within, change, meanings, keywords }) => ({
    ...(kind !== '' && { kind }),
    ...(name !== '' && { name }),
    ...(within.length > 0 && { within }),
    change,
    meanings,
    keywords: keywords.map(({ isSecret, ...rest }) => ({
      ...rest,
      ...(isSecret && { secret: true }),
    })),
  }));
  const meanings = summed(changes.flatMap((change) => change.meanings));
  return `${JSON.stringify({ meanings, objects }, null, 2)}\n`;
}
