import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collect } from '#src/config/reference/collect.js';
import type { Block } from '#src/config/schema.js';
import { root, tablesOf } from '#src/daemon/root.js';
import { checkers } from '../support/config.js';

/** What keepalived 2.4.3 knows: a block and a keyword a line, block names as in `keywords --format tsv`. */
const known = new Map<string, Set<string>>();
const listed = readFileSync(join(import.meta.dirname, 'keywords-of-keepalived.tsv'), 'utf8');
for (const line of listed.trimEnd().split('\n').slice(1)) {
  const [block = '', written = ''] = line.split('\t');
  // What `encap ip` and its like encapsulate in is the value of one keyword.
  const [keyword = ''] = written.split(' ');
  // Values without a name, such as <IPADDR>, and the preprocessor are no rows.
  if (block === '(preprocessor)' || !/^-?[A-Za-z][\w-]*$/.test(keyword)) continue;
  known.set(block, (known.get(block) ?? new Set()).add(keyword));
}

const places = collect(root as unknown as Block, tablesOf(checkers));
const declared = new Map(
  places.map(({ path, keywords }) => [
    path,
    new Set(keywords.filter(({ isNamed }) => isNamed).map(({ name }) => name)),
  ]),
);

/** Keywords of ours that keepalived does not have. */
const OWN: Readonly<Record<string, readonly string[]>> = {};

describe("keepalived's keywords", () => {
  it('are many', () => expect(known.size).toBeGreaterThan(40));

  it.each([...known])('%s: every one is declared', (block, keywords) => {
    expect([...keywords].filter((keyword) => !declared.get(block)?.has(keyword))).toEqual([]);
  });

  it.each([...known])('%s: none is declared that keepalived does not have', (block, keywords) => {
    const own = OWN[block] ?? [];
    const more = [...(declared.get(block) ?? [])].filter((keyword) => !keywords.has(keyword));
    expect(more).toEqual(own);
  });
});
