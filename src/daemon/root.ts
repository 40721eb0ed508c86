import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { ssl } from '#checks/core/ssl-keywords.js';
import { virtualServer } from '#lvs/keywords/virtual-server.js';
import { virtualServerGroup } from '#lvs/keywords/virtual-server-group.js';
import { Collector } from '#src/config/collector.js';
import { dump } from '#src/config/dump.js';
import { globalDefs } from '#src/config/global-defs.js';
import { inOrder } from '#src/config/in-order.js';
import type { Lines } from '#src/config/lexer.js';
import { Limits } from '#src/config/limits.js';
import { parseConfig } from '#src/config/load.js';
import type { Surroundings } from '#src/config/predefined.js';
import {
  type Block,
  block,
  type ConfigOf,
  type NumberOf,
  nested,
  type PrintStyle,
  several,
} from '#src/config/schema.js';
import { type FileReader, Sources } from '#src/config/sources.js';
import { Tables } from '#src/config/table.js';
import { vrrpBlocks } from '#vrrp/keywords/outermost.js';
import { rootScalars } from './root-scalars.js';

/** All that may stand at the outermost level of a keepalived.conf. */
export const root = block('', {
  doc: 'The outermost level.',
  keywords: {
    global_defs: nested(globalDefs).always(),
    ...vrrpBlocks,
    virtual_server_group: virtualServerGroup,
    virtual_server: several(virtualServer),
    SSL: nested(ssl).replacedWithError(),

    ...rootScalars,
  },
});

export type Config = ConfigOf<typeof root>;

export interface Loaded {
  config: Config;
  diagnostics: Diagnostic[];
  /** The text of each file read, to quote from. */
  texts: ReadonlyMap<string, string>;
}

export interface LoadOptions {
  files: FileReader;
  /** What may stand in a `real_server`: `checkerBlocks(await loadCheckers())`. */
  checkers: readonly Block[];
  /** What `@ID` and `${_...}` ask for; see `predefined.ts`. */
  surroundings?: Partial<Surroundings>;
  /** What this machine calls routing tables, protocols and the like; see `number-names.ts`. */
  numberOf?: NumberOf;
  /** -e: every problem of an `include` is a mistake. */
  checksIncludes?: boolean;
}

const NO_LINES: Lines = { next: () => undefined };
const NOWHERE: Surroundings = { configId: '', environment: {}, random: () => 0 };

/** Reads a configuration: every mistake is in the diagnostics, and nothing is thrown. */
export function loadConfiguration(path: string, options: LoadOptions): Loaded {
  const collector = new Collector();
  const { report } = collector;
  const limits = new Limits(report);
  const sources = new Sources(path, options.files, {
    report,
    limits,
    surroundings: { ...NOWHERE, ...options.surroundings },
    checksIncludes: options.checksIncludes ?? false,
  });
  const tables = tablesOf(options.checkers);
  const { numberOf } = options;
  const read = parseConfig(sources, root, { report, limits, tables, numberOf });
  // What is too large is not run by, so nobody needs to make plans of the part that was read.
  const config = limits.passed ? parseConfig(NO_LINES, root, { report, limits, tables }) : read;
  const { texts } = sources;
  return { config, diagnostics: inOrder(collector.all(), texts), texts };
}

/** The configuration in its normal form; see `dump`. */
export const dumpConfiguration = (
  config: Config,
  checkers: readonly Block[],
  style: PrintStyle = {},
): string => dump(root, config, tablesOf(checkers), style);

/** Tables are made once for a set of checkers: a reload and a dump need the same. */
export function tablesOf(checkers: readonly Block[]): Tables {
  const known = made.get(checkers) ?? new Tables({ checkers });
  made.set(checkers, known);
  return known;
}
const made = new WeakMap<readonly Block[], Tables>();
