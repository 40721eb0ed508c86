import { describe, expect, it } from 'vitest';
import type { KeywordEntry } from '#src/config/reference/collect.js';
import { listJson, listTsv } from '#src/config/reference/list.js';
import { loadText } from '#test/support/config.js';
import { around, places } from '#test/support/language.js';

const keywords = places.flatMap((place) => place.keywords);
const titleOf = ({ block, name }: KeywordEntry): string => `${block}/${name}`;

describe('the places of the configuration', () => {
  it('are named as keepalived users name them', () => {
    const paths = places.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        '(root)',
        'vrrp_instance',
        'vrrp_instance/authentication',
        'vrrp_instance/virtual_ipaddress (line)',
        'virtual_server/real_server/HTTP_GET/url',
        'global_defs/lvs_sync_daemon (arguments)',
      ]),
    );
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('have rows for other spellings, too', () => {
    const aliases = keywords.filter(({ aliasOf }) => aliasOf !== undefined);
    expect(aliases.map(titleOf)).toEqual(
      expect.arrayContaining([
        'virtual_server/lb_algo',
        'virtual_server/real_server/HTTP_GET/nb_get_retry',
        'vrrp_instance/virtual_ipaddress (line)/brd',
      ]),
    );
  });

  it('in a block that is not acted upon no keyword is', () => {
    for (const { opener, keywords: inner } of places) {
      if (opener && opener.effect !== 'full') {
        expect(inner.map(({ effect }) => effect)).not.toContain('full');
      }
    }
  });
});

describe('every keyword', () => {
  it('has a sentence, and a reason where it has no effect', () => {
    const wordless = keywords.filter(({ doc }) => !/^\S.{8,}\.$/s.test(doc));
    expect(wordless.map(titleOf)).toEqual([]);
    const unexplained = keywords.filter(({ effect, note }) => effect !== 'full' && note === '');
    expect(unexplained.map(titleOf)).toEqual([]);
  });

  it('that is an example is read without a mistake', () => {
    const shown = keywords.filter(
      ({ row, aliasOf }) => row.example !== '' && aliasOf === undefined,
    );
    expect(shown.length).toBeGreaterThan(30);
    const wrong = shown.flatMap((keyword) => mistakesIn(keyword, keyword.row.example));
    expect(wrong).toEqual([]);
  });
});

describe('every block', () => {
  const shown = places.flatMap(({ block, opener }) =>
    block && opener && block.example !== '' ? [[opener, block.example] as const] : [],
  );

  it('that has an example has one without a mistake', () => {
    expect(shown.length).toBeGreaterThan(3);
    const wrong = shown.flatMap(([opener, example]) =>
      // Some show the blocks around them, too.
      example.startsWith(opener.name)
        ? mistakesIn(opener, example)
        : loadText(example).diagnostics.flatMap(({ class: kind, message }) =>
            kind === 'advice' ? [] : [`${titleOf(opener)}: ${message}`],
          ),
    );
    expect(wrong).toEqual([]);
  });
});

/** A line of an example may name a block that is not in it. */
const isUndeclared = (message: string): boolean => message.endsWith(' not found, ignoring...');

/** What is wrong with lines that stand where a keyword may; advice is not. */
function mistakesIn(keyword: KeywordEntry, lines: string): string[] {
  const text = around(keyword, lines);
  const first = text.slice(0, text.indexOf(lines)).split('\n').length;
  const last = first + lines.split('\n').length - 1;
  return loadText(text).diagnostics.flatMap(({ at, class: kind, message }) =>
    kind !== 'advice' && at && at.line >= first && at.line <= last && !isUndeclared(message)
      ? [`${titleOf(keyword)}: ${message}`]
      : [],
  );
}

describe('keywords --format', () => {
  const lines = listTsv(places).split('\n').slice(0, -1);

  it('tsv has a line for each: block, keyword, effect, note', () => {
    expect(lines[0]).toBe('block\tkeyword\teffect\tnote');
    expect(lines.length).toBe(keywords.length + 1);
    expect(lines.filter((line) => line.split('\t').length !== 4)).toEqual([]);
    expect(lines).toContain('vrrp_instance\tpriority\tfull\t');
  });

  it('json tells grammar, default and unit besides', () => {
    const list = JSON.parse(listJson(places)) as { block: string; keyword: string }[];
    expect(list).toHaveLength(keywords.length);
    const found = list.find(
      ({ block, keyword }) => block === 'vrrp_instance' && keyword === 'advert_int',
    );
    expect(found).toMatchObject({
      grammar: 'DECIMAL 0.01..255',
      default: '1',
      unit: 'seconds',
      required: false,
      repeatable: false,
      deprecated: false,
      effect: 'full',
    });
  });
});
