import type { Diagnostic } from '@keepalived-ts/base/diagnostics.js';
import { Collector } from '#src/config/collector.js';
import { inOrder } from '#src/config/in-order.js';
import type { Lines } from '#src/config/lexer.js';
import { Limits } from '#src/config/limits.js';
import { parseConfig } from '#src/config/load.js';
import type { Surroundings } from '#src/config/predefined.js';
import type { Block, NumberOf } from '#src/config/schema.js';
import { type FileReader, Sources } from '#src/config/sources.js';
import { readings } from './readings.js';
import { type Config, root, tablesOf } from './root.js';

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

/**
 * Reads a configuration: every mistake is in the diagnostics, and nothing is thrown.
 *
 * Compat: keepalived's processes read the same files one after the other, each of them its own
 * blocks, and pass over those of the others by counting braces. That makes a difference only where
 * braces do not match their keywords, or where the lack of an argument ends it all; then the
 * files are read that way here, too.
 */
export function loadConfiguration(path: string, options: LoadOptions): Loaded {
  const whole = read(path, options);
  if (!whole.isComplete || !whole.diagnostics.some(({ class: kind }) => TORN.has(kind))) {
    return whole;
  }
  const collector = new Collector();
  let config = whole.config;
  let isEnded = false;
  for (const only of readings) {
    const part = read(path, options, only);
    for (const diagnostic of part.diagnostics) {
      collector.report({ ...diagnostic, ...(isEnded && { unread: true }) });
      isEnded ||= diagnostic.class === 'missing-argument';
    }
    const fields = Object.entries(part.config).filter(([field]) => only.has(field));
    config = { ...config, ...Object.fromEntries(fields) };
  }
  const { texts } = whole;
  return { config, diagnostics: inOrder(collector.all(), texts), texts };
}

/** Mistakes after which it matters who reads a line. */
const TORN: ReadonlySet<Diagnostic['class']> = new Set<Diagnostic['class']>([
  'unexpected-open',
  'missing-open',
  'extra-close',
  'missing-close',
  'missing-argument',
]);

function read(
  path: string,
  options: LoadOptions,
  only?: ReadonlySet<string>,
): Loaded & { isComplete: boolean } {
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
  const parsed = parseConfig(sources, root, { report, limits, tables, numberOf, only });
  // What is too large is not run by, so nobody needs to make plans of the part that was read.
  const isComplete = !limits.passed;
  const config = isComplete ? parsed : parseConfig(NO_LINES, root, { report, limits, tables });
  const { texts } = sources;
  return { config, diagnostics: inOrder(collector.all(), texts), texts, isComplete };
}
