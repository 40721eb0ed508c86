import type { Report, Span } from '@keepalived-ts/base/diagnostics.js';
import type { Limits } from './limits.js';
import { type Line, wordsOf } from './line.js';
import { LinkBook } from './link.js';
import { BlockPlace, endOf, PlaceBook } from './places.js';
import { ValueReader } from './read-values.js';
import { remarksOn } from './remarks.js';
import type { Block } from './schema.js';
import type { Entry, Tables } from './table.js';
import type { Header, Node } from './tree.js';
import type { NumberOf, Word } from './value-type.js';

type Config = Record<string, unknown> & { at: BlockPlace };

const NO_HEADER: Header = { value: undefined };

/** A block that is being read. */
class Opened {
  readonly config: Config;
  private readonly block: Block;
  private readonly header: Header;

  constructor(config: Config, block: Block, header: Header) {
    this.config = config;
    this.block = block;
    this.header = header;
  }

  /** How messages name it: `(VI_1)`. Most blocks are never spoken of. */
  get owner(): string {
    const { header } = this.block;
    return header ? `(${header.type.print(this.header.value)})` : '';
  }
}

/** A tree to the typed configuration: values parsed, defaults set, blocks checked. */
export class Reader {
  readonly links = new LinkBook();
  private readonly had = new WeakMap<object, Set<string>>();
  /** Stands for the outermost level, where names are given once. */
  private readonly names = {};

  private readonly tables: Tables;
  private readonly report: Report;
  private readonly book = new PlaceBook();

  private readonly limits: Limits;
  private readonly values: ValueReader;
  /** Mistakes told so far. */
  private reports = 0;
  /** The last line of a keyword and its value. */
  private readonly known = new Map<Entry, { text: string; value: unknown }>();

  constructor(tables: Tables, report: Report, limits: Limits, numberOf?: NumberOf) {
    this.tables = tables;
    this.report = (diagnostic) => {
      this.reports++;
      report(diagnostic);
    };
    this.limits = limits;
    this.values = new ValueReader(this.report, limits, this.links, numberOf);
  }

  /** The outermost level, whose nodes come one by one: no more of them is kept than is asked for. */
  root(block: Block, nodes: Iterable<Node>): Config {
    const config = this.fresh(block, NO_HEADER, { file: '', line: 1, column: 1, length: 1 });
    const outermost = new Opened(config, block, NO_HEADER);
    const lines = new Map<string, Node>();
    for (const node of nodes) {
      if (node.entry.shape === 'line') lines.set(node.entry.field, node);
      this.node(outermost, node);
    }
    config.at.remember([...lines.values()], undefined);
    return config;
  }

  /** `undefined` when the block lacks what it cannot do without; that has been reported then. */
  block(
    block: Block,
    nodes: readonly Node[],
    header: Header,
    at: Span,
    former?: Config,
    end?: Line,
  ): Config | undefined {
    const config = former ?? this.fresh(block, header, at);
    config.at.remember(nodes, end);
    const opened = new Opened(config, block, header);
    for (const node of nodes) {
      if (this.limits.passed) return undefined;
      this.node(opened, node);
    }
    for (const [field, row] of this.tables.of(block).required) {
      if (config[field] !== undefined) continue;
      const { owner } = opened;
      const message = `${owner || block.keyword}: no ${field} given - ignoring the block`;
      const { isKnown = false, ...lack } = row.lack ?? {};
      const lacks = { message, hint: row.doc, at: endOf(config), ...lack };
      if (isKnown && owner !== '') {
        this.links.declare(block.keyword, owner.slice(1, -1), true);
      }
      this.report({ severity: 'error', class: 'general', ...lacks });
      // What cannot be used at all is still told of as a whole.
      if (!lack.unusable) return undefined;
    }
    block.check?.(config as never, (message, options) => {
      this.report({
        severity: 'error',
        class: 'general',
        at: endOf(config),
        message: `${opened.owner} ${message}`.trim(),
        ...options,
      });
    });
    return config;
  }

  /** A block nobody has written anything into. */
  private fresh(block: Block, header: Header, at: Span): Config {
    const { template, always, rows } = this.tables.of(block);
    const config = { ...template } as Config;
    config.at = new BlockPlace(at, this.book);
    this.limits.keep(rows.length, config);
    if (block.header) config[block.header.field] = header.value;
    for (const [field, inner] of always) config[field] = this.fresh(inner, NO_HEADER, at);
    return config;
  }

  private node(opened: Opened, node: Node): void {
    const { config } = opened;
    const { entry, line } = node;
    const known = this.known.get(entry);
    if (known?.text === line.text) {
      this.store(config, entry, known.value);
      return;
    }
    const { row } = entry;
    const isRemarkable =
      entry.deprecated || row.deprecated !== undefined || row.effect === 'refused';
    if (node.body && !isRemarkable && !row.follows) {
      const block = this.child(config, node);
      if (block !== undefined) this.store(config, entry, block);
      return;
    }
    const rest = wordsOf(line);
    const subject = rest.shift();
    if (subject === undefined) return;
    if (isRemarkable) {
      for (const remark of remarksOn(row, { ...entry, at: subject.at })) this.report(remark);
    }
    if (row.effect === 'refused' && entry.shape === 'skipped') return;
    if (!this.hasItsTurn(opened, entry, subject)) return;
    const { reports } = this;
    const value = this.value(opened, node, subject, rest);
    if (value !== undefined) this.store(config, entry, value);
    if (this.reports === reports) this.learn(entry, line, value);
  }

