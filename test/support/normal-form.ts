import fc from 'fast-check';
import { expect } from 'vitest';
import { type KeywordEntry, ROOT } from '#src/config/reference/collect.js';
import { type Config, dumpConfiguration } from '#src/daemon/root.js';
import { checkers, loadText, withoutPlaces } from './config.js';
import { grammarText, textOf } from './grammar.js';
import { NAMED, places } from './language.js';

/** With the secrets, so that two of them are equal only if these are. */
export const normalForm = (config: Config): string =>
  dumpConfiguration(config, checkers, { secrets: true });

/** Read, printed and read again it is the same, and prints the same; gives what it prints. */
export function normalFormOf(text: string): string {
  const { config } = loadText(text);
  const normal = normalForm(config);
  const again = loadText(normal);
  expect(normalForm(again.config)).toBe(normal);
  expect(withoutPlaces(again.config)).toEqual(withoutPlaces(config));
  return normal;
}

/** What may be written for a keyword with a value. */
export function linesOf({ name, row }: KeywordEntry): fc.Arbitrary<string> {
  const { type } = row;
  if (!type) return fc.constant(name);
  if (!type.item) return textOf(type).map((words) => `${name} ${words}`.trim());
  const head = type.heading ? `${name} X {` : `${name} {`;
  const item = textOf(type.item).map((line) =>
    row.names && !row.names.isOptional ? line.replace(/^("[^"]*"|\S+)/, NAMED) : line,
  );
  return fc
    .array(item, { minLength: 1, maxLength: 4 })
    .map((items) => [head, ...items, '}'].join('\n'));
}

/** Lines that may stand in a block, blocks among them; what a block wants comes first. */
function bodyOf(path: string, most: number): fc.Arbitrary<string> {
  const keywords = places.find((place) => place.path === path)?.keywords ?? [];
  const written = keywords.map((keyword) =>
    keyword.row.kind === 'value' ? linesOf(keyword) : blockOf(keyword),
  );
  const wanted = [...keywords.keys()].filter((i) => keywords[i]?.row.isRequired);
  return fc
    .array(fc.nat(written.length - 1), { maxLength: most })
    .chain((chosen) =>
      fc.tuple(...[...wanted, ...chosen].map((i) => written[i] ?? fc.constant(''))),
    )
    .map((lines) => lines.join('\n'));
}

function blockOf({ name, opens, block }: KeywordEntry): fc.Arbitrary<string> {
  const place = places.find(({ path }) => path === opens);
  const header = place?.block?.header?.type.usage ?? '';
  if (!place || place.keywords.length === 0) return fc.constant(`${name} {\n}`);
  return fc
    .tuple(grammarText(header), bodyOf(place.path, block === ROOT ? 12 : 4))
    .map(([head, body]) => `${name} ${head} {\n${body}\n}`);
}

/** Whole configurations of every keyword that there is, with values that its grammar allows. */
export const anyConfiguration: fc.Arbitrary<string> = bodyOf(ROOT, 6);
