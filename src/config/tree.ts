import type { Report } from '@keepalived-ts/base/diagnostics.js';
import type { Lines } from './lexer.js';
import { firstWordOf, type Line, wordsOf } from './line.js';
import { hintFor } from './nearest.js';
import type { Block } from './schema.js';
import { slipIn } from './slips.js';
import type { Entry, Table, Tables } from './table.js';

/** A keyword line and what stands between its braces. */
export interface Node {
  line: Line;
  entry: Entry;
  /** Of a block: its keywords, and what its first line says. */
  body?: readonly Node[];
  header?: Header;
  /** Of a block or list: the line of its `}`, or the last one of the file. */
  end?: Line;
  /** Of a list: its items. */
  items?: readonly Line[];
}

/** What the words after the keyword of a block say; nothing where it has none. */
export interface Header {
  readonly value: unknown;
}

/** Decides, when a block begins, whether it is read at all. */
export interface Gate {
  /** Whether a keyword of the outermost level is looked at; others are passed over whole. */
  isRead(entry: Entry): boolean;
  /** What a block's first line says; `undefined`, once reported, if the block is passed over. */
  admit(line: Line, entry: Entry): Header | undefined;
}

/** Hints cost time, and nobody reads so many. */
const MOST_HINTS = 500;

/**
 * Logical lines to a tree, by the keyword tables; given are the nodes of the outermost level, one
 * after the other, so that the lines of a large file are never all in memory.
 *
 * Which `{` opens what depends on the keyword before it, so a typing mistake in the name of a block
 * has the effect it has in keepalived: the brace is ignored, the content belongs to the block
 * around it, and the `}` closes that one (config-language reference §4).
 */
export function* buildTree(
  lines: Lines,
  root: Block,
  tables: Tables,
  report: Report,
  gate: Gate,
): Generator<Node, void> {
  /** The line that was looked at but belongs to what follows. */
  let ahead: Line | undefined;
  /** The last line taken: the `}` of the block that has just ended. */
  let last: Line | undefined;
  let hints = 0;
  /** Why lines are met that belong to no block, so that each of them says so. */
  let inside: { why: string; depth: number } | undefined;

  function take(): Line | undefined {
    const line = ahead ?? lines.next();
    ahead = undefined;
    if (line) last = line;
    return line;
  }
  const opensNext = (): boolean => {
    ahead ??= lines.next();
    return ahead?.kind === 'open';
  };

  const complain = (
    line: Line,
    kind: 'unexpected-open' | 'missing-open',
    message: string,
    hint?: string,
  ): void =>
    report({ severity: 'error', class: kind, message, at: line.at, ...(hint && { hint }) });

  /** The nodes of a block, up to its `}`. */
  function body(table: Table, level: number): Node[] {
    const nodes: Node[] = [];
    const first = take();
    if (first && first.kind !== 'open') {
      complain(first, 'missing-open', "Missing '{' at beginning of configuration block");
      ahead = first;
    }
    for (let line = take(); line; line = take()) {
      if (line.kind === 'close') {
        if (inside && --inside.depth <= 0) inside = undefined;
        return nodes;
      }
      const read = statement(line, table, level);
      if (read) nodes.push(read);
    }
    return nodes;
  }

  /** Anything but the end of a block. */
  function statement(line: Line, table: Table, level: number): Node | undefined {
    if (line.kind === 'open') {
      const isTemplate = opensNext() || ahead?.text.startsWith('%');
      const hint = isTemplate ? 'this looks like a template that nobody has filled in' : undefined;
      complain(line, 'unexpected-open', "Unexpected '{' - ignoring", hint);
      if (inside) inside.depth++;
      return undefined;
    }
    const entry = table.entries.get(firstWordOf(line));
    if (entry) return node(line, entry, level);
    unknown(line, firstWordOf(line), table);
    return undefined;
  }

  /** Nothing, if it is passed over. */
  function node(line: Line, entry: Entry, level: number): Node | undefined {
    if (level === 0 && !gate.isRead(entry)) {
      if (!skip() && entry.shape !== 'line') {
        inside = { why: `there is no '{' after ${entry.name} in line ${line.line}`, depth: 0 };
      }
      return undefined;
    }
    switch (entry.shape) {
      case 'line':
        return { line, entry };
      case 'list': {
        const items = listBody(line, entry.row.type?.heading !== undefined);
        return { line, entry, items, end: last ?? line };
      }
      case 'skipped':
        skip();
        return { line, entry };
      case 'block': {
        const { block } = entry;
        const header = gate.admit(line, entry);
        if (!block || !header) {
          skip();
          return undefined;
        }
        const nodes = body(tables.of(block), level + 1);
        return { line, entry, header, body: nodes, end: last ?? line };
      }
    }
  }

  function listBody(keyword: Line, hasName: boolean): readonly Line[] {
    const items: Line[] = [];
    const [name = '', extra] = wordsOf(keyword).map((w) => w.text);
    if (extra !== undefined && !hasName) {
      const message = `Block ${name} has extra parameters ${extra} ...`;
      report({ severity: 'error', class: 'general', message, at: keyword.at });
    }
    if (opensNext()) {
      take();
    } else {
      const message = `Block ${name} has no '{'`;
      const code = 'list-without-brace';
      report({ severity: 'warning', class: 'advice', code, message, at: keyword.at });
    }
    for (let line = take(); line; line = take()) {
      if (line.kind === 'close') return items;
      if (line.kind === 'open') complain(line, 'unexpected-open', `Unexpected '{' in ${name}`);
      else items.push(line);
    }
    return items;
  }

  /** Passes over a block by counting braces; a keyword without one is a line by itself: `false`. */
  function skip(): boolean {
    if (!opensNext()) return false;
    let depth = 0;
    for (let line = take(); line; line = take()) {
      if (line.kind === 'open') depth++;
      else if (line.kind === 'close' && --depth === 0) break;
    }
    return true;
  }

  function unknown(line: Line, keyword: string, table: Table): void {
    const follows = inside;
    if (!inside && opensNext()) {
      inside = { why: `it follows the unknown block '${keyword}'`, depth: 0 };
    }
    const hint = follows
      ? follows.why
      : hints++ < MOST_HINTS
        ? (slipIn(line, table) ?? hintFor(keyword, table, root, tables))
        : undefined;
    report({
      severity: 'error',
      class: 'unknown-keyword',
      message: `Unknown keyword '${keyword}'`,
      at: line.span(0, keyword.length),
      ...(hint && { hint }),
    });
  }

  const outermost = tables.of(root);
  for (let line = take(); line; line = take()) {
    if (line.kind !== 'close') {
      const read = statement(line, outermost, 0);
      if (read) yield read;
    } else {
      if (inside && --inside.depth <= 0) inside = undefined;
      unknown(line, '}', outermost);
    }
  }
}
