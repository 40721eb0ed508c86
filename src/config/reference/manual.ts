import type { Effect } from '../schema.js';
import { type KeywordEntry, type PlaceEntry, ROOT } from './collect.js';
import { absence, manners, spellings, unitOf } from './describe.js';

/** A part of the manual: which blocks it is about, in the order that serves a reader. */
export interface Chapter {
  title: string;
  /** Markdown. */
  intro: string;
  /** Keywords of the outermost level. */
  keywords: readonly string[];
  /** Headings within a long block, each with the keywords that it is for. */
  headings?: Readonly<Record<string, readonly (readonly [title: string, names: RegExp])[]>>;
}

export interface ManualText {
  intro: string;
  chapters: readonly Chapter[];
}

/** The manual of the configuration, as Markdown: docs/keywords.md. */
export function manual(places: readonly PlaceEntry[], text: ManualText): string {
  return new Manual(places).write(text);
}

class Manual {
  private readonly places: readonly PlaceEntry[];
  private readonly byPath: ReadonlyMap<string, PlaceEntry>;
  /** Where a keyword has been described in these very words. */
  private readonly told = new Map<string, string>();
  private headings: NonNullable<Chapter['headings']> = {};

  constructor(places: readonly PlaceEntry[]) {
    this.places = places;
    this.byPath = new Map(places.map((place) => [place.path, place]));
  }

  write({ intro, chapters }: ManualText): string {
    const complete = this.withTheRest(chapters);
    return [
      intro.trim(),
      '',
      '## Contents',
      '',
      ...complete.flatMap((chapter) => this.contents(chapter)),
      '- [Index](#index)',
      '',
      ...complete.flatMap((chapter) => this.chapter(chapter)),
      ...this.index(),
      '',
    ]
      .join('\n')
      .replaceAll(/\n{3,}/g, '\n\n');
  }

  /** What no chapter names is in the last one: nothing is left out. */
  private withTheRest(chapters: readonly Chapter[]): readonly Chapter[] {
    const named = new Set(chapters.flatMap(({ keywords }) => keywords));
    const rest = this.keywordsOf(ROOT).filter(({ name }) => !named.has(name));
    return chapters.map((chapter, i) =>
      i < chapters.length - 1
        ? chapter
        : { ...chapter, keywords: [...chapter.keywords, ...rest.map(({ name }) => name)] },
    );
  }

  private keywordsOf(path: string): readonly KeywordEntry[] {
    return this.byPath.get(path)?.keywords.filter(({ aliasOf }) => aliasOf === undefined) ?? [];
  }

  private atTop({ keywords }: Chapter): KeywordEntry[] {
    const all = this.keywordsOf(ROOT);
    return keywords.flatMap((name) => all.find((keyword) => keyword.name === name) ?? []);
  }

  private contents(chapter: Chapter): string[] {
    const blocks = this.atTop(chapter).filter(({ opens }) => opens !== undefined);
    const links = blocks.map((entry) => `[${entry.name}](#${anchor(entry.opens ?? '')})`);
    return [
      `- [${chapter.title}](#${slug(chapter.title)})${links.length > 0 ? `: ${links.join(', ')}` : ''}`,
    ];
  }

  private chapter(chapter: Chapter): string[] {
    this.headings = chapter.headings ?? {};
    const top = this.atTop(chapter);
    const single = top.filter(({ opens }) => opens === undefined);
    const opening = top.flatMap(({ opens }) => (opens === undefined ? [] : [opens]));
    return [
      `## ${chapter.title}`,
      '',
      ...section(chapter.intro),
      ...this.keywordList(single),
      ...opening.flatMap((path) => this.place(path, 3)),
    ];
  }

  private place(path: string, level: number): string[] {
    const place = this.byPath.get(path);
    if (!place) return [];
    const { block, opener } = place;
    const keywords = this.keywordsOf(path);
    const inner = keywords.flatMap(({ opens }) => (opens === undefined ? [] : [opens]));
    return [
      `${'#'.repeat(Math.min(level, 5))} <a id="${anchor(path)}"></a>${titleOf(place)}`,
      '',
      ...(opener && level === 3 ? this.opening(opener) : section(opener?.doc ?? '')),
      ...(opener && level > 3 ? section(EFFECTS[opener.effect](opener.note).join('')) : []),
      ...section(block?.manual ?? ''),
      ...code(block?.example ?? ''),
      ...this.grouped(path, keywords, level),
      ...inner.flatMap((one) => this.place(one, level + 1)),
    ];
  }

  /** A block of the outermost level is told of in its section, as it stands in no list. */
  private opening(opener: KeywordEntry): string[] {
    this.told.set(`${opener.name}\n${described(opener)}`, opener.block);
    return [...code(`${opener.name} ${opener.grammar}`), ...section(described(opener))];
  }

  private grouped(path: string, keywords: readonly KeywordEntry[], level: number): string[] {
    const headings = this.headings[path] ?? [];
    const left = new Set(keywords);
    const groups = headings.map(([title, names]): [string, KeywordEntry[]] => {
      const its = [...left].filter(({ name }) => names.test(name));
      for (const keyword of its) left.delete(keyword);
      return [title, its];
    });
    const lists = groups.flatMap(([title, its]) =>
      its.length === 0 ? [] : [`${'#'.repeat(level + 1)} ${title}`, '', ...this.keywordList(its)],
    );
    if (left.size === 0) return lists;
    const rest = this.keywordList([...left]);
    return groups.length > 0 ? [...lists, `${'#'.repeat(level + 1)} Other`, '', ...rest] : rest;
  }

