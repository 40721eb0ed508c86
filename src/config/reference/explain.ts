import { nearest } from '../nearest.js';
import type { KeywordEntry, PlaceEntry } from './collect.js';
import { ROOT } from './collect.js';
import { absence, effectInWords, manners, spellings, unitOf } from './describe.js';

export interface Explanation {
  /** `undefined`: there is no such keyword. */
  text?: string;
  hint?: string;
}

/**
 * What is to be known of a keyword, at every place where it may stand; places where it means the
 * same share one text. `BLOCK/KEYWORD` is about one block, of which the last names suffice.
 */
export function explain(asked: string, places: readonly PlaceEntry[]): Explanation {
  const cut = asked.lastIndexOf('/');
  const name = asked.slice(cut + 1);
  const within = cut < 0 ? '' : asked.slice(0, cut);
  const all = places.flatMap(({ keywords }) => keywords.filter((keyword) => keyword.isNamed));
  const found = all.filter((entry) => entry.name === name && isWithin(entry.block, within));
  if (found.length === 0) return { hint: whatElse(name, within, all) };
  const texts = new Map<string, string[]>();
  for (const entry of found) {
    const text = body(entry, places);
    texts.set(text, [...(texts.get(text) ?? []), entry.block]);
  }
  return {
    text: [...texts]
      .map(([text, blocks]) => `${name}   in ${placesOf(blocks)}\n${text}`)
      .join('\n'),
  };
}

/** `real_server/HTTP_GET` and `HTTP_GET` mean `virtual_server/real_server/HTTP_GET`. */
function isWithin(block: string, asked: string): boolean {
  const path = block.replace(/ \(\w+\)$/, '');
  return asked === '' || path === asked || block === asked || path.endsWith(`/${asked}`);
}

function whatElse(name: string, within: string, all: readonly KeywordEntry[]): string {
  const found = all.filter((entry) => entry.name === name).map(({ block }) => block);
  const blocks = found.filter((block) => !block.includes('('));
  const homes = blocks.length > 0 ? blocks : found;
  if (homes.length > 0) return `${name} does not stand in ${within}, but in ${placesOf(homes)}`;
  const here = all.filter(({ block }) => isWithin(block, within));
  const meant = nearest(name, new Set((here.length > 0 ? here : all).map((entry) => entry.name)));
  const hint = meant === undefined ? 'try: keepalived-ts keywords' : `did you mean '${meant}'?`;
  return `There is no keyword '${name}'; ${hint}`;
}

const placesOf = (blocks: readonly string[]): string =>
  blocks.map((block) => (block === ROOT ? 'the outermost level' : block)).join(', ');

function body(entry: KeywordEntry, places: readonly PlaceEntry[]): string {
  const { row, name, grammar, aliasOf, isDeprecated } = entry;
  const inner = places.find(({ path }) => path === entry.opens);
  const instead = aliasOf ?? row.deprecated;
  const facts: [string, string][] = [
    ['default', absence(entry)],
    ['unit', unitOf(entry)],
    ['rules', manners(entry).join('; ')],
    ['spelled', isDeprecated && instead ? `deprecated: use ${instead}` : ''],
    ['same as', !isDeprecated && aliasOf ? aliasOf : ''],
    ['also', aliasOf ? '' : spellings(entry).join(', ')],
    ['effect', effectInWords(entry)],
    ['example', row.example.replaceAll('\n', '\n             ')],
  ];
  return [
    `  ${name} ${grammar}`.trimEnd(),
    '',
    ...wrap(`${entry.doc} ${row.more}`.trim(), 92).map((line) => `  ${line}`),
    ...(inner?.block?.manual ? ['', ...paragraphs(inner.block.manual)] : []),
    '',
    ...facts.flatMap(([what, text]) => (text === '' ? [] : [`  ${what.padEnd(9)}  ${text}`])),
    ...(inner ? contents(inner) : []),
    '',
  ].join('\n');
}

function contents({ kind, block, keywords }: PlaceEntry): string[] {
  const names = keywords.filter(({ isDeprecated }) => !isDeprecated).map((entry) => entry.name);
  const title = kind === 'block' ? 'keywords' : kind === 'line' ? 'each line' : 'arguments';
  const listed = wrap(names.join(kind === 'block' ? ' ' : ', '), 79);
  const example = block?.example ?? '';
  return [
    ...listed.map((line, i) => `  ${(i === 0 ? title : '').padEnd(9)}  ${line}`),
    ...(example === ''
      ? []
      : [
          '',
          ...example
            .trim()
            .split('\n')
            .map((line) => `    ${line}`),
        ]),
  ];
}

const paragraphs = (text: string): string[] =>
  text
    .trim()
    .split(/\n\s*\n/)
    .flatMap((paragraph, i) => [
      ...(i > 0 ? [''] : []),
      ...wrap(paragraph, 92).map((l) => `  ${l}`),
    ]);

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