  /** Remembers what a line means that may well stand a thousand times, as `weight 1`. */
  private learn(entry: Entry, { text, latin1 }: Line, value: unknown): void {
    const { row, shape, deprecated } = entry;
    const isAlone = !row.follows && !row.joins;
    const isSimple = shape === 'line' && row.kind === 'value' && isAlone && !latin1;
    const isSilent = row.duplicates === 'last' && row.effect !== 'refused' && !row.deprecated;
    // What is an object may know where it stands, or be changed where it is stored.
    if (!isSimple || !isSilent || deprecated || typeof value === 'object') return;
    if (value !== undefined) this.known.set(entry, { text, value });
  }

  /** Some keywords mean nothing before another one. */
  private hasItsTurn(opened: Opened, { name, row }: Entry, subject: Word): boolean {
    const { follows } = row;
    if (!follows) return true;
    const { field, one } = follows;
    const other = opened.config[field];
    if (other !== undefined && (!one || one.includes(String(other)))) return true;
    const first = one ? `${field} ${one.join(' or ')}` : field;
    const message = `${opened.owner} ${name} used before or without ${first} - ignoring`.trim();
    this.report({ severity: 'error', class: 'general', message, at: subject.at });
    return false;
  }

  private value(opened: Opened, node: Node, subject: Word, rest: Word[]): unknown {
    const { config } = opened;
    const { entry, line } = node;
    const { row } = entry;
    if (node.body) return this.child(config, node);
    const { type } = row;
    if (type?.heading) return this.values.namedList(node, type, type.heading, subject, rest);
    if (type?.item) {
      const former = config[entry.field] as unknown[] | undefined;
      return this.values.items(former?.length ? former : [], node, type, opened.owner);
    }
    const value = type && this.values.parse(type, subject, rest, line, row.isSkippedAlone);
    if (row.isRepeatable || (row.duplicates === 'last' && !row.joins)) return value;
    const former = config[entry.field];
    const complain = (what: string, isIgnored = true): void => {
      const does = isIgnored ? 'ignoring' : 'replacing';
      const message = `${opened.owner} ${what} already specified - ${does}`.trim();
      const hint = isIgnored ? 'the first one counts' : 'the last one counts';
      this.report({ severity: 'error', class: 'general', message, hint, at: line.at });
    };
    if (row.joins && former !== undefined && value !== undefined) {
      return row.joins(former, value, (what) => complain(`${entry.name}: ${what}`));
    }
    if (row.duplicates === 'last' || !this.isSecond(config, entry.field)) return value;
    const ignored = row.duplicates === 'first';
    if (ignored && row.refuses && !row.refuses(former, value)) return value;
    complain(entry.name, ignored);
    return ignored ? undefined : value;
  }

  /**
   * What the first line of a block says.
   *
   * Compat: a block whose first line makes no sense is passed over unread, braces counted.
   */
  readonly admit = (line: Line, { name: keyword, block }: Entry): Header | undefined => {
    if (!block?.header) return NO_HEADER;
    const rest = wordsOf(line);
    const subject = rest.shift();
    if (subject === undefined) return undefined;
    const ignored = (what: string): undefined =>
      this.report({
        severity: 'error',
        class: 'general',
        message: `${what} - ignoring this block`,
        at: line.at,
      }) as undefined;
    if (rest.length === 0 && block.survivesUnnamed) return ignored(`${keyword} must have a name`);
    const parsed = this.values.parse(block.header.type, subject, rest, line);
    if (parsed === undefined) return undefined;
    if (block.unique) {
      const name = block.header.type.print(parsed);
      if (this.isSecond(this.names, block.keyword, name)) {
        return ignored(`${keyword} ${name} already defined`);
      }
    }
    return { value: parsed };
  };

  private child(config: Config, { entry, line, body, header, end }: Node): unknown {
    const { block, row, field, name: keyword } = entry;
    if (!block || !body || !header) return undefined;
    const isReplacing = row.duplicates === 'last-with-error';
    if (isReplacing && this.isSecond(config, field)) {
      const message = `${keyword} already specified - replacing`;
      const hint = 'the last one counts';
      this.report({ severity: 'error', class: 'general', message, hint, at: line.at });
    }
    const isJoined = row.kind === 'block' && !isReplacing;
    const former = isJoined ? (config[field] as Config | undefined) : undefined;
    const read = this.block(block, body, header, line.at, former, end);
    if (read) for (const name of row.inherits ?? []) read[name] ??= config[name];
    if (read && block.header && this.tables.mentioned.has(block.keyword)) {
      const name = block.header.type.print(header.value);
      this.links.declare(block.keyword, name);
    }
    return read;
  }

  /** Whether the block around has had this keyword before, with this name if it has one. */
  private isSecond(around: object, field: string, name = ''): boolean {
    const key = `${field} ${name}`;
    const names = this.had.get(around) ?? new Set();
    this.had.set(around, names);
    const known = names.has(key);
    names.add(key);
    return known;
  }

  private store(config: Config, entry: Entry, value: unknown): void {
    const { field, row } = entry;
    if (row.undoes !== undefined && entry.opposite)
      config[row.undoes] = entry.opposite.defaultValue;
    // A second `lvs_sched` ends what the first one gave a meaning to.
    const { followers } = entry;
    if (followers) {
      for (const [other, follower, one] of followers) {
        if (!one.includes(String(value))) config[other] = follower.defaultValue;
      }
    }
    if (row.kind === 'slot') {
      append(config, field, { keyword: entry.block?.keyword, config: value });
    } else if (row.kind === 'blocks' || row.isRepeatable) {
      append(config, field, value);
    } else {
      config[field] = value;
    }
  }
}

/** A list that will have one element has room for one: there may be a hundred thousand of them. */
function append(config: Config, field: string, value: unknown): void {
  const list = config[field] as unknown[];
  if (list.length === 0) config[field] = [value];
  else list.push(value);
}
