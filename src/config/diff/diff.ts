import type { Block, Filling, Row } from '../schema.js';
import type { Tables } from '../table.js';
import { type Meaning, type Meanings, summed } from './meaning.js';
import { type Shown, sameValue, shown } from './shown.js';

type Values = Readonly<Record<string, unknown>>;

/** A keyword with another value; `undefined` is its absence. */
export interface KeywordChange {
  keyword: string;
  old: Shown | undefined;
  new: Shown | undefined;
  /** The values print alike, for neither is shown. */
  isSecret: boolean;
  meaning: Meaning;
}

/** An object of the configuration that is not as it was. */
export interface ObjectChange {
  /** The block's keyword; `''` for what stands at the outermost level. */
  kind: string;
  name: string;
  /** The objects around it, outermost first: `virtual_server 10.0.0.1 80`. */
  within: readonly string[];
  /** `replaced`: of the same name, but to a reload it is one that goes and one that comes. */
  change: 'added' | 'removed' | 'changed' | 'replaced';
  /** Of an object that is there before and after. */
  keywords: readonly KeywordChange[];
  meanings: readonly Meaning[];
}

/** One of two configurations, and what makes its objects the same ones as in the other. */
export interface Side {
  config: Values;
  /** What a reload knows an object by; `undefined` is its name. */
  identity?: (block: Block, object: Values, around: Values) => string | undefined;
}

/** Everything that differs, in the order of the tables; nothing where nothing does. */
export function diffConfigs(
  root: Block,
  [old, next]: readonly [Side, Side],
  meanings: Meanings,
  tables: Tables,
): ObjectChange[] {
  const differ = new Differ([old, next], meanings, tables);
  differ.same({
    block: root,
    as: root.keyword,
    was: '',
    name: '',
    within: [],
    old: old.config,
    next: next.config,
  });
  return differ.changes;
}

interface Pair {
  block: Block;
  /** Where its meanings are found. */
  as: string;
  /** Its names before and after. */
  was: string;
  name: string;
  within: readonly string[];
  old: Values;
  next: Values;
}

/** The rows of a block: those that say something of it, and those that hold what is inside. */
interface Division {
  own: readonly (readonly [string, Row<unknown>])[];
  inside: readonly (readonly [string, Row<unknown>])[];
}

interface Known {
  name: string;
  config: Values;
}

class Differ {
  readonly changes: ObjectChange[] = [];
  private readonly sides: readonly [Side, Side];
  private readonly meanings: Meanings;
  private readonly tables: Tables;
  private readonly divisions = new Map<Block, Division>();

  constructor(sides: readonly [Side, Side], meanings: Meanings, tables: Tables) {
    this.sides = sides;
    this.meanings = meanings;
    this.tables = tables;
  }

  /** Compares two states of what a reload takes for one object; those inside come after it. */
  same(pair: Pair, change: 'changed' | 'replaced' = 'changed', own: readonly Meaning[] = []): void {
    const { block, as, name, within, old, next } = pair;
    const keywords = this.keywords(block, as, old, next);
    if (pair.was !== name && block.header) keywords.unshift(renamed(block.header.field, pair));
    if (keywords.length > 0 || change === 'replaced') {
      const meanings = summed([...own, ...keywords.map(({ meaning }) => meaning)]);
      this.changes.push({
        kind: as === 'checkers' ? block.keyword : as,
        name,
        within,
        change,
        keywords,
        meanings,
      });
    }
    const inside = block.keyword === '' ? [] : [...within, titleOf(block.keyword, name)];
    for (const [field, row] of this.division(block).inside) {
      if (old[field] === next[field]) continue;
      if (row.kind === 'slot') {
        this.fillings(field, inside, old[field] as Filling[], next[field] as Filling[]);
      } else if (isObject(row)) {
        this.objects(row.block, inside, pair, old[field] as Values[], next[field] as Values[]);
      } else if (row.block) {
        this.settings(row.block, old[field] as Values, next[field] as Values);
      }
    }
  }

  /** A block of the outermost level that stands there once, as `global_defs` does. */
  private settings(block: Block, old: Values | undefined, next: Values | undefined): void {
    const as = block.keyword;
    const none = this.tables.of(block).template;
    this.same({ block, as, was: '', name: '', within: [], old: old ?? none, next: next ?? none });
  }

  /** Found once for each block: of 10,000 servers all but a few have nothing to tell. */
  private division(block: Block): Division {
    const known = this.divisions.get(block);
    if (known) return known;
    const rows = [...this.tables.of(block).rows];
    const isInside = (row: Row<unknown>): boolean =>
      row.kind === 'slot' || isObject(row) || (row.kind === 'block' && block.keyword === '');
    const found = {
      own: rows.filter(([, row]) => !isInside(row)),
      inside: rows.filter(([, row]) => isInside(row)),
    };
    this.divisions.set(block, found);
    return found;
  }