  private keywordList(keywords: readonly KeywordEntry[]): string[] {
    const lines: string[] = [];
    const elsewhere = new Map<string, KeywordEntry[]>();
    for (const keyword of keywords) {
      const text = described(keyword);
      const key = `${keyword.name}\n${text}`;
      const home = this.told.get(key);
      if (home !== undefined && home !== keyword.block && keyword.opens === undefined) {
        elsewhere.set(home, [...(elsewhere.get(home) ?? []), keyword]);
        continue;
      }
      this.told.set(key, keyword.block);
      lines.push(...this.item(keyword, text));
    }
    const [only] = elsewhere.keys();
    if (only !== undefined && lines.length === 0 && elsewhere.size === 1) {
      return [`All as in [${only}](#${anchor(only)}).`, ''];
    }
    for (const [home, its] of elsewhere) {
      const names = its.map((keyword) => `[\`${keyword.name}\`](#${idOf(keyword, home)})`);
      lines.push(`- As in [${home}](#${anchor(home)}): ${names.join(', ')}`);
    }
    return lines.length === 0 ? [] : [...lines, ''];
  }

  private item(keyword: KeywordEntry, text: string): string[] {
    const { name, grammar, isNamed, opens } = keyword;
    const own = idOf(keyword, keyword.block);
    // A block has its anchor at its section.
    const id = isNamed && own !== anchor(opens ?? '') ? `<a id="${own}"></a>` : '';
    const written = `**\`${name}\`**${grammar === '' ? '' : ` ${inlineCode(grammar)}`}`;
    const link = opens === undefined ? '' : `; see [below](#${anchor(opens)})`;
    return [
      `- ${id}${written}${link}<br>`,
      ...text.split('\n').map((line) => `  ${line}`.trimEnd()),
    ];
  }

  /** Every name, with a link to each place where it stands. */
  private index(): string[] {
    const homes = new Map<string, string[]>();
    for (const { keywords } of this.places) {
      for (const keyword of keywords) {
        if (!keyword.isNamed) continue;
        const link = this.indexed(keyword);
        if (link) homes.set(keyword.name, [...(homes.get(keyword.name) ?? []), link]);
      }
    }
    const names = [...homes].toSorted(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
    return [
      '## Index',
      '',
      'Deprecated spellings lead to the keyword that took their place.',
      '',
      ...names.map(([name, links]) => `- \`${name}\`: ${links.join(', ')}`),
    ];
  }

  private indexed(keyword: KeywordEntry): string | undefined {
    const { block, opens, aliasOf } = keyword;
    const target = aliasOf ? this.keywordsOf(block).find(({ name }) => name === aliasOf) : keyword;
    if (!target) return undefined;
    const label = block === ROOT ? 'outermost level' : block;
    if (opens !== undefined && !aliasOf) return `[${label}](#${anchor(opens)})`;
    if (target.opens !== undefined) return `[${label}](#${anchor(target.opens)})`;
    const home = this.told.get(`${target.name}\n${described(target)}`);
    return home === undefined ? undefined : `[${label}](#${idOf(target, home)})`;
  }
}

/** What the effect is called here; the introduction says what that means. */
const EFFECTS: Readonly<Record<Effect, (note: string) => string[]>> = {
  full: () => [],
  none: (note) => [`**No effect:** ${note}.`],
  refused: (note) => [`**Not done:** ${note}.`],
};

/** That a flag is off and a list empty where they are not written goes without saying. */
const isToldOf = (entry: KeywordEntry): boolean =>
  !['', 'off', 'none'].includes(absence(entry)) || entry.row.otherwise !== '';

/** All that is to be said of a keyword but its name and grammar, as lines of Markdown. */
function described(entry: KeywordEntry): string {
  const { row, doc } = entry;
  const facts = [
    ...(row.isRequired ? ['Required.'] : isToldOf(entry) ? [`Default: ${absence(entry)}.`] : []),
    ...(unitOf(entry) ? [`Unit: ${unitOf(entry)}.`] : []),
    ...manners(entry).map((said) => `${said.charAt(0).toUpperCase()}${said.slice(1)}.`),
    ...(spellings(entry).length > 0 ? [`Also spelled ${spellings(entry).join(', ')}.`] : []),
  ];
  const isShort = row.example !== '' && !row.example.includes('\n');
  return [
    `${doc} ${row.more}`.trim(),
    ...(facts.length > 0 ? [`*${facts.join(' ')}*`] : []),
    ...(row.deprecated === undefined ? [] : [`Deprecated: use ${row.deprecated}.`]),
    // A block that is not acted upon says so for all in it.
    ...EFFECTS[row.effect](row.note),
    ...(isShort ? [`Example: \`${row.example}\``] : code(row.example).slice(0, -1)),
  ].join('\n');
}

function titleOf({ path, kind, opener }: PlaceEntry): string {
  const name = opener?.name ?? path;
  if (kind === 'block') return `${name}`;
  return kind === 'line' ? `A line of ${name}` : `The arguments of ${name}`;
}

const section = (text: string): string[] => (text.trim() === '' ? [] : [text.trim(), '']);
const code = (text: string): string[] =>
  text.trim() === '' ? [] : ['', '```', ...text.trim().split('\n'), '```', ''];
const inlineCode = (text: string): string => `\`${text}\``;
const anchor = (path: string): string =>
  path.replaceAll(/[()]/g, '').replaceAll('/', '.').replaceAll(' ', '-');
/** Of a value without a name the whole line is the place to look at. */
const idOf = ({ name, isNamed }: KeywordEntry, block: string): string =>
  isNamed ? `${anchor(block)}.${name}` : anchor(block);
/** The anchor that GitHub makes of a heading. */
const slug = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
