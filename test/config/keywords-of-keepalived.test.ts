import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { places } from '#test/support/language.js';

/** What keepalived 2.4.3 knows, as blocks and names: a fact about the program, not its text. */
const listed = readFileSync(join(import.meta.dirname, 'keywords-of-keepalived.tsv'), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line): [block: string, keyword: string] => {
    const [block = '', keyword = ''] = line.split('\t');
    return [block, keyword];
  });

describe('the keywords of keepalived', () => {
  const ours = new Map(
    places.map(({ path, keywords }) => [path, new Set(keywords.map(({ name }) => name))]),
  );

  it('are many', () => expect(listed.length).toBeGreaterThan(750));

  it('are all declared, where they may stand', () => {
    const missing = listed.filter(([block, keyword]) => !ours.get(block)?.has(keyword));
    expect(missing).toEqual([]);
  });

  it('of a line are read by the same row as of its twin', () => {
    const namesOf = (path: string): string[] => [...(ours.get(path) ?? [])].toSorted();
    const of = 'vrrp_instance';
    expect(namesOf(`${of}/virtual_ipaddress_excluded (line)`)).toEqual(
      namesOf(`${of}/virtual_ipaddress (line)`),
    );
    for (const kind of ['interface', 'script', 'file', 'process', 'bfd']) {
      expect(namesOf(`vrrp_sync_group/track_${kind} (line)`)).toEqual(
        namesOf(`${of}/track_${kind} (line)`),
      );
    }
    expect(namesOf('static_routes (line)')).toEqual(
      [...namesOf(`${of}/virtual_routes (line)`), 'track_group'].toSorted(),
    );
  });
});
