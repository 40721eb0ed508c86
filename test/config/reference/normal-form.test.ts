import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeywordEntry } from '#src/config/reference/collect.js';
import { dumpConfiguration } from '#src/daemon/root.js';
import { checkers, loadText, withoutPlaces } from '#test/support/config.js';
import { grammarText, textOf } from '#test/support/grammar.js';
import { around, NAMED, places } from '#test/support/language.js';

const dumped = (text: string): string =>
  dumpConfiguration(loadText(text).config, checkers, { secrets: true });

/** Rows that hold a value or lines of values, under their proper names. */
const rows = places.flatMap(({ kind, keywords }) =>
  kind !== 'block'
    ? []
    : keywords.filter(
        ({ row, aliasOf }) => row.kind === 'value' && row.type && aliasOf === undefined,
      ),
);

/** What may be written for a keyword. */
function linesOf({ name, row }: KeywordEntry): fc.Arbitrary<string> {
  const { type } = row;
  if (!type) return fc.constant(name);
  const head = type.heading ? `${name} X {` : `${name} {`;
  if (!type.item) return textOf(type).map((words) => `${name} ${words}`.trim());
  const item = textOf(type.item).map((line) =>
    row.names ? line.replace(/^("[^"]*"|\S+)/, NAMED) : line,
  );
  return fc
    .array(item, { minLength: 1, maxLength: 4 })
    .map((items) => [head, ...items, '}'].join('\n'));
}

/** Read, printed and read again it is the same, and prints the same. */
function isFixed(text: string): void {
  const { config } = loadText(text);
  const normal = dumpConfiguration(config, checkers, { secrets: true });
  expect(dumped(normal)).toBe(normal);
  expect(withoutPlaces(loadText(normal).config)).toEqual(withoutPlaces(config));
}

describe('the normal form', () => {
  it.each(rows.map((keyword) => [`${keyword.block}/${keyword.name}`, keyword] as const))(
    'of %s, read again, is equal',
    (_, keyword) => {
      const empty = dumped(around(keyword, ''));
      let written = 0;
      fc.assert(
        fc.property(linesOf(keyword), (line) => {
          const text = around(keyword, line);
          isFixed(text);
          if (dumped(text) !== empty) written++;
        }),
        { numRuns: 25 },
      );
      // What stands in a block that is passed over is not kept.
      if (keyword.effect === 'refused' && keyword.row.effect !== 'refused') return;
      expect(
        written,
        `nothing that ${keyword.name} ${keyword.grammar} says is kept`,
      ).toBeGreaterThan(0);
    },
  );
});

describe('the grammar that the manual shows', () => {
  it.each([
    ['INTEGER 1..3', /^[123]$/],
    ['A|B [c X 1..2]', /^(A|B|[abz09_-]+)( c .*)?$/],
    ['IPADDR[/PREFIX]', /^[\d.a-f:]+(\/\d+)?$/],
    ['fwmark INTEGER | group STRING', /^(fwmark \d+|group .+)$/],
  ])('%s stands for text', (usage, shape) => {
    fc.assert(fc.property(grammarText(usage), (said) => void expect(said).toMatch(shape)));
  });
});