  private keywords(block: Block, as: string, old: Values, next: Values): KeywordChange[] {
    const changes: KeywordChange[] = [];
    for (const [field, row] of this.division(block).own) {
      const a = old[field];
      const b = next[field];
      if (a === b) continue;
      if (row.kind === 'block') changes.push(...this.nested(field, row, as, a, b));
      else if (!sameValue(this.tables, row, a, b)) {
        const [from, to] = [shown(this.tables, row, a), shown(this.tables, row, b)];
        const isSecret = from !== undefined && JSON.stringify(from) === JSON.stringify(to);
        const meaning = this.meaningOf(as, field, row, from === undefined);
        changes.push({ keyword: field, old: from, new: to, isSecret, meaning });
      }
    }
    return changes;
  }

  /** A block in an object, such as `authentication`: its keywords count as the object's. */
  private nested(
    field: string,
    row: Row<unknown>,
    as: string,
    old: unknown,
    next: unknown,
  ): KeywordChange[] {
    const { block } = row;
    if (!block) return [];
    const none = this.tables.of(block).template;
    const meaning = this.meaningOf(as, field, row);
    const found = this.keywords(block, as, (old ?? none) as Values, (next ?? none) as Values);
    return found.map((change) => ({ ...change, keyword: `${field} ${change.keyword}`, meaning }));
  }

  private meaningOf(as: string, field: string, { effect }: Row<unknown>, isNew = false): Meaning {
    const of = this.meanings[as];
    const addition = isNew ? of?.additions?.[field] : undefined;
    const meaning = addition ?? of?.keywords[field] ?? of?.others ?? 'none';
    if (effect === 'none') return 'none';
    // What is not acted upon yet changes nothing, except that a reload to it is refused.
    return effect === 'full' || meaning === 'restart needed' ? meaning : 'none';
  }

  private objects(
    block: Block,
    within: readonly string[],
    around: Pair,
    old: readonly Values[],
    next: readonly Values[],
  ): void {
    const [was, is] = this.sides.map((side, i) =>
      this.known(side, block, i === 0 ? old : next, i === 0 ? around.old : around.next),
    ) as [Map<string, Known>, Map<string, Known>];
    const as = block.keyword;
    const gone = [...was].filter(([identity]) => !is.has(identity)).map(([, object]) => object);
    const namesakes = new Map(gone.map((object) => [object.name, object]));
    const replaced = new Set<Known>();
    for (const [identity, { name, config }] of is) {
      const former = was.get(identity);
      const namesake = namesakes.get(name);
      if (former) {
        this.same({ block, as, was: former.name, name, within, old: former.config, next: config });
      } else if (namesake) {
        replaced.add(namesake);
        const pair = { block, as, was: name, name, within, old: namesake.config, next: config };
        this.same(pair, 'replaced', [this.whole(as, 'removed'), this.whole(as, 'added')]);
      } else this.one('added', as, as, name, within);
    }
    for (const object of gone) {
      if (!replaced.has(object)) this.one('removed', as, as, object.name, within);
    }
  }

  /** The objects of one side by what a reload knows them by; of equal ones the last counts. */
  private known(
    side: Side,
    block: Block,
    objects: readonly Values[],
    around: Values,
  ): Map<string, Known> {
    const { header } = block;
    return new Map(
      objects.map((config) => {
        const name = header ? header.type.print(config[header.field]) : '';
        return [side.identity?.(block, config, around) ?? name, { name, config }];
      }),
    );
  }

  /** Blocks of another part: the first of a kind is compared with the first of that kind. */
  private fillings(
    field: string,
    within: readonly string[],
    old: readonly Filling[],
    next: readonly Filling[],
  ): void {
    const kinds = new Set([...old, ...next].map(({ keyword }) => keyword));
    for (const kind of kinds) {
      const block = this.tables.slotOf(field).find(({ keyword }) => keyword === kind);
      const [was, is] = [old, next].map((all) => all.filter(({ keyword }) => keyword === kind)) as [
        Filling[],
        Filling[],
      ];
      for (let i = 0; i < Math.max(was.length, is.length); i++) {
        const [a, b] = [was[i], is[i]];
        if (a && b) {
          if (block)
            this.same({
              block,
              as: field,
              was: '',
              name: '',
              within,
              old: a.config,
              next: b.config,
            });
        } else this.one(a ? 'removed' : 'added', field, kind, '', within);
      }
    }
  }

  private whole(as: string, change: 'added' | 'removed'): Meaning {
    return this.meanings[as]?.[change] ?? 'none';
  }

  private one(
    change: 'added' | 'removed',
    as: string,
    kind: string,
    name: string,
    within: readonly string[],
  ): void {
    const meanings = [this.whole(as, change)];
    this.changes.push({ kind, name, within, change, keywords: [], meanings });
  }
}

/** Told where a reload knows an object by something else than its name. */
const renamed = (keyword: string, { was, name }: Pair): KeywordChange => ({
  keyword,
  old: was,
  new: name,
  isSecret: false,
  meaning: 'none',
});

/** Blocks with a name are objects; those without are values of the block around them. */
const isObject = (row: Row<unknown>): row is Row<unknown> & { block: Block } =>
  row.kind === 'blocks' && row.block?.header !== undefined;

/** How an object is called: `virtual_server 10.0.0.1 80`. */
export const titleOf = (kind: string, name: string): string => `${kind} ${name}`.trim();
