import fc from 'fast-check';
import { textOf } from './grammar.js';
import { around, places } from './language.js';

/** A configuration that may be wrong somewhere, and what was done to it. */
export interface ConfigCase {
  what: string;
  text: string;
}

const NAMED = places
  .filter(({ kind }) => kind === 'block')
  .flatMap(({ keywords }) => keywords)
  .filter(({ row, isNamed }) => isNamed && row.kind === 'value' && row.type);

/** A keyword in the smallest configuration that it may stand in, with a value it allows. */
const snippet: fc.Arbitrary<string> = fc.constantFrom(...NAMED).chain((keyword) => {
  const { type } = keyword.row;
  const values = type ? textOf(type.item ?? type) : fc.constant('');
  const open = type?.item ? ' {\n' : ' ';
  const close = type?.item ? '\n}' : '';
  return values.map((value) => around(keyword, `${keyword.name}${open}${value}${close}`.trimEnd()));
});

type Change = (lines: string[], at: number, other: number) => string[];

const WRONG = ['', '0', '-1', '6x', 'abc', '99999999999', '1.5', '256', '""', '"a b"', 'é', '::1'];

/** What happens to files: each takes the lines and two places in them. */
const CHANGES: Readonly<Record<string, Change>> = {
  nothing: (lines) => lines,
  'a brace less': (lines, at) => swapped(lines, at, /[{}]/, (line) => line.replace(/[{}]/, '')),
  'a } more': (lines, at) => inserted(lines, at, '}'),
  'a { more': (lines, at) => inserted(lines, at, '{'),
  'a { on a line of its own': (lines, at) =>
    swapped(lines, at, /\{\s*$/, (line) => line.replace(/\{\s*$/, '\n{')),
  'a keyword misspelt': (lines, at) =>
    swapped(lines, at, /\w{3}/, (l) => l.replace(/(\w)(\w)/, '$2$1')),
  'a last word less': (lines, at) =>
    swapped(lines, at, /\S\s+[^{}\s]+$/, (l) => l.replace(/\s+\S+$/, '')),
  'a last word more': (lines, at) => swapped(lines, at, /[^{}\s]$/, (l) => `${l} more`),
  'a last word changed': (lines, at, other) =>
    swapped(lines, at, /\S\s+[^{}\s]+$/, (l) =>
      l.replace(/\s+\S+$/, ` ${WRONG[other % WRONG.length]}`),
    ),
  'a line twice': (lines, at) => inserted(lines, at, lines[at] ?? ''),
  'a line less': (lines, at) => lines.filter((_, i) => i !== at),
  'a line moved': (lines, at, other) =>
    inserted(
      lines.filter((_, i) => i !== at),
      other,
      lines[at] ?? '',
    ),
  'all of it twice': (lines) => [...lines, ...lines],
  CRLF: (lines) => lines.map((line) => `${line}\r`),
  tabs: (lines) => lines.map((line) => `\t${line.replaceAll(' ', '\t')} \t`),
  'a quote': (lines, at) => swapped(lines, at, /\S$/, (line) => `${line}"`),
  'a quoted word': (lines, at) =>
    swapped(lines, at, /\s[^"{}\s]+$/, (l) => l.replace(/\s(\S+)$/, ' "$1"')),
  'a comment': (lines, at) => swapped(lines, at, /\S/, (line) => `${line} # { "`),
  'a comment in a word': (lines, at) =>
    swapped(lines, at, /\w\w$/, (line) => `${line.slice(0, -1)}!x`),
  'a line commented out': (lines, at) => swapped(lines, at, /\S/, (line) => `# ${line}`),
  'a definition': (lines, at) =>
    swapped(lines, at, /\s[^"{}\s]+$/, (line) => {
      const [, head, word] = /^(.*\s)(\S+)$/.exec(line) ?? [];
      return `$WORD=${word}\n${head}$WORD`;
    }),
  'a name without definition': (lines, at, other) =>
    swapped(lines, at, /\s[^"{}\s]+$/, (l) => l.replace(/\S+$/, other % 2 ? '$NO' : '$' + '{NO}')),
  'a condition': (lines, at, other) =>
    swapped(lines, at, /\S/, (line) => `@${['test', '^test', 'x', '^x'][other % 4]} ${line}`),
  'a loop': (lines, at) => swapped(lines, at, /\S/, (line) => `~SEQ(N, 1, 2) ${line}`),
  'an include': (lines, at, other) =>
    inserted(lines, at, `include${['', 'r', 'm', 'w', 'b', 'a'][other % 6]} nosuch/*.conf`),
};

function swapped(
  lines: string[],
  at: number,
  wanted: RegExp,
  change: (line: string) => string,
): string[] {
  const fitting = [...lines.keys()].filter((i) => wanted.test(lines[i] ?? ''));
  const chosen = fitting[at % Math.max(fitting.length, 1)];
  return lines.map((line, i) => (i === chosen ? change(line) : line));
}

const inserted = (lines: string[], at: number, line: string): string[] => [
  ...lines.slice(0, at),
  line,
  ...lines.slice(at),
];

/** Configurations, most of them with a mistake or two. */
export function configCases(
  files: readonly string[],
  { seed, cases }: { seed: number; cases: number },
): ConfigCase[] {
  const base = files.length > 0 ? fc.oneof(snippet, fc.constantFrom(...files)) : snippet;
  const change = fc.constantFrom(...Object.keys(CHANGES));
  const places = fc.tuple(change, fc.nat(10_000), fc.nat(10_000));
  const one = fc.tuple(base, fc.array(places, { minLength: 1, maxLength: 2 }));
  return fc.sample(one, { seed, numRuns: cases }).map(([text, changes]) => ({
    what: changes.map(([name]) => name).join(', '),
    text: changes.reduce((now, [name, at, other]) => {
      const lines = now.split('\n');
      const count = Math.max(lines.length, 1);
      return (CHANGES[name]?.(lines, at % count, other % count) ?? lines).join('\n');
    }, text),
  }));
}
