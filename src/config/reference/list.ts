import type { KeywordEntry, PlaceEntry } from './collect.js';
import { absence, unitOf } from './describe.js';

/** A line for every keyword at every place: block, keyword, effect, note. */
export function listTsv(places: readonly PlaceEntry[]): string {
  const lines = keywordsOf(places).map(({ block, name, effect, note }) =>
    [block, name, effect, note].map(cell).join('\t'),
  );
  return ['block\tkeyword\teffect\tnote', ...lines, ''].join('\n');
}

const cell = (text: string): string => text.replaceAll(/[\t\n]/g, ' ');

/** The same and more as JSON. */
export const listJson = (places: readonly PlaceEntry[]): string =>
  `${JSON.stringify(keywordsOf(places).map(asJson), null, 2)}\n`;

function asJson(entry: KeywordEntry): Record<string, unknown> {
  const { block, name, grammar, doc, row, effect, note, aliasOf, isDeprecated, opens } = entry;
  return {
    block,
    keyword: name,
    grammar,
    doc,
    ...(row.more && { more: row.more }),
    ...(absence(entry) && { default: absence(entry) }),
    ...(unitOf(entry) && { unit: unitOf(entry) }),
    ...(row.example && { example: row.example }),
    required: row.isRequired,
    repeatable: row.isRepeatable || row.kind === 'blocks' || row.kind === 'slot',
    deprecated: isDeprecated,
    ...(aliasOf !== undefined && { aliasOf }),
    ...(opens !== undefined && { opens }),
    effect,
    ...(note && { note }),
  };
}

const keywordsOf = (places: readonly PlaceEntry[]): KeywordEntry[] =>
  places.flatMap(({ keywords }) => keywords);
