import type { Diagnostic, Span } from '@keepalived-ts/base/diagnostics.js';
import { invariant } from '@keepalived-ts/base/invariant.js';
import { Collector } from './collector.js';
import type { Line } from './line.js';
import { Reader } from './read.js';
import type { Block, ConfigOf } from './schema.js';
import { Tables } from './table.js';
import { buildTree } from './tree.js';

export interface Parsed<B extends Block> {
  config: ConfigOf<B>;
  diagnostics: Diagnostic[];
}

/** Logical lines to the typed configuration, through all stages, with every mistake found. */
export function parseConfig<B extends Block>(
  lines: readonly Line[],
  root: B,
  tables: Tables = new Tables(),
): Parsed<B> {
  const collector = new Collector();
  const { report } = collector;
  const tree = buildTree(lines, root, tables, report);
  const reader = new Reader(tables, report);
  const start: Span = { file: lines[0]?.file ?? '', line: 1, column: 1, length: 1 };
  const config = reader.block(root, tree, {}, start);
  reader.links.resolve(report);
  invariant(config !== undefined, 'the root block requires no keyword');
  return { config: config as ConfigOf<B>, diagnostics: collector.all() };
}
