import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Block } from '#src/config/schema.js';
import { Tables } from '#src/config/table.js';
import { root } from '#src/daemon/root.js';
import { checkers } from '#test/support/config.js';

const top = join(import.meta.dirname, '../..');
const FOLDERS = [
  ...['vrrp/core', 'vrrp/shell', 'vrrp/mib', 'lvs/core', 'lvs/shell'],
  ...['checks/core', 'checks/shell', 'checks/checkers'],
  ...['src/daemon', 'src/daemon/management', 'src/notify'],
];
/** All code that may act upon a value; the tables themselves are elsewhere. */
const code = FOLDERS.flatMap((folder) =>
  readdirSync(join(top, folder))
    .filter((name) => name.endsWith('.ts') && name !== 'common-keywords.ts')
    .map((name) => readFileSync(join(top, folder, name), 'utf8')),
).join('\n');

/** Every row that claims to be acted upon, with the block it stands in. */
function acted(block: Block, path: string, tables: Tables): string[][] {
  return tables.of(block).rows.flatMap(([field, row]) => {
    if (row.effect !== 'full') return [];
    const inner = row.block ? acted(row.block, `${path}/${field}`, tables) : [];
    return [[path, field], ...inner];
  });
}

describe('a row that is not refused', () => {
  const tables = new Tables({ checkers });
  const rows = [
    ...acted(root as unknown as Block, '', tables),
    ...checkers.flatMap((block) => acted(block, block.keyword, tables)),
  ];

  it('is one of many', () => expect(rows.length).toBeGreaterThan(100));

  it.each(rows)('%s/%s is read by the code', (_, field) => {
    expect(code).toMatch(new RegExp(`(?<![\\w-])${field}(?![\\w-])`));
  });
});
