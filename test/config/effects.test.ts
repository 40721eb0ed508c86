import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Block } from '#src/config/schema.js';
import { Tables } from '#src/config/table.js';
import { root } from '#src/daemon/root.js';
import { checkers } from '#test/support/config.js';

const top = join(import.meta.dirname, '../..');
const FOLDERS = ['vrrp', 'lvs', 'checks', 'src/daemon', 'src/notify'];
/** Code that only declares, compares, advises on, or tells of keywords does not act on them. */
const TELLING =
  /\/(keywords|dump|mib|commands)\/|diff|remarks|chapters|manual|readable|keywords|scalars|dump|mib|root|events|traps/;
const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(top, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => ({ name: `/${name}`, text: readFileSync(join(top, folder, name), 'utf8') })),
);
/** The sources that fit, without their comments. */
const codeOf = (fits: (name: string) => boolean): string =>
  sources
    .flatMap(({ name, text }) => (fits(name) ? [text] : []))
    .join('\n')
    .replaceAll(/\/\*.*?\*\/|(?<=^|\s)\/\/[^\n]*/gs, '');
const acting = codeOf((name) => !TELLING.test(name));
/** Keywords about what is told have their effect where it is told. */
const dumping = codeOf((name) => /dump|mib|readable/.test(name));
const TOLD = ['data_use_instance', 'json_version', 'snmp_name', 'state_dump_file'];

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

  it.each(rows)('%s/%s is read by code that acts on it', (_, field) => {
    const code = TOLD.includes(field) ? dumping : acting;
    // As a property, taken out of an object, or by its name.
    expect(code).toMatch(new RegExp(`[.{,[('"\`]\\s*${field}(?![\\w-])`));
  });
});
