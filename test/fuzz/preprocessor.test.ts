// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are names of the configuration language
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Line, wordsOf } from '#src/config/line.js';
import { lexText } from '#test/support/config.js';
import { runs } from '#test/support/fuzz.js';

/** What the preprocessor reacts to, for soups that get deep into it. */
const PARTS = [
  ...['$A', '$B', '${A}', '${B}', '$A=', '$B=', '$C=', '${C}', '$', '${', '$A=\\', '$B=x\\'],
  ...['@main', '@^main', '@other', '@', '@^', '~SEQ(A,1,3)', '~SEQ(B, 3, 1)', '~SEQx(A,9,11)'],
  ...['~SEQ(', '~LST(A,x,y)', '~LST({A,B},{1,2},{3})', '~LST(', '~', '(', ')', ',', '0x1f'],
  ...['${_PWD}', '${_RANDOM 1 2}', '${_ENV X}', '${_HASH}', '${_BANG}', '${_INSTANCE}'],
  ...['include', 'a', 'x.conf', '"', "'", '\\', '\\#', '#', '!', '{', '}', ' ', ' ', '\t', '\r'],
  ...['\n', '\n', '\n', '\n', '\\\n', 'é', '\0', '=', '1', '255'],
];
const soup = fc.array(fc.constantFrom(...PARTS), { maxLength: 40 }).map((parts) => parts.join(''));
const noise = fc.string({ unit: 'binary', maxLength: 120 });

/** Inputs that once broke something; add to them, never take away. */
const BROKE = [
  '$A=$A\n$A',
  '$A=x\\\n$A\n$A',
  '~SEQ(A,1,2) ~SEQ(A,1,2)',
  '${A',
  '~LST({,},{,})x$A',
  '$A=\\',
];

/** What holds for every text: it ends, nothing is thrown, and each place is one of the text. */
function examine(text: string): void {
  const rows = text.split('\n');
  const isIn = ({ line, column }: { line: number; column: number }): boolean =>
    column >= 1 && column <= (rows[line - 1]?.length ?? -1) + 1;
  const misplaced: unknown[] = [];
  const { lines } = lexText(text, ({ at }) => {
    if (at && !isIn(at)) misplaced.push(at);
  });
  for (let line: Line | undefined = lines.next(); line; line = lines.next()) {
    for (const at of [line.at, ...wordsOf(line).map((word) => word.at)]) {
      if (!isIn(at) || (at.origin && !isIn(at.origin))) misplaced.push({ line, at });
    }
  }
  if (misplaced.length > 0) expect(misplaced).toEqual([]);
}

describe('the lexer and the preprocessor read any text', () => {
  it.each(BROKE)('that once broke: %j', (text) => examine(text));

  it('of what they react to, in random order', () =>
    fc.assert(fc.property(soup, examine), runs(140_000)));

  it('of random characters', () => fc.assert(fc.property(noise, examine), runs(40_000)));
}, 300_000);
