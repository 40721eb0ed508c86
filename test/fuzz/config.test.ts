import type { Span } from '@keepalived-ts/base/diagnostics.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exitCode } from '#src/config/exit-code.js';
import { renderAll } from '#src/config/render.js';
import type { Block, Row } from '#src/config/schema.js';
import { root } from '#src/daemon/root.js';
import { checkers, dumpOf, FILE, loadText } from '#test/support/config.js';
import { runs } from '#test/support/fuzz.js';

/** Every keyword there is, for soups that get deep into the tables. */
const keywords = new Set<string>();
const visit = (block: Block): void => {
  for (const [name, row] of Object.entries<Row<unknown>>(block.keywords)) {
    keywords.add(name);
    if (row.block) visit(row.block);
  }
};
for (const block of [root as unknown as Block, ...checkers]) visit(block);

const VALUES = [
  ...['0', '1', '255', '256', '-1', '1.5', '99999999999', '6x', '', 'on', 'off', 'eth0', 'PASS'],
  ...['10.0.0.1', '10.0.0.1/24', 'fe80::1', '224.0.0.1', 'MASTER', 'rr', 'TCP', 'DR', 'weight'],
  ...[
    '"',
    "'",
    '\\',
    '"a b"',
    '"/bin/x \'a',
    '#',
    '!',
    '$X',
    '$' + '{X}',
    '@id',
    '~SEQ(A,1,2)',
    '/bin/x',
  ],
  ...[
    'fwmark',
    'group',
    'include',
    'test.conf',
    'label',
    'dev',
    'é',
    '漢',
    '\u00a0',
    '\ufeff',
    '\r',
  ],
];
const BRACES = ['{', '}', '{', '}', '\n', '\n', '\n'];
const soup = fc
  .array(fc.constantFrom(...keywords, ...VALUES, ...BRACES, ...BRACES), { maxLength: 60 })
  .map((words) => words.join(' '));
const noise = fc.string({ unit: 'binary', maxLength: 200 });
const line = fc
  .tuple(fc.constantFrom(...keywords), fc.array(fc.constantFrom(...VALUES), { maxLength: 4 }))
  .map(([keyword, words]) => [keyword, ...words].join(' '));
const block = (name: string) =>
  fc.array(line, { maxLength: 8 }).map((l) => `${name} {\n${l.join('\n')}\n}\n`);
const shaped = fc
  .array(
    fc.oneof(
      block('global_defs'),
      block('vrrp_instance V'),
      block('vrrp_script s'),
      block('virtual_server 10.0.0.1 80'),
      block('virtual_server fwmark 1').map((text) =>
        text.replace('\n', '\nreal_server 10.0.0.2 80 { HTTP_GET { url { path /\n } } }\n'),
      ),
    ),
    { maxLength: 4 },
  )
  .map((blocks) => blocks.join(''));

/** Inputs that once broke something; add to them, never take away. */
const BROKE: readonly string[] = [
  '{',
  '}',
  '"',
  '\\',
  'include',
  'include test.conf',
  'vrrp_instance "',
  'vrrp_instance V { virtual_ipaddress { { } } }',
  'global_defs { router_id a\\#b\\!c { \\# } }',
  'vrrp_instance __proto__ {\n interface constructor\n virtual_router_id 1\n}',
  'constructor\n__proto__ {\n toString 1\n}',
  'virtual_server 10.0.0.1 80 { real_server 10.0.0.2 80 { constructor { } } }',
  'vrrp_instance V { virtual_ipaddress { 10.0.0.1 constructor __proto__ toString } }',
  `${'{'.repeat(2000)}`,
  `vrrp_instance ${'x'.repeat(3000)} {`,
];

const isIn = (lines: readonly string[], { file, line, column, length }: Span): boolean => {
  const text = lines[line - 1];
  return (
    file === FILE && text !== undefined && column >= 1 && column <= text.length + 1 && length >= 1
  );
};

/** What holds for every text, however wrong. */
function examine(text: string): void {
  const { config, diagnostics, texts } = loadText(text);
  const lines = text.split('\n');
  const misplaced = diagnostics.filter(({ at }) => at && !isIn(lines, at));
  expect(misplaced).toEqual([]);
  expect([0, 2, 4, 5, 6]).toContain(exitCode(diagnostics));
  expect(renderAll(diagnostics, { texts }).split('\n').at(-1)).toMatch(/^\d+ errors?, \d+ warn/);
  const normal = dumpOf(config);
  // A word that ends with a backslash can be read, but not always be written at the end of a line.
  if (/\\["\s]/.test(normal)) return;
  expect(dumpOf(loadText(normal).config)).toBe(normal);
}

describe('a configuration never breaks the reader', () => {
  it.each(BROKE.map((text) => [text.slice(0, 60), text]))('that once broke: %j', (_, text) =>
    examine(text),
  );

  it('of random characters', () => fc.assert(fc.property(noise, examine), runs(12_000)));

  it('of words in random order', () => fc.assert(fc.property(soup, examine), runs(14_000)));

  it('of blocks with random lines', () => fc.assert(fc.property(shaped, examine), runs(14_000)));
}, 120_000);
