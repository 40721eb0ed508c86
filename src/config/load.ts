import type { Report } from '@keepalived-ts/base/diagnostics.js';
import type { Lines } from './lexer.js';
import type { Limits } from './limits.js';
import { Reader } from './read.js';
import type { Block, ConfigOf } from './schema.js';
import type { Entry, Tables } from './table.js';
import { buildTree } from './tree.js';
import type { NumberOf } from './value-type.js';

export interface ParseOptions {
  report: Report;
  tables: Tables;
  limits: Limits;
  numberOf?: NumberOf | undefined;
  /** The keywords of the outermost level that are read; all of them, unless given. */
  only?: ReadonlySet<string> | undefined;
}

/** Logical lines to the typed configuration, through all stages, with every mistake found. */
export function parseConfig<B extends Block>(
  lines: Lines,
  root: B,
  { report, tables, limits, numberOf, only }: ParseOptions,
): ConfigOf<B> {
  tables.prepare(root);
  const reader = new Reader(tables, report, limits, numberOf);
  const isRead = ({ field }: Entry): boolean => only?.has(field) ?? true;
  const tree = buildTree(lines, root, tables, report, { isRead, admit: reader.admit });
  const config = reader.root(root, tree);
  reader.links.resolve(report);
  return config as unknown as ConfigOf<B>;
}
