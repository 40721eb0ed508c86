import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grammarText } from '#test/support/grammar.js';
import { around, places } from '#test/support/language.js';
import { linesOf, normalFormOf } from '#test/support/normal-form.js';

/** Rows that hold a value or lines of values, under their proper names. */
const rows = places.flatMap(({ kind, keywords }) =>
  kind !== 'block'
    ? []
    : keywords.filter(
        ({ row, aliasOf }) => row.kind === 'value' && row.type && aliasOf === undefined,
      ),
);

describe('the normal form', () => {
  it.each(rows.map((keyword) => [`${keyword.block}/${keyword.name}`, keyword] as const))(
    'of %s, read again, is equal',
    (_, keyword) => {
      const empty = normalFormOf(around(keyword, ''));
      let written = 0;
      fc.assert(
        fc.property(linesOf(keyword), (line) => {
          if (normalFormOf(around(keyword, line)) !== empty) written++;
        }),
        { numRuns: 15, seed: 7 },
      );
      // What stands in a block that is passed over is not kept.
      if (keyword.effect === 'refused' && keyword.row.effect !== 'refused') return;
      // Nor is a second value where the block needs a first one, and only that counts.
      if (keyword.row.isRequired && keyword.row.duplicates === 'first') return;
      expect(
        written,
        `nothing that ${keyword.name} ${keyword.grammar} says is kept`,
      ).toBeGreaterThan(0);
    },
  );
});

/** Files of the public, where they lie beside the checkout. */
const corpus = fileURLToPath(new URL('../../../../shared/corpus/', import.meta.url));

describe.skipIf(!existsSync(corpus))('the normal form of every file of ../shared/corpus', () => {
  it('read again, is equal', () => {
    const files = readdirSync(corpus).filter((name) => name.endsWith('.conf'));
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) normalFormOf(readFileSync(`${corpus}${file}`, 'utf8'));
  });
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
