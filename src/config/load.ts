import type { Report } from '@keepalived-ts/base/diagnostics.js';
import type { Lines } from './lexer.js';
import type { Limits } from './limits.js';
import { Reader } from './read.js';
import type { Block, ConfigOf, NumberOf } from './schema.js';
import type { Tables } from './table.js';
import { buildTree } from './tree.js';

export interface ParseOptions {
  report: Report;
  tables: Tables;
  limits: Limits;
  numberOf?: NumberOf | undefined;
}

/** Logical lines to the typed configuration, through all stages, with every mistake found. */
export function parseConfig<B extends Block>(
  lines: Lines,
  root: B,
  { report, tables, limits, numberOf }: ParseOptions,
): ConfigOf<B> {
  tables.prepare(root);
  const tree = buildTree(lines, root, tables, report);
  const reader = new Reader(tables, report, limits, numberOf);
  const config = reader.root(root, tree);
  reader.links.resolve(report);
  return config as unknown as ConfigOf<B>;
}
