import { describe, expect, it } from 'vitest';
import { type Line, wordsOf } from '#src/config/line.js';
import { lexText } from '#test/support/config.js';

function lex(text: string) {
  const said: string[] = [];
  const { lines: lexer } = lexText(text, ({ at, message }) => {
    said.push(`${at?.line}:${at?.column} ${message}`);
  });
  const lines: Line[] = [];
  for (let line = lexer.next(); line; line = lexer.next()) lines.push(line);
  return { lines, said };
}
const texts = (text: string): string[] => lex(text).lines.map((line) => line.text);

describe('the lexer', () => {
  it.each([
    ['a b # c', ['a b']],
    ['a b ! c', ['a b']],
    ['a "b # c" d', ['a "b # c" d']],
    ["a 'b # c' d", ["a 'b"]],
    ['  a\t\r', ['a']],
    ['a\u00a0b', ['a\u00a0b']],
    ['a{b', ['a', '{', 'b']],
    ['a "b { c"', ['a "b { c"']],
    ['a { b } c', ['a', '{', 'b', '}', 'c']],
    ['a \\{ b', ['a \\', '{', 'b']],
    ['a\\#b # c', ['a#b']],
    ['a\\\\#b', ['a\\\\']],
    ['a "b\\" # c" d', ['a "b\\" # c" d']],
    ['a   \\', ['a\\']],
    ['#', []],
    ['', []],
  ])('%j', (text, lines) => expect(texts(text)).toEqual(lines));

  it('an escaped # counts where keepalived’s parent reads, and elsewhere ends the line', () => {
    expect(texts('global_defs {\n a\\#b c\n}')[2]).toBe('a#b c');
    const { lines, said } = lex('vrrp_instance V {\n a\\#b c\n}');
    expect(lines[2]?.text).toBe('a');
    expect(said).toEqual([expect.stringMatching(/^2:3 keepalived drops the rest/)]);
  });

  it('places are those in the file, behind removed escapes, too', () => {
    const { lines } = lex('global_defs {\n  a\\#b\\!c ddd { e\n');
    const third = lines[2];
    const [, d] = third ? wordsOf(third) : [];
    expect(d?.at).toEqual({ file: 'f', line: 2, column: 11, length: 3 });
    expect(lines[3]?.at).toMatchObject({ line: 2, column: 15 });
    expect(lines[4]?.at).toMatchObject({ line: 2, column: 17, length: 1 });
  });

  it('braces are balanced over the whole file', () => {
    expect(lex('a {\n}\n}\n').said).toEqual(["3:1 Extra '}' found"]);
    expect(lex('a {\n b {\n }\n').said).toEqual(["1:3 There are 1 missing '}'s or extra '{'s"]);
  });

  it('a quote that only an escape ends is open', () => {
    expect(lex('a "b\\"').said).toEqual(['1:3 Unterminated quote']);
  });
});

describe('a definition of several lines', () => {
  it('ends with a blank line or a comment, as in keepalived 2.4', () => {
    expect(texts('$M=\\\na \\\n# c\nb\n$M\n')).toEqual(['b', 'a']);
    expect(texts('$M=\\\na \\\n\nb\n$M\n')).toEqual(['b', 'a']);
  });
});

describe('words', () => {
  it.each([
    ['a b  c', ['a', 'b', 'c']],
    ['a "b c" d', ['a', 'b c', 'd']],
    ['ab"c d"e', ['ab', 'c d', 'e']],
    ["a 'b c'", ['a', "'b", "c'"]],
    ['a ""', ['a', '']],
    ['a "b c', ['a']],
    ['a\\ b', ['a\\', 'b']],
  ])('%j', (text, words) => {
    const [line] = lex(text).lines;
    expect(line && wordsOf(line).map((w) => w.text)).toEqual(words);
  });
});
